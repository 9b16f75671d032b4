"""Worked examples of the further duties on looked after children and care leavers."""

from __future__ import annotations

from journey.duties.examples.example import Example, given

LOOKED_AFTER_EXAMPLES: tuple[Example, ...] = (
    Example(
        duty="LAC_CARE_PLAN_10_DAYS",
        title="Ten working days over Christmas",
        given=(given("BecameLookedAfter", "2025-12-22", "C"),),
        expected=("due 8 January 2026; not met",),
        then=(given("CarePlanPrepared", "2026-01-08", period="C"),),
        expected_then=("due 8 January 2026; met 8 January 2026",),
    ),
    Example(
        duty="LAC_CARE_PLAN_10_DAYS",
        title="Prepared before the placement; prepared a day late after a correction",
        given=(
            given("CarePlanPrepared", "2025-12-19", "K"),
            given("BecameLookedAfter", "2025-12-22", "C"),
        ),
        expected=("due 8 January 2026; met 19 December 2025",),
        then=(given("CarePlanPrepared", "2026-01-09", "K", period="C"),),
        expected_then=("due 8 January 2026; met 9 January 2026, late",),
    ),
    Example(
        duty="LAC_VISIT_OVERDUE",
        title="A week after the start, six weeks after each visit, and a week after a move",
        given=(
            given("BecameLookedAfter", "2025-12-22", "C"),
            given("LacVisitMade", "2025-12-29", "1"),
            given("LacVisitMade", "2026-02-10", "2"),
            given("CarePlacementChanged", "2026-03-02", "M", period="C", reason_code="P"),
        ),
        expected=(
            "1: due 29 December 2025; met 29 December 2025",
            "2: due 9 February 2026; met 10 February 2026, late",
            "3: due 24 March 2026; ended 2 March 2026",
            "1: due 9 March 2026; not met",
        ),
        then=(
            given("LacVisitMade", "2026-03-09", "3"),
            given("CeasedLookedAfter", "2026-04-01", period="C"),
        ),
        expected_then=(
            "1: due 29 December 2025; met 29 December 2025",
            "2: due 9 February 2026; met 10 February 2026, late",
            "3: due 24 March 2026; ended 2 March 2026",
            "1: due 9 March 2026; met 9 March 2026",
            "2: due 20 April 2026; ended 1 April 2026",
        ),
    ),
    Example(
        duty="LAC_VISIT_OVERDUE",
        title="After a year in a placement meant to last, three months from 29 February",
        given=(
            given("BecameLookedAfter", "2023-01-09", "C", long_term=True),
            given("LacVisitMade", "2024-02-29", "9"),
        ),
        expected=(
            "1: due 16 January 2023; met 29 February 2024, late",
            "2: due 29 May 2024; not met",
        ),
    ),
    Example(
        duty="PEP_INITIATED_10_DAYS",
        title="Ten working days over Christmas",
        given=(given("BecameLookedAfter", "2025-12-22", "C"),),
        expected=("due 8 January 2026; not met",),
        then=(given("PepInitiated", "2026-01-08", period="C"),),
        expected_then=("due 8 January 2026; met 8 January 2026",),
    ),
    Example(
        duty="PEP_INITIATED_10_DAYS",
        title="A day late",
        born="2012-02-29",
        given=(
            given("BecameLookedAfter", "2025-12-22", "C"),
            given("PepInitiated", "2026-01-09", period="C"),
        ),
        expected=("due 8 January 2026; met 9 January 2026, late",),
    ),
    Example(
        duty="PEP_INITIATED_10_DAYS",
        title="A child of two is not asked about",
        born="2023-06-01",
        given=(given("BecameLookedAfter", "2025-12-22", "C"),),
        expected=(),
    ),
    Example(
        duty="PEP_READY_FIRST_REVIEW",
        title="20 working days over Christmas; a day late",
        given=(given("BecameLookedAfter", "2025-12-22", "C"),),
        expected=("due 22 January 2026; not met",),
        then=(given("PepCompleted", "2026-01-23", period="C"),),
        expected_then=("due 22 January 2026; met 23 January 2026, late",),
    ),
    Example(
        duty="PEP_READY_FIRST_REVIEW",
        title="Care ends first",
        given=(
            given("BecameLookedAfter", "2025-12-22", "C"),
            given("CeasedLookedAfter", "2026-01-09", period="C"),
        ),
        expected=("due 22 January 2026; ended 9 January 2026",),
    ),
    Example(
        duty="PEP_TERMLY",
        title="Reviewed in the spring term; the autumn term had too few days left to count",
        given=(
            given("BecameLookedAfter", "2025-12-22", "C"),
            given("PepReviewed", "2026-03-10", "1", period="C"),
        ),
        expected=(
            "2025/26 spring: due 27 March 2026; met 10 March 2026",
            "2025/26 summer: due 22 July 2026; not met",
        ),
        then=(given("CeasedLookedAfter", "2026-07-01", period="C"),),
        expected_then=(
            "2025/26 spring: due 27 March 2026; met 10 March 2026",
            "2025/26 summer: due 22 July 2026; ended 1 July 2026",
        ),
    ),
    Example(
        duty="PEP_TERMLY",
        title="Two terms missed are one case, met late in the third",
        given=(given("BecameLookedAfter", "2025-09-01", "C"),),
        expected=("2025/26 autumn: due 19 December 2025; not met",),
        then=(given("PepReviewed", "2026-05-12", "1", period="C"),),
        expected_then=(
            "2025/26 autumn: due 19 December 2025; met 12 May 2026, late",
            "2026/27 autumn: due 18 December 2026; not met",
        ),
    ),
    Example(
        duty="LAC_IHA_20_DAYS",
        title="20 working days over Christmas",
        given=(given("BecameLookedAfter", "2025-12-22", "C"),),
        expected=("due 22 January 2026; not met",),
        then=(given("HealthAssessmentCompleted", "2026-01-22", kind="INITIAL"),),
        expected_then=("due 22 January 2026; met 22 January 2026",),
    ),
    Example(
        duty="LAC_IHA_20_DAYS",
        title="A day late; a review assessment is not the initial one",
        given=(
            given("BecameLookedAfter", "2025-12-22", "C"),
            given("HealthAssessmentCompleted", "2026-01-05", kind="REVIEW"),
            given("HealthAssessmentCompleted", "2026-01-23", kind="INITIAL"),
        ),
        expected=("due 22 January 2026; met 23 January 2026, late",),
    ),
    Example(
        duty="LAC_RHA_OVERDUE",
        title="Six months under five; twelve where six would pass the fifth birthday",
        born="2019-06-15",
        given=(
            given("BecameLookedAfter", "2023-08-01", "C"),
            given("HealthAssessmentCompleted", "2023-08-31", "1", kind="INITIAL"),
            given("HealthAssessmentCompleted", "2024-02-29", "2", kind="REVIEW"),
        ),
        expected=(
            "2: due 29 February 2024; met 29 February 2024",
            "3: due 28 February 2025; not met",
        ),
        then=(given("HealthAssessmentCompleted", "2025-03-03", "3", kind="REVIEW"),),
        expected_then=(
            "2: due 29 February 2024; met 29 February 2024",
            "3: due 28 February 2025; met 3 March 2025, late",
            "4: due 3 March 2026; not met",
        ),
    ),
    Example(
        duty="LAC_SDQ_ANNUAL",
        title="A year after the fourth birthday, then a year after the last",
        born="2020-06-15",
        given=(given("BecameLookedAfter", "2024-01-08", "C"),),
        expected=("1: due 15 June 2025; not met",),
        then=(given("SdqRecorded", "2025-06-15", "1"),),
        expected_then=("1: due 15 June 2025; met 15 June 2025", "2: due 15 June 2026; not met"),
    ),
    Example(
        duty="LAC_SDQ_ANNUAL",
        title="A year late; at 17 it is asked no more",
        born="2009-03-02",
        given=(
            given("BecameLookedAfter", "2023-09-04", "C"),
            given("SdqRecorded", "2025-09-04", "1"),
        ),
        expected=(
            "1: due 4 September 2024; met 4 September 2025, late",
            "2: due 4 September 2026; ended 2 March 2026",
        ),
    ),
    Example(
        duty="PATHWAY_NEEDS_16Y3M",
        title="Three months after the 16th birthday of a child of 29 February",
        born="2008-02-29",
        given=(given("BecameLookedAfter", "2022-09-05", "C"),),
        expected=("due 29 May 2024; not met",),
        then=(given("PathwayNeedsAssessed", "2024-05-29"),),
        expected_then=("due 29 May 2024; met 29 May 2024",),
    ),
    Example(
        duty="PATHWAY_NEEDS_16Y3M",
        title="13 weeks in care are reached only after the birthday",
        born="2010-02-01",
        given=(given("BecameLookedAfter", "2026-01-05", "C"),),
        expected=("due 6 July 2026; not met",),
        then=(given("PathwayNeedsAssessed", "2026-07-07"),),
        expected_then=("due 6 July 2026; met 7 July 2026, late",),
    ),
    Example(
        duty="PATHWAY_PLAN_MISSING",
        title="One month from 31 January ends with February; late",
        given=(given("PathwayNeedsAssessed", "2026-01-31", "N"),),
        expected=("due 28 February 2026; not met",),
        then=(given("PathwayPlanAgreed", "2026-03-02"),),
        expected_then=("due 28 February 2026; met 2 March 2026, late",),
    ),
    Example(
        duty="PATHWAY_PLAN_MISSING",
        title="Agreed on the last day, in a leap year",
        given=(
            given("PathwayNeedsAssessed", "2024-01-30", "N"),
            given("PathwayPlanAgreed", "2024-02-29"),
        ),
        expected=("due 29 February 2024; met 29 February 2024",),
    ),
    Example(
        duty="PATHWAY_REVIEW_6_MONTHS",
        title="Six months, then a new plan starts afresh",
        given=(
            given("PathwayPlanAgreed", "2025-08-31", "P"),
            given("PathwayPlanReviewed", "2026-02-28", "1", plan="P"),
        ),
        expected=(
            "1: due 28 February 2026; met 28 February 2026",
            "2: due 28 August 2026; not met",
        ),
        then=(given("PathwayPlanAgreed", "2026-06-01", "Q"),),
        expected_then=(
            "1: due 28 February 2026; met 28 February 2026",
            "2: due 28 August 2026; ended 1 June 2026",
            "1: due 1 December 2026; not met",
        ),
    ),
    Example(
        duty="LAC_IN_AP_NO_VSH_CONSULT",
        title="Consulted before the start",
        given=(
            given("BecameLookedAfter", "2025-12-22", "C"),
            given("VirtualSchoolHeadConsulted", "2026-01-09"),
            given("ApPlacementStarted", "2026-01-12", "A", provider="The Kiln"),
        ),
        expected=("due 11 January 2026; met 9 January 2026",),
    ),
    Example(
        duty="LAC_IN_AP_NO_VSH_CONSULT",
        title="On the first day is too late; not asked before care began",
        given=(
            given("ApPlacementStarted", "2025-12-01", "Z", provider="Other"),
            given("BecameLookedAfter", "2025-12-22", "C"),
            given("ApPlacementStarted", "2026-01-12", "A", provider="The Kiln"),
            given("VirtualSchoolHeadConsulted", "2026-01-12", placement="A"),
        ),
        expected=("due 11 January 2026; met 12 January 2026, late",),
    ),
)
