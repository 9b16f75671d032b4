"""Worked examples of the duties on EHC plans that are in force, and their reviews."""

from __future__ import annotations

from journey.duties.examples.example import Example, given

REVIEWS_EXAMPLES: tuple[Example, ...] = (
    Example(
        duty="EHC_ANNUAL_REVIEW_OVERDUE",
        title="Twelve months from a leap day end on 28 February",
        given=(given("EhcPlanFinalised", "2024-02-29", "F", plan="L"),),
        expected=("1: due 28 February 2025; not met",),
        then=(given("EhcReviewCompleted", "2025-02-28", "1", plan="L"),),
        expected_then=(
            "1: due 28 February 2025; met 28 February 2025",
            "2: due 28 February 2026; not met",
        ),
    ),
    Example(
        duty="EHC_ANNUAL_REVIEW_OVERDUE",
        title="A month late; the plan ceases before the next",
        given=(
            given("EhcPlanFinalised", "2024-01-31", "F", plan="L"),
            given("EhcReviewCompleted", "2025-02-28", "1", plan="L"),
        ),
        expected=(
            "1: due 31 January 2025; met 28 February 2025, late",
            "2: due 28 February 2026; not met",
        ),
        then=(given("EhcPlanCeased", "2026-01-30", plan="L"),),
        expected_then=(
            "1: due 31 January 2025; met 28 February 2025, late",
            "2: due 28 February 2026; ended 30 January 2026",
        ),
    ),
    Example(
        duty="EHC_REVIEW_UNDER_5",
        title="Six months from 30 November, and none from the fifth birthday on",
        born="2020-06-01",
        given=(
            given("EhcPlanFinalised", "2024-11-30", "F", plan="L"),
            given("EhcReviewCompleted", "2025-05-30", "1", plan="L"),
        ),
        expected=("1: due 30 May 2025; met 30 May 2025", "2: due 30 November 2025; not met"),
        then=(given("EhcReviewCompleted", "2025-06-02", "1", plan="L"),),
        expected_then=("1: due 30 May 2025; met 2 June 2025, late",),
    ),
    Example(
        duty="EHC_REVIEW_PAPERS_LATE",
        title="14 days before the meeting; the meeting is moved",
        given=(
            given(
                "EhcReviewMeetingScheduled", "2026-04-01", "M", plan="L", meeting_on="2026-05-18"
            ),
            given("EhcReviewPapersCirculated", "2026-05-05", meeting="M"),
        ),
        expected=("due 4 May 2026; met 5 May 2026, late",),
        then=(
            given(
                "EhcReviewMeetingScheduled", "2026-04-01", "M", plan="L", meeting_on="2026-05-19"
            ),
        ),
        expected_then=("due 5 May 2026; met 5 May 2026",),
    ),
    Example(
        duty="EHC_REVIEW_REPORT_LATE",
        title="Two weeks end on a bank holiday, and are still the limit",
        given=(given("EhcReviewMeetingHeld", "2026-03-23", "M", plan="L"),),
        expected=("due 6 April 2026; not met",),
        then=(given("EhcReviewReportSubmitted", "2026-04-06", meeting="M"),),
        expected_then=("due 6 April 2026; met 6 April 2026",),
    ),
    Example(
        duty="EHC_REVIEW_REPORT_LATE",
        title="The report comes late; the day of the meeting is corrected",
        given=(
            given("EhcReviewMeetingHeld", "2026-01-12", "M", plan="L"),
            given("EhcReviewReportSubmitted", "2026-01-27", meeting="M"),
        ),
        expected=("due 26 January 2026; met 27 January 2026, late",),
        then=(given("EhcReviewMeetingHeld", "2026-01-13", "M", plan="L"),),
        expected_then=("due 27 January 2026; met 27 January 2026",),
    ),
    Example(
        duty="EHC_REVIEW_DECISION_4_WEEKS",
        title="To amend is not enough: the changes have to be sent",
        given=(
            given("EhcReviewMeetingHeld", "2026-01-31", "M", plan="L"),
            given("EhcReviewDecisionNotified", "2026-02-20", meeting="M", decision="AMEND"),
        ),
        expected=("due 28 February 2026; not met",),
        then=(given("EhcAmendmentNoticeServed", "2026-03-02", "N", meeting="M"),),
        expected_then=("due 28 February 2026; met 2 March 2026, late",),
    ),
    Example(
        duty="EHC_REVIEW_DECISION_4_WEEKS",
        title="To keep the plan is enough",
        given=(
            given("EhcReviewMeetingHeld", "2026-01-31", "M", plan="L"),
            given("EhcReviewDecisionNotified", "2026-02-28", meeting="M", decision="KEEP"),
        ),
        expected=("due 28 February 2026; met 28 February 2026",),
    ),
    Example(
        duty="EHC_AMENDED_FINAL_8_WEEKS",
        title="Twelve weeks from the meeting come first where the notice was late",
        given=(
            given("EhcReviewMeetingHeld", "2026-01-31", "M", plan="L"),
            given("EhcAmendmentNoticeServed", "2026-03-23", "N", meeting="M"),
        ),
        expected=("due 25 April 2026; not met",),
        then=(given("EhcPlanFinalised", "2026-04-25", "F", plan="L"),),
        expected_then=("due 25 April 2026; met 25 April 2026",),
    ),
    Example(
        duty="EHC_AMENDED_FINAL_8_WEEKS",
        title="Eight weeks from the notice; withdrawn late",
        given=(
            given("EhcAmendmentNoticeServed", "2026-03-02", "N"),
            given("EhcAmendmentWithdrawn", "2026-04-28", notice="N"),
        ),
        expected=("due 27 April 2026; met 28 April 2026, late",),
    ),
    Example(
        duty="EHC_PHASE_TRANSFER_OTHER",
        title="Year 6, before 15 February",
        born="2014-11-20",
        given=(given("EhcPlanFinalised", "2023-05-02", "F", plan="L"),),
        expected=("2025/26: due 14 February 2026; not met",),
        then=(given("EhcPlanFinalised", "2026-02-14", "G", plan="L", phase_placement_named=True),),
        expected_then=("2025/26: due 14 February 2026; met 14 February 2026",),
    ),
    Example(
        duty="EHC_PHASE_TRANSFER_OTHER",
        title="On 15 February it is late",
        born="2014-11-20",
        given=(
            given("EhcPlanFinalised", "2023-05-02", "F", plan="L"),
            given("EhcPlanFinalised", "2026-02-15", "G", plan="L", phase_placement_named=True),
        ),
        expected=("2025/26: due 14 February 2026; met 15 February 2026, late",),
    ),
    Example(
        duty="EHC_POST16_TO_POST16",
        title="Five months before 31 July end with February",
        given=(
            given("EhcPlanFinalised", "2024-05-02", "F", plan="L"),
            given("Post16TransferPlanned", "2025-12-01", "T", plan="L", transfer_on="2026-07-31"),
        ),
        expected=("due 28 February 2026; not met",),
        then=(given("EhcPlanFinalised", "2026-02-28", "G", plan="L", post16_placement_named=True),),
        expected_then=("due 28 February 2026; met 28 February 2026",),
    ),
    Example(
        duty="EHC_POST16_TO_POST16",
        title="Named too late for the day of the move; the move is put off",
        given=(
            given("Post16TransferPlanned", "2026-03-02", "T", transfer_on="2026-09-01"),
            given("EhcPlanFinalised", "2026-04-20", "G", plan="L", post16_placement_named=True),
        ),
        expected=("due 1 April 2026; met 20 April 2026, late",),
        then=(given("Post16TransferPlanned", "2026-03-02", "T", transfer_on="2026-10-01"),),
        expected_then=("due 1 May 2026; met 20 April 2026",),
    ),
    Example(
        duty="EHC_PFA_YEAR9_MISSING",
        title="A review in year 9 covers two of the four; the next covers all, in year 10",
        born="2011-03-04",
        given=(
            given("EhcPlanFinalised", "2023-05-02", "F", plan="L"),
            given(
                "EhcReviewCompleted",
                "2025-05-06",
                "1",
                plan="L",
                pfa_outcomes=("EMPLOYMENT", "HEALTH"),
            ),
        ),
        expected=("due 6 May 2025; not met", "year: due 31 August 2025; not met"),
        then=(
            given(
                "EhcReviewCompleted",
                "2026-05-05",
                "2",
                plan="L",
                pfa_outcomes=("EMPLOYMENT", "INDEPENDENT_LIVING", "COMMUNITY", "HEALTH"),
            ),
        ),
        expected_then=(
            "due 6 May 2025; met 5 May 2026, late",
            "due 5 May 2026; met 5 May 2026",
            "year: due 31 August 2025; met 5 May 2026, late",
        ),
    ),
    Example(
        duty="EHC_PFA_YEAR9_MISSING",
        title="Covered from the first review in year 9",
        born="2011-03-04",
        given=(
            given("EhcPlanFinalised", "2023-05-02", "F", plan="L"),
            given(
                "EhcReviewCompleted",
                "2025-05-06",
                "1",
                plan="L",
                pfa_outcomes=("EMPLOYMENT", "INDEPENDENT_LIVING", "COMMUNITY", "HEALTH"),
            ),
        ),
        expected=("due 6 May 2025; met 6 May 2025", "year: due 31 August 2025; met 6 May 2025"),
    ),
    Example(
        duty="EHC_CEASED_WITHOUT_REVIEW",
        title="The last review was a year and a day before; the day is corrected",
        given=(
            given("EhcReviewCompleted", "2025-03-02", "1"),
            given("EhcPlanCeased", "2026-03-03", "Z"),
        ),
        expected=("due 3 March 2026; not met",),
        then=(given("EhcPlanCeased", "2026-03-02", "Z"),),
        expected_then=("due 2 March 2026; met 2 March 2026",),
    ),
    Example(
        duty="EHC_AP_SECTION_I_MISMATCH",
        title="Not named for 20 school days over half-term; then named",
        given=(
            given("EhcPlanFinalised", "2023-05-02", "F", plan="L", section_i_establishment="S1"),
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
        ),
        expected=("due 17 November 2025; not met",),
        then=(
            given(
                "EhcPlanFinalised", "2025-11-18", "G", plan="L", section_i_establishment="the kiln"
            ),
        ),
        expected_then=("due 17 November 2025; met 18 November 2025, late",),
    ),
    Example(
        duty="EHC_AP_SECTION_I_MISMATCH",
        title="An early review meets it; a plan that names the provider has no case",
        given=(
            given("EhcPlanFinalised", "2023-05-02", "F", plan="L", section_i_establishment="S1"),
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
            given("EhcReviewCompleted", "2025-11-17", plan="L"),
        ),
        expected=("due 17 November 2025; met 17 November 2025",),
        then=(
            given(
                "EhcPlanFinalised", "2023-05-02", "F", plan="L", section_i_establishment="The Kiln"
            ),
        ),
        expected_then=(),
    ),
)
