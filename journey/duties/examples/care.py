"""Worked examples of the duties on EHC requests, looked after children and child protection."""

from __future__ import annotations

from journey.duties.examples.example import Example, given, taken_back

CARE_EXAMPLES: tuple[Example, ...] = (
    Example(
        duty="EHC_PLAN_20_WEEKS",
        title="The limit is a bank holiday and still the limit",
        given=(given("EhcNeedsAssessmentRequested", "2026-01-05", "R"),),
        expected=("due 25 May 2026; not met",),
        then=(given("EhcPlanFinalised", "2026-05-26", request="R", plan="L"),),
        expected_then=("due 25 May 2026; met 26 May 2026, late",),
    ),
    Example(
        duty="EHC_PLAN_20_WEEKS",
        title="An exception of 30 days adds 30 days",
        given=(
            given("EhcNeedsAssessmentRequested", "2026-01-05", "R"),
            given("EhcExceptionApplied", "2026-03-01", request="R", to_on="2026-03-30", ground="D"),
        ),
        expected=("due 24 June 2026; not met",),
        then=(given("EhcNoPlanDecisionIssued", "2026-04-27", request="R"),),
        expected_then=("due 24 June 2026; ended 27 April 2026",),
    ),
    Example(
        duty="LAC_REVIEW_FIRST_20_DAYS",
        title="20 working days over Christmas, and a correction of the start",
        given=(
            given("BecameLookedAfter", "2025-12-22", "C"),
            given("LacReviewHeld", "2026-01-22"),
        ),
        expected=("due 22 January 2026; met 22 January 2026",),
        then=(given("BecameLookedAfter", "2025-12-19", "C"),),
        expected_then=("due 21 January 2026; met 22 January 2026, late",),
    ),
    Example(
        duty="LAC_REVIEW_FIRST_20_DAYS",
        title="Care that began before the first day known has no first review to miss",
        given=(given("BecameLookedAfter", "2025-12-22", "C", began_before=True),),
        expected=(),
    ),
    Example(
        duty="LAC_REVIEW_NEXT_6_MONTHS",
        title="Care that began before the first day known is reviewed within six months of it",
        given=(given("BecameLookedAfter", "2025-12-22", "C", began_before=True),),
        expected=("1: due 22 June 2026; not met",),
        then=(given("LacReviewHeld", "2026-01-30", "1"),),
        expected_then=(
            "1: due 22 June 2026; met 30 January 2026",
            "2: due 30 July 2026; not met",
        ),
    ),
    Example(
        duty="LAC_REVIEW_FIRST_20_DAYS",
        title="Care ends first",
        given=(
            given("BecameLookedAfter", "2025-12-22", "C"),
            given("CeasedLookedAfter", "2026-01-09", period="C"),
        ),
        expected=("due 22 January 2026; ended 9 January 2026",),
    ),
    Example(
        duty="LAC_REVIEW_SECOND_3_MONTHS",
        title="Three months from 30 November end with February",
        given=(
            given("BecameLookedAfter", "2025-11-03", "C"),
            given("LacReviewHeld", "2025-11-30", "1"),
        ),
        expected=("due 28 February 2026; not met",),
        then=(given("LacReviewHeld", "2026-02-28", "2"),),
        expected_then=("due 28 February 2026; met 28 February 2026",),
    ),
    Example(
        duty="LAC_REVIEW_NEXT_6_MONTHS",
        title="The third review six months after the second; a review told twice is one",
        given=(
            given("BecameLookedAfter", "2024-11-04", "C"),
            given("LacReviewHeld", "2024-11-29", "1"),
            given("LacReviewHeld", "2025-02-28", "2"),
            given("LacReviewHeld", "2025-02-28", "2 again"),
            given("LacReviewHeld", "2025-08-29", "3"),
        ),
        expected=(
            "3: due 28 August 2025; met 29 August 2025, late",
            "4: due 28 February 2026; not met",
        ),
        then=(taken_back("LacReviewHeld", "2025-08-29", "3"),),
        expected_then=("3: due 28 August 2025; not met",),
    ),
    Example(
        duty="ICPC_15_DAYS",
        title="15 working days over Christmas, from the discussion that started the enquiry",
        given=(
            given("StrategyDiscussionHeld", "2025-12-08", "S", section47_started=False),
            given("StrategyDiscussionHeld", "2025-12-12", "T", section47_started=True),
        ),
        expected=("due 7 January 2026; not met",),
        then=(given("IcpcHeld", "2026-01-07", outcome="PLAN"),),
        expected_then=("due 7 January 2026; met 7 January 2026",),
    ),
    Example(
        duty="ICPC_15_DAYS",
        title="15 working days over Easter; the child dies, and nothing is owed any more",
        given=(
            given("StrategyDiscussionHeld", "2026-03-27", "S", section47_started=True),
            given("ChildDied", "2026-04-01"),
        ),
        expected=("due 21 April 2026; ended 1 April 2026",),
    ),
)
