"""Worked examples of the duties on referrals, children in need and child protection."""

from __future__ import annotations

from journey.duties.examples.example import Example, given, taken_back

PROTECTION_EXAMPLES: tuple[Example, ...] = (
    Example(
        duty="REFERRAL_DECISION_1_DAY",
        title="Over Easter: the Thursday before Good Friday to the Tuesday after",
        given=(given("ReferralReceived", "2026-04-02", "R"),),
        expected=("due 7 April 2026; not met",),
        then=(given("ReferralDecisionRecorded", "2026-04-07", referral="R", outcome="ASSESS"),),
        expected_then=("due 7 April 2026; met 7 April 2026",),
    ),
    Example(
        duty="REFERRAL_DECISION_1_DAY",
        title="31 August is a bank holiday; a day late",
        given=(
            given("ReferralReceived", "2026-08-28", "R"),
            given("ReferralDecisionRecorded", "2026-09-02", referral="R", outcome="ASSESS"),
        ),
        expected=("due 1 September 2026; met 2 September 2026, late",),
    ),
    Example(
        duty="ASSESSMENT_45_DAYS",
        title="45 working days over Easter and May",
        given=(given("ReferralReceived", "2026-04-01", "R"),),
        expected=("due 9 June 2026; not met",),
        then=(given("AssessmentAuthorised", "2026-06-09", referral="R", outcome="CIN"),),
        expected_then=("due 9 June 2026; met 9 June 2026",),
    ),
    Example(
        duty="ASSESSMENT_45_DAYS",
        title="No further action ends it; taken back, it is late",
        given=(
            given("ReferralReceived", "2026-04-01", "R"),
            given(
                "ReferralDecisionRecorded",
                "2026-04-02",
                "D",
                referral="R",
                outcome="NO_FURTHER_ACTION",
            ),
            given("AssessmentAuthorised", "2026-06-10", referral="R", outcome="CIN"),
        ),
        expected=("due 9 June 2026; ended 2 April 2026",),
        then=(taken_back("ReferralDecisionRecorded", "2026-04-02", "D"),),
        expected_then=("due 9 June 2026; met 10 June 2026, late",),
    ),
    Example(
        duty="STRATEGY_DISCUSSION_MISSING",
        title="Suspected on the Friday before a bank holiday",
        given=(given("SignificantHarmSuspected", "2026-05-01", "S"),),
        expected=("due 5 May 2026; not met",),
        then=(given("StrategyDiscussionHeld", "2026-05-05", section47_started=True),),
        expected_then=("due 5 May 2026; met 5 May 2026",),
    ),
    Example(
        duty="STRATEGY_DISCUSSION_MISSING",
        title="A day late; the day is corrected",
        given=(
            given("SignificantHarmSuspected", "2026-05-05", "S"),
            given("StrategyDiscussionHeld", "2026-05-07"),
        ),
        expected=("due 6 May 2026; met 7 May 2026, late",),
        then=(given("SignificantHarmSuspected", "2026-05-06", "S"),),
        expected_then=("due 7 May 2026; met 7 May 2026",),
    ),
    Example(
        duty="ICPC_REPORT_LATE",
        title="Two days before an initial conference, for each agency",
        given=(
            given(
                "IcpcScheduled",
                "2026-03-30",
                "C",
                kind="INITIAL",
                conference_on="2026-04-14",
                agencies=("EDUCATION", "HEALTH"),
            ),
            given("ConferenceReportShared", "2026-04-12", conference="C", agency="HEALTH"),
        ),
        expected=(
            "EDUCATION: due 12 April 2026; not met",
            "HEALTH: due 12 April 2026; met 12 April 2026",
        ),
        then=(given("ConferenceReportShared", "2026-04-13", conference="C", agency="EDUCATION"),),
        expected_then=(
            "EDUCATION: due 12 April 2026; met 13 April 2026, late",
            "HEALTH: due 12 April 2026; met 12 April 2026",
        ),
    ),
    Example(
        duty="ICPC_REPORT_LATE",
        title="Three working days before a review, over Easter",
        given=(
            given(
                "IcpcScheduled",
                "2026-03-02",
                "C",
                kind="REVIEW",
                conference_on="2026-04-08",
                agencies=("EDUCATION",),
            ),
            given("ConferenceReportShared", "2026-04-01", conference="C", agency="EDUCATION"),
        ),
        expected=("EDUCATION: due 1 April 2026; met 1 April 2026",),
    ),
    Example(
        duty="CORE_GROUP_FIRST_10_DAYS",
        title="Ten working days over the early May bank holiday",
        given=(given("IcpcHeld", "2026-05-01", "I", outcome="PLAN"),),
        expected=("due 18 May 2026; not met",),
        then=(given("CoreGroupHeld", "2026-05-18"),),
        expected_then=("due 18 May 2026; met 18 May 2026",),
    ),
    Example(
        duty="CORE_GROUP_FIRST_10_DAYS",
        title="A conference without a plan owes none; corrected, the meeting is late",
        given=(
            given("IcpcHeld", "2026-05-01", "I", outcome="NO_PLAN"),
            given("CoreGroupHeld", "2026-05-19"),
        ),
        expected=(),
        then=(given("IcpcHeld", "2026-05-01", "I", outcome="PLAN"),),
        expected_then=("due 18 May 2026; met 19 May 2026, late",),
    ),
    Example(
        duty="CORE_GROUP_REPEAT",
        title="Four weeks later, and four weeks after that over Christmas",
        given=(
            given("CpPlanStarted", "2025-11-28", "P"),
            given("CoreGroupHeld", "2025-12-05", "1", plan="P"),
            given("CoreGroupHeld", "2026-01-02", "2", plan="P"),
        ),
        expected=("2: due 2 January 2026; met 2 January 2026", "3: due 30 January 2026; not met"),
        then=(given("CpPlanEnded", "2026-01-20", plan="P"),),
        expected_then=(
            "2: due 2 January 2026; met 2 January 2026",
            "3: due 30 January 2026; ended 20 January 2026",
        ),
    ),
    Example(
        duty="CORE_GROUP_REPEAT",
        title="A day late",
        given=(
            given("CpPlanStarted", "2025-11-28", "P"),
            given("CoreGroupHeld", "2025-12-05", "1", plan="P"),
            given("CoreGroupHeld", "2026-01-03", "2", plan="P"),
        ),
        expected=(
            "2: due 2 January 2026; met 3 January 2026, late",
            "3: due 31 January 2026; not met",
        ),
    ),
    Example(
        duty="CORE_GROUP_AGENCY_ABSENT",
        title="Health is absent twice, then comes; education comes each time",
        given=(
            given("CpPlanStarted", "2025-11-28", "P"),
            given(
                "CoreGroupHeld", "2025-12-05", "1", plan="P", attended=("EDUCATION", "SOCIAL_CARE")
            ),
            given(
                "CoreGroupHeld", "2026-01-02", "2", plan="P", attended=("EDUCATION", "SOCIAL_CARE")
            ),
        ),
        expected=("HEALTH 2026-01-02: due 2 January 2026; not met",),
        then=(
            given(
                "CoreGroupHeld",
                "2026-01-30",
                "3",
                plan="P",
                attended=("EDUCATION", "HEALTH", "SOCIAL_CARE"),
            ),
        ),
        expected_then=("HEALTH 2026-01-02: due 2 January 2026; met 30 January 2026, late",),
    ),
    Example(
        duty="CORE_GROUP_AGENCY_ABSENT",
        title="Absent once, then there",
        given=(
            given("CpPlanStarted", "2025-11-28", "P"),
            given("CoreGroupHeld", "2025-12-05", "1", plan="P", attended=("EDUCATION",)),
            given("CoreGroupHeld", "2026-01-02", "2", plan="P", attended=("EDUCATION", "HEALTH")),
        ),
        expected=(),
    ),
    Example(
        duty="RCPC_FIRST_3_MONTHS",
        title="Three months from 30 November end with February",
        given=(given("CpPlanStarted", "2025-11-30", "P"),),
        expected=("due 28 February 2026; not met",),
        then=(given("ReviewConferenceHeld", "2026-02-28", plan="P"),),
        expected_then=("due 28 February 2026; met 28 February 2026",),
    ),
    Example(
        duty="RCPC_FIRST_3_MONTHS",
        title="In a leap year they end on 29 February; a day late",
        given=(
            given("CpPlanStarted", "2023-11-30", "P"),
            given("ReviewConferenceHeld", "2024-03-01", plan="P"),
        ),
        expected=("due 29 February 2024; met 1 March 2024, late",),
    ),
    Example(
        duty="RCPC_NEXT_6_MONTHS",
        title="Six months after the first review; the plan ends before the next is due",
        given=(
            given("CpPlanStarted", "2025-11-28", "P"),
            given("ReviewConferenceHeld", "2026-02-27", "1", plan="P"),
            given("ReviewConferenceHeld", "2026-08-27", "2", plan="P"),
            given("CpPlanEnded", "2027-01-15", plan="P"),
        ),
        expected=(
            "2: due 27 August 2026; met 27 August 2026",
            "3: due 27 February 2027; ended 15 January 2027",
        ),
        then=(taken_back("ReviewConferenceHeld", "2026-08-27", "2"),),
        expected_then=("2: due 27 August 2026; ended 15 January 2027, late",),
    ),
    Example(
        duty="RCPC_NEXT_6_MONTHS",
        title="Six months from 31 August end with February; missed",
        given=(
            given("CpPlanStarted", "2025-11-28", "P"),
            given("ReviewConferenceHeld", "2026-08-31", "1", plan="P"),
        ),
        expected=("2: due 28 February 2027; not met",),
    ),
    Example(
        duty="CIN_PLAN_MISSING",
        title="Ten working days over Christmas",
        given=(given("AssessmentAuthorised", "2025-12-22", "A", outcome="CIN"),),
        expected=("due 8 January 2026; not met",),
        then=(given("CinPlanAgreed", "2026-01-08"),),
        expected_then=("due 8 January 2026; met 8 January 2026",),
    ),
    Example(
        duty="CIN_PLAN_MISSING",
        title="A protection plan instead ends it; another outcome owes none",
        given=(
            given("AssessmentAuthorised", "2025-12-22", "A", outcome="CIN"),
            given("CpPlanStarted", "2026-01-05"),
        ),
        expected=("due 8 January 2026; ended 5 January 2026",),
        then=(given("AssessmentAuthorised", "2025-12-22", "A", outcome="NFA"),),
        expected_then=(),
    ),
    Example(
        duty="CIN_REVIEW_OVERDUE",
        title="Twelve weeks, and twelve after the review; the second is late",
        given=(
            given("CinPlanAgreed", "2025-11-03", "P"),
            given("CinReviewHeld", "2026-01-26", "1", plan="P"),
            given("CinReviewHeld", "2026-04-21", "2", plan="P"),
        ),
        expected=(
            "1: due 26 January 2026; met 26 January 2026",
            "2: due 20 April 2026; met 21 April 2026, late",
            "3: due 14 July 2026; not met",
        ),
        then=(given("CinPlanEnded", "2026-06-01", plan="P"),),
        expected_then=(
            "1: due 26 January 2026; met 26 January 2026",
            "2: due 20 April 2026; met 21 April 2026, late",
            "3: due 14 July 2026; ended 1 June 2026",
        ),
    ),
    Example(
        duty="CP_EXCLUDED_NO_STRATEGY_CHECK",
        title="Suspended before Christmas with a protection plan: five working days",
        given=(
            given("CpPlanStarted", "2025-11-28", "P"),
            given("SuspensionStarted", "2025-12-19", "S", sessions=4),
        ),
        expected=("due 30 December 2025; not met",),
        then=(given("CoreGroupInformed", "2025-12-30", about="S"),),
        expected_then=("due 30 December 2025; met 30 December 2025",),
    ),
    Example(
        duty="CP_EXCLUDED_NO_STRATEGY_CHECK",
        title="A placement while the plan is open, told of in time; after the plan nothing is owed",
        given=(
            given("CpPlanStarted", "2025-11-28", "P"),
            given("ApPlacementStarted", "2026-01-12", "A", provider="The Kiln"),
            given("CoreGroupHeld", "2026-01-15"),
            given("CpPlanEnded", "2026-02-27", plan="P"),
            given("PermanentExclusionRecorded", "2026-03-09", "X"),
        ),
        expected=("due 19 January 2026; met 15 January 2026",),
    ),
)
