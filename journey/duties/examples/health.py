"""Worked examples of the duties on health services and on the move to adult ones."""

from __future__ import annotations

from journey.duties.examples.example import Example, given, taken_back

HEALTH_EXAMPLES: tuple[Example, ...] = (
    Example(
        duty="HEALTH_ABSENT_FROM_AP_DECISION",
        title="Ten school days after the planned start, over half-term",
        given=(
            given("HealthReferralReceived", "2025-09-01", "H", category="SLT"),
            given(
                "ApPlacementDecided", "2025-10-06", "D", provider="The Kiln", start_on="2025-10-13"
            ),
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
        ),
        expected=("due 3 November 2025; not met",),
        then=(given("HealthConsulted", "2025-11-03", about="D"),),
        expected_then=("due 3 November 2025; met 3 November 2025",),
    ),
    Example(
        duty="HEALTH_ABSENT_FROM_AP_DECISION",
        title="No decision recorded; consulted late; discharged before, nothing is owed",
        given=(
            given("HealthReferralReceived", "2025-09-01", "H", category="SLT"),
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
            given("HealthConsulted", "2025-11-04"),
        ),
        expected=("due 3 November 2025; met 4 November 2025, late",),
        then=(given("HealthDischarged", "2025-10-10", referral="H"),),
        expected_then=(),
    ),
    Example(
        duty="HEALTH_TRANSITION_PLAN_Y9",
        title="By the end of year 9",
        born="2011-03-04",
        given=(given("LongTermHealthInvolvementOpened", "2023-05-02", "L", category="EPI"),),
        expected=("due 31 August 2025; not met",),
        then=(given("HealthTransitionPlanAgreed", "2025-08-31"),),
        expected_then=("due 31 August 2025; met 31 August 2025",),
    ),
    Example(
        duty="HEALTH_TRANSITION_PLAN_Y9",
        title="Opened in year 11: three months from 30 November, late",
        born="2011-03-04",
        given=(
            given("LongTermHealthInvolvementOpened", "2026-11-30", "L", category="EPI"),
            given("HealthTransitionPlanAgreed", "2027-03-01"),
        ),
        expected=("due 28 February 2027; met 1 March 2027, late",),
    ),
    Example(
        duty="HEALTH_NAMED_WORKER_MISSING",
        title="Four weeks end on Boxing Day, and are still the limit",
        given=(given("HealthTransitionPlanAgreed", "2025-11-28", "P"),),
        expected=("due 26 December 2025; not met",),
        then=(given("TransitionWorkerNamed", "2025-12-26", plan="P"),),
        expected_then=("due 26 December 2025; met 26 December 2025",),
    ),
    Example(
        duty="HEALTH_NAMED_WORKER_MISSING",
        title="A day late; the plan is corrected",
        given=(
            given("HealthTransitionPlanAgreed", "2025-11-28", "P"),
            given("TransitionWorkerNamed", "2025-12-27", plan="P"),
        ),
        expected=("due 26 December 2025; met 27 December 2025, late",),
        then=(given("HealthTransitionPlanAgreed", "2025-11-29", "P"),),
        expected_then=("due 27 December 2025; met 27 December 2025",),
    ),
    Example(
        duty="HEALTH_TRANSITION_ANNUAL",
        title="A year from a leap day, and a year from the review",
        given=(
            given("HealthTransitionPlanAgreed", "2024-02-29", "P"),
            given("HealthTransitionReviewed", "2025-02-28", "1", plan="P"),
        ),
        expected=(
            "1: due 28 February 2025; met 28 February 2025",
            "2: due 28 February 2026; not met",
        ),
        then=(taken_back("HealthTransitionReviewed", "2025-02-28", "1"),),
        expected_then=("1: due 28 February 2025; not met",),
    ),
    Example(
        duty="CAMHS_ED_URGENT_1_WEEK",
        title="One week over Christmas; a day late",
        given=(
            given(
                "HealthReferralReceived",
                "2025-12-19",
                "H",
                urgency="URGENT",
                camhs_pathway="EATING_DISORDER",
            ),
        ),
        expected=("due 26 December 2025; not met",),
        then=(given("TreatmentStarted", "2025-12-27", referral="H"),),
        expected_then=("due 26 December 2025; met 27 December 2025, late",),
    ),
    Example(
        duty="CAMHS_ED_URGENT_1_WEEK",
        title="In time; a routine referral has four weeks instead",
        given=(
            given(
                "HealthReferralReceived",
                "2025-12-19",
                "H",
                urgency="URGENT",
                camhs_pathway="EATING_DISORDER",
            ),
            given("TreatmentStarted", "2025-12-26", referral="H"),
        ),
        expected=("due 26 December 2025; met 26 December 2025",),
        then=(
            given(
                "HealthReferralReceived",
                "2025-12-19",
                "H",
                urgency="ROUTINE",
                camhs_pathway="EATING_DISORDER",
            ),
        ),
        expected_then=(),
    ),
    Example(
        duty="CAMHS_ED_ROUTINE_4_WEEKS",
        title="28 days over the end of February",
        given=(
            given(
                "HealthReferralReceived",
                "2026-02-02",
                "H",
                urgency="ROUTINE",
                camhs_pathway="EATING_DISORDER",
            ),
        ),
        expected=("due 2 March 2026; not met",),
        then=(given("TreatmentStarted", "2026-03-02", referral="H"),),
        expected_then=("due 2 March 2026; met 2 March 2026",),
    ),
    Example(
        duty="CAMHS_ED_ROUTINE_4_WEEKS",
        title="29 days are late, in a leap year too; discharged first, it ends",
        given=(
            given(
                "HealthReferralReceived",
                "2024-02-02",
                "H",
                urgency="ROUTINE",
                camhs_pathway="EATING_DISORDER",
            ),
            given("TreatmentStarted", "2024-03-02", referral="H"),
        ),
        expected=("due 1 March 2024; met 2 March 2024, late",),
        then=(given("HealthDischarged", "2024-02-20", referral="H"),),
        expected_then=("due 1 March 2024; ended 20 February 2024",),
    ),
    Example(
        duty="CAMHS_WAIT_LONG",
        title="Seen in time, treated late",
        given=(
            given("HealthReferralReceived", "2026-01-05", "H", category="CAMHS"),
            given("HealthContactHeld", "2026-02-02", referral="H"),
        ),
        expected=(
            "contact: due 2 February 2026; met 2 February 2026",
            "treatment: due 11 May 2026; not met",
        ),
        then=(given("TreatmentStarted", "2026-05-12", referral="H"),),
        expected_then=(
            "contact: due 2 February 2026; met 2 February 2026",
            "treatment: due 11 May 2026; met 12 May 2026, late",
        ),
    ),
    Example(
        duty="CAMHS_DISCHARGE_AT_18",
        title="An adult service accepts on the day before the birthday",
        born="2008-03-01",
        given=(given("HealthReferralReceived", "2024-05-07", "H", category="CAMHS"),),
        expected=("due 28 February 2026; not met",),
        then=(given("AdultServiceAccepted", "2026-02-28", referral="H"),),
        expected_then=("due 28 February 2026; met 28 February 2026",),
    ),
    Example(
        duty="CAMHS_DISCHARGE_AT_18",
        title="On the birthday (1 March) it is late; discharged at 17, nothing is owed",
        born="2008-02-29",
        given=(
            given("HealthReferralReceived", "2024-05-07", "H", category="CAMHS"),
            given("DischargePlanAgreed", "2026-03-01", referral="H"),
        ),
        expected=("due 28 February 2026; met 1 March 2026, late",),
        then=(given("HealthDischarged", "2025-06-01", referral="H"),),
        expected_then=(),
    ),
)
