"""Worked examples of the duties on joint plans."""

from __future__ import annotations

from journey.duties.examples.example import Example, given

PLACED = given("ApPlacementStarted", "2025-10-06", "P", provider="The Kiln")
HEALTH = given("HealthReferralReceived", "2025-09-15", "H", category="CAMHS")

JOINT_EXAMPLES: tuple[Example, ...] = (
    Example(
        duty="JOINT_PLAN_MISSING",
        title="Known to health, then placed: 20 school days over half-term for a plan of both",
        given=(HEALTH, PLACED),
        expected=("due 10 November 2025; not met",),
        then=(given("JointPlanAgreed", "2025-11-10", contributors=("EDUCATION", "HEALTH")),),
        expected_then=("due 10 November 2025; met 10 November 2025",),
    ),
    Example(
        duty="JOINT_PLAN_MISSING",
        title="Social care joins later; the plan without it no longer covers the child",
        given=(
            HEALTH,
            PLACED,
            given("JointPlanAgreed", "2025-10-20", contributors=("EDUCATION", "HEALTH")),
            given("CinPlanAgreed", "2025-12-01", "C"),
        ),
        expected=(
            "due 10 November 2025; met 20 October 2025",
            "due 12 January 2026; not met",
        ),
        then=(given("CinPlanEnded", "2026-01-09"),),
        expected_then=(
            "due 10 November 2025; met 20 October 2025",
            "due 12 January 2026; ended 9 January 2026",
        ),
    ),
    Example(
        duty="JOINT_PLAN_MISSING",
        title="Health discharges before the day: one agency needs no joint plan",
        given=(HEALTH, PLACED, given("HealthDischarged", "2025-11-07", referral="H")),
        expected=("due 10 November 2025; ended 7 November 2025",),
    ),
    Example(
        duty="JOINT_PLAN_MISSING",
        title="An EHC plan and a social worker: owed from the first day of year 9",
        born="2011-10-10",
        given=(
            given("EhcPlanFinalised", "2023-05-02", "F", plan="F"),
            given("CinPlanAgreed", "2024-03-04", "C"),
        ),
        expected=("year 9: due 30 September 2025; not met",),
    ),
    Example(
        duty="JOINT_PLAN_AGENCY_SILENT",
        title="Six weeks for each agency; one day late is late",
        given=(
            given("JointPlanAgreed", "2025-10-20", "J", contributors=("EDUCATION", "HEALTH")),
            given("AgencyContributionRecorded", "2025-12-01", plan="J", agency="EDUCATION"),
        ),
        expected=(
            "EDUCATION: due 1 December 2025; met 1 December 2025",
            "HEALTH: due 1 December 2025; not met",
        ),
        then=(given("AgencyContributionRecorded", "2025-12-02", plan="J", agency="HEALTH"),),
        expected_then=(
            "EDUCATION: due 1 December 2025; met 1 December 2025",
            "HEALTH: due 1 December 2025; met 2 December 2025, late",
        ),
    ),
)
