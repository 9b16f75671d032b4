"""Worked examples of the checks that records of social care agree."""

from __future__ import annotations

from journey.duties.examples.example import Example, given, taken_back

AGREEMENT_EXAMPLES: tuple[Example, ...] = (
    Example(
        duty="DATA_CIN_PLAN_WITH_CP_PLAN",
        title="The plan for a child in need is ended only later",
        given=(
            given("CinPlanAgreed", "2025-09-15", "N"),
            given("CpPlanStarted", "2025-11-28", "P"),
        ),
        expected=("due 28 November 2025; not met",),
        then=(given("CinPlanEnded", "2025-12-12", plan="N"),),
        expected_then=("due 28 November 2025; ended 12 December 2025, late",),
    ),
    Example(
        duty="DATA_CIN_PLAN_WITH_CP_PLAN",
        title="One ends on the day on which the other begins",
        given=(
            given("CinPlanAgreed", "2025-09-15", "N"),
            given("CinPlanEnded", "2025-11-28", plan="N"),
            given("CpPlanStarted", "2025-11-28", "P"),
        ),
        expected=(),
    ),
    Example(
        duty="DATA_TWO_CP_PLANS",
        title="The second is taken back",
        given=(
            given("CpPlanStarted", "2025-11-28", "P"),
            given("CpPlanStarted", "2026-01-12", "Q"),
        ),
        expected=("due 12 January 2026; not met",),
        then=(taken_back("CpPlanStarted", "2026-01-12", "Q"),),
        expected_then=(),
    ),
    Example(
        duty="DATA_TWO_CP_PLANS",
        title="The first is ended late",
        given=(
            given("CpPlanStarted", "2025-11-28", "P"),
            given("CpPlanStarted", "2026-01-12", "Q"),
            given("CpPlanEnded", "2026-02-02", plan="P"),
        ),
        expected=("due 12 January 2026; ended 2 February 2026, late",),
    ),
    Example(
        duty="DATA_TWO_OPEN_ASSESSMENTS",
        title="The first is authorised after the second has begun",
        given=(
            given("AssessmentStarted", "2025-11-03", "A", referral="R"),
            given("AssessmentStarted", "2025-11-24", "B", referral="T"),
        ),
        expected=("due 24 November 2025; not met",),
        then=(given("AssessmentAuthorised", "2025-12-01", referral="R"),),
        expected_then=("due 24 November 2025; ended 1 December 2025, late",),
    ),
    Example(
        duty="DATA_TWO_OPEN_ASSESSMENTS",
        title="One after the other",
        given=(
            given("AssessmentStarted", "2025-11-03", "A", referral="R"),
            given("AssessmentAuthorised", "2025-11-24", referral="R"),
            given("AssessmentStarted", "2025-11-24", "B", referral="T"),
        ),
        expected=(),
    ),
    Example(
        duty="DATA_TWO_OPEN_ENQUIRIES",
        title="The first enquiry ends after the second has begun",
        given=(
            given("Section47Started", "2025-11-03", "A"),
            given("Section47Started", "2025-11-24", "B"),
        ),
        expected=("due 24 November 2025; not met",),
        then=(given("Section47Ended", "2025-12-01", enquiry="A"),),
        expected_then=("due 24 November 2025; ended 1 December 2025, late",),
    ),
    Example(
        duty="DATA_TWO_OPEN_ENQUIRIES",
        title="The second is taken back",
        given=(
            given("Section47Started", "2025-11-03", "A"),
            given("Section47Started", "2025-11-24", "B"),
        ),
        expected=("due 24 November 2025; not met",),
        then=(taken_back("Section47Started", "2025-11-24", "B"),),
        expected_then=(),
    ),
    Example(
        duty="DATA_CP_START_NOT_CONFERENCE",
        title="The plan is dated a day after its conference, then corrected",
        given=(
            given("IcpcHeld", "2025-11-27", "I", outcome="PLAN"),
            given("CpPlanStarted", "2025-11-28", "P"),
        ),
        expected=("due 28 November 2025; not met",),
        then=(given("CpPlanStarted", "2025-11-27", "P"),),
        expected_then=(),
    ),
    Example(
        duty="DATA_REVIEW_BEFORE_CP_PLAN",
        title="A review on the first day of its plan, then corrected",
        given=(
            given("CpPlanStarted", "2025-11-28", "P"),
            given("ReviewConferenceHeld", "2025-11-28", "V", plan="P"),
        ),
        expected=("due 28 November 2025; not met",),
        then=(given("ReviewConferenceHeld", "2026-02-27", "V", plan="P"),),
        expected_then=(),
    ),
    Example(
        duty="DATA_CONFERENCE_ON_WEEKEND",
        title="A Saturday, then corrected",
        given=(given("IcpcHeld", "2025-11-29", "I", outcome="PLAN"),),
        expected=("due 29 November 2025; not met",),
        then=(given("IcpcHeld", "2025-11-28", "I", outcome="PLAN"),),
        expected_then=(),
    ),
    Example(
        duty="DATA_CLOSED_WITH_OPEN_WORK",
        title="Closed while the assessment was open",
        given=(
            given("ReferralReceived", "2025-11-03", "R"),
            given("AssessmentStarted", "2025-11-05", "A", referral="R"),
            given("ReferralClosed", "2025-11-28", referral="R"),
        ),
        expected=("due 28 November 2025; not met",),
        then=(given("AssessmentAuthorised", "2025-12-05", referral="R"),),
        expected_then=("due 28 November 2025; ended 5 December 2025, late",),
    ),
    Example(
        duty="DATA_CLOSED_WITH_OPEN_WORK",
        title="Finished on the day on which the referral was closed",
        given=(
            given("ReferralReceived", "2025-11-03", "R"),
            given("AssessmentStarted", "2025-11-05", "A", referral="R"),
            given("AssessmentAuthorised", "2025-11-28", referral="R"),
            given("ReferralClosed", "2025-11-28", referral="R"),
        ),
        expected=(),
    ),
)
