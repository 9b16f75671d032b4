"""Worked examples of the duties on exclusion and on off-site direction."""

from __future__ import annotations

from journey.duties.examples.example import Example, given

EXCLUSIONS_EXAMPLES: tuple[Example, ...] = (
    Example(
        duty="EXCLUSION_DAY6_SUSPENSION",
        title="Half-term lies between: the sixth school day is after it",
        given=(given("SuspensionStarted", "2025-10-20", "S", establishment="S1", sessions=16),),
        expected=("due 3 November 2025; not met",),
        then=(given("EducationProvisionStarted", "2025-11-03", full_time=True),),
        expected_then=("due 3 November 2025; met 3 November 2025",),
    ),
    Example(
        duty="EXCLUSION_DAY6_SUSPENSION",
        title="Five school days need no provision; a correction to eight does",
        given=(given("SuspensionStarted", "2026-01-12", "S", sessions=10),),
        expected=(),
        then=(given("SuspensionStarted", "2026-01-12", "S", sessions=16),),
        expected_then=("due 19 January 2026; not met",),
    ),
    Example(
        duty="EXCLUSION_DAY6_SUSPENSION",
        title="The child is back before the sixth day",
        given=(
            given("SuspensionStarted", "2026-01-12", "S", sessions=16),
            given("SuspensionEnded", "2026-01-16", suspension="S"),
        ),
        expected=("due 19 January 2026; ended 16 January 2026",),
    ),
    Example(
        duty="EXCLUSION_LA_NOTICE_MISSING",
        title="The weekend and a bank holiday do not count; told a day late",
        given=(given("PermanentExclusionRecorded", "2026-05-01", "X"),),
        expected=("due 5 May 2026; not met",),
        then=(given("LaNotifiedOfExclusion", "2026-05-06", exclusion="X"),),
        expected_then=("due 5 May 2026; met 6 May 2026, late",),
    ),
    Example(
        duty="EXCLUSION_LA_NOTICE_MISSING",
        title="The suspension that makes more than five days in the term",
        given=(
            given("SuspensionStarted", "2026-01-12", "S", sessions=6),
            given("SuspensionStarted", "2026-02-02", "T", sessions=6),
            given("LaNotifiedOfExclusion", "2026-02-03", exclusion="T"),
        ),
        expected=("due 3 February 2026; met 3 February 2026",),
    ),
    Example(
        duty="SUSPENSION_TOTAL_45_DAYS",
        title="The term passes 15 days in February; the school year 45 in June",
        given=(
            given("SuspensionStarted", "2025-09-15", "A", sessions=28),
            given("SuspensionStarted", "2026-01-12", "B", sessions=28),
            given("SuspensionStarted", "2026-02-09", "C", sessions=4),
            given("SuspensionStarted", "2026-06-08", "D", sessions=32),
        ),
        expected=(
            "2025/26: due 8 June 2026; not met",
            "2025/26 spring: due 9 February 2026; ended 27 March 2026, late",
            "2025/26 summer: due 8 June 2026; not met",
        ),
        then=(given("SuspensionEnded", "2026-06-19", "E", suspension="D", sessions=10),),
        expected_then=("2025/26 spring: due 9 February 2026; ended 27 March 2026, late",),
    ),
    Example(
        duty="SUSPENSION_TOTAL_45_DAYS",
        title="Fewer than 15 school days in each term, and 42 in the year",
        given=(
            given("SuspensionStarted", "2025-09-15", "A", sessions=28),
            given("SuspensionStarted", "2026-01-12", "B", sessions=28),
            given("SuspensionStarted", "2026-05-11", "D", sessions=28),
        ),
        expected=(),
    ),
    Example(
        duty="EXCLUSION_NO_SOCIAL_WORKER_NOTICE",
        title="A looked after child is suspended on a Friday; the social worker is told on Monday",
        given=(
            given("BecameLookedAfter", "2025-09-01", "C"),
            given("SuspensionStarted", "2025-10-10", "S", sessions=4),
        ),
        expected=("due 13 October 2025; not met",),
        then=(given("SocialWorkerNotified", "2025-10-13", exclusion="S"),),
        expected_then=("due 13 October 2025; met 13 October 2025",),
    ),
    Example(
        duty="EXCLUSION_NO_SOCIAL_WORKER_NOTICE",
        title="Told after the half-term is late; a child without a plan is not asked about",
        given=(
            given("SuspensionStarted", "2025-09-10", "R", sessions=4),
            given("CinPlanAgreed", "2025-09-15", "P"),
            given("PermanentExclusionRecorded", "2025-10-24", "X"),
            given("VirtualSchoolHeadNotified", "2025-11-04", exclusion="X"),
        ),
        expected=("due 3 November 2025; met 4 November 2025, late",),
    ),
    Example(
        duty="OFFSITE_DIRECTION_NOTICE_SHORT",
        title="Two school days before the first day after half-term",
        given=(
            given("OffSiteDirectionDetermined", "2025-10-15", "D", first_day_on="2025-11-03"),
            given(
                "OffSiteNoticeServed",
                "2025-10-24",
                direction="D",
                address_given=True,
                report_to_given=False,
                number_of_days_given=True,
                reasons_given=True,
                session_times_given=True,
            ),
        ),
        expected=("due 23 October 2025; not met",),
        then=(
            given(
                "OffSiteNoticeServed",
                "2025-10-23",
                "N",
                direction="D",
                address_given=True,
                report_to_given=True,
                number_of_days_given=True,
                reasons_given=True,
                session_times_given=True,
            ),
        ),
        expected_then=("due 23 October 2025; met 23 October 2025",),
    ),
    Example(
        duty="OFFSITE_DIRECTION_NOTICE_SHORT",
        title="The notice comes the day before",
        given=(
            given("OffSiteDirectionDetermined", "2026-01-07", "D", first_day_on="2026-01-14"),
            given(
                "OffSiteNoticeServed",
                "2026-01-13",
                direction="D",
                address_given=True,
                report_to_given=True,
                number_of_days_given=True,
                reasons_given=True,
                session_times_given=True,
            ),
        ),
        expected=("due 12 January 2026; met 13 January 2026, late",),
    ),
    Example(
        duty="OFFSITE_DIRECTION_REVIEW_REQUEST",
        title="15 school days over half-term",
        given=(
            given(
                "OffSiteReviewRequested", "2025-10-13", "Q", direction="D", requested_by="PARENT"
            ),
        ),
        expected=("due 10 November 2025; not met",),
        then=(given("OffSiteReviewHeld", "2025-11-11", request="Q"),),
        expected_then=("due 10 November 2025; met 11 November 2025, late",),
    ),
    Example(
        duty="OFFSITE_DIRECTION_REVIEW_REQUEST",
        title="One was held less than ten weeks before",
        given=(
            given("OffSiteReviewHeld", "2025-09-15"),
            given("OffSiteReviewRequested", "2025-11-24", "Q", direction="D"),
        ),
        expected=(),
        then=(
            given("OffSiteReviewHeld", "2025-09-15"),
            given("OffSiteReviewRequested", "2025-11-25", "Q", direction="D"),
        ),
        expected_then=("due 16 December 2025; not met",),
    ),
)
