"""Worked examples of the further duties on EHC assessments and drafts."""

from __future__ import annotations

from journey.duties.examples.example import Example, given, taken_back

ASSESSMENTS_EXAMPLES: tuple[Example, ...] = (
    Example(
        duty="EHC_DECISION_TO_ASSESS",
        title="Six weeks end in half-term, and are still the limit",
        given=(given("EhcNeedsAssessmentRequested", "2026-01-05", "R"),),
        expected=("due 16 February 2026; not met",),
        then=(given("EhcAssessmentDecisionIssued", "2026-02-16", request="R", will_assess=True),),
        expected_then=("due 16 February 2026; met 16 February 2026",),
    ),
    Example(
        duty="EHC_DECISION_TO_ASSESS",
        title="A day late; the receipt is corrected to a day later",
        given=(
            given("EhcNeedsAssessmentRequested", "2026-01-05", "R"),
            given("EhcAssessmentDecisionIssued", "2026-02-17", request="R", will_assess=False),
        ),
        expected=("due 16 February 2026; met 17 February 2026, late",),
        then=(given("EhcNeedsAssessmentRequested", "2026-01-06", "R"),),
        expected_then=("due 17 February 2026; met 17 February 2026",),
    ),
    Example(
        duty="EHC_ADVICE_RESPONSE",
        title="Two bodies are asked on one day, and one answers",
        given=(
            given("EhcAdviceRequested", "2026-03-30", "A", request="R", body="HEALTH"),
            given("EhcAdviceRequested", "2026-03-30", "B", request="R", body="SOCIAL_CARE"),
            given("EhcAdviceReceived", "2026-05-11", body="HEALTH"),
        ),
        expected=("due 11 May 2026; met 11 May 2026", "due 11 May 2026; not met"),
        then=(given("EhcAdviceReceived", "2026-05-12", body="SOCIAL_CARE"),),
        expected_then=(
            "due 11 May 2026; met 11 May 2026",
            "due 11 May 2026; met 12 May 2026, late",
        ),
    ),
    Example(
        duty="EHC_ADVICE_RESPONSE",
        title="The child missed the appointment in the six weeks",
        given=(
            given("EhcAdviceRequested", "2026-03-30", "A", request="R", body="HEALTH"),
            given("EhcAppointmentMissed", "2026-05-05", advice="A"),
        ),
        expected=("due 11 May 2026; ended 5 May 2026",),
    ),
    Example(
        duty="EHC_REFUSE_PLAN_NOTICE",
        title="A draft on the last day",
        given=(
            given("EhcNeedsAssessmentRequested", "2026-01-05", "R"),
            given("EhcDraftPlanServed", "2026-04-27", request="R"),
        ),
        expected=("due 27 April 2026; met 27 April 2026",),
    ),
    Example(
        duty="EHC_REFUSE_PLAN_NOTICE",
        title="Refused to assess; that decision is taken back",
        given=(
            given("EhcNeedsAssessmentRequested", "2026-01-05", "R"),
            given("EhcAssessmentDecisionIssued", "2026-02-16", "D", request="R", will_assess=False),
        ),
        expected=("due 27 April 2026; ended 16 February 2026",),
        then=(taken_back("EhcAssessmentDecisionIssued", "2026-02-16", "D"),),
        expected_then=("due 27 April 2026; not met",),
    ),
    Example(
        duty="EHC_DRAFT_COMMENT_WINDOW",
        title="The 15th day is the first on which the plan may be final",
        given=(
            given("EhcDraftPlanServed", "2026-03-02", "D", request="R"),
            given("EhcPlanFinalised", "2026-03-15", "F", request="R", plan="L"),
        ),
        expected=("due 15 March 2026; not met",),
        then=(given("EhcPlanFinalised", "2026-03-16", "F", request="R", plan="L"),),
        expected_then=(),
    ),
    Example(
        duty="EHC_DRAFT_COMMENT_WINDOW",
        title="The family had answered",
        given=(
            given("EhcDraftPlanServed", "2026-03-02", "D", request="R"),
            given("FamilyRespondedToDraft", "2026-03-09", draft="D"),
            given("EhcPlanFinalised", "2026-03-11", "F", request="R", plan="L"),
        ),
        expected=(),
    ),
)
