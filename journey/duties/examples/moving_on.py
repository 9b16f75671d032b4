"""Worked examples of the further duties on post-16, careers and who takes part."""

from __future__ import annotations

from journey.duties.examples.example import Example, given

MOVING_ON_EXAMPLES: tuple[Example, ...] = (
    Example(
        duty="POST16_INFORMATION_NOT_TRANSFERRED",
        title="By 30 June; a late acceptance has ten working days over the August bank holiday",
        given=(
            given(
                "Post16OfferAccepted", "2026-03-02", "A", provider="College", start_on="2026-09-07"
            ),
        ),
        expected=("due 30 June 2026; not met",),
        then=(
            given(
                "Post16OfferAccepted", "2026-08-21", "A", provider="College", start_on="2026-09-07"
            ),
            given("TransitionInformationShared", "2026-09-07", provider="College"),
        ),
        expected_then=("due 7 September 2026; met 7 September 2026",),
    ),
    Example(
        duty="POST16_INFORMATION_NOT_TRANSFERRED",
        title="Shared with another provider is not shared",
        given=(
            given(
                "Post16OfferAccepted", "2026-03-02", "A", provider="College", start_on="2026-09-07"
            ),
            given("TransitionInformationShared", "2026-06-29", provider="Other"),
        ),
        expected=("due 30 June 2026; not met",),
        then=(given("TransitionInformationShared", "2026-06-30", "I", provider="College"),),
        expected_then=("due 30 June 2026; met 30 June 2026",),
    ),
    Example(
        duty="RPA_LEAVER_NOTICE",
        title="Five working days over Easter",
        given=(given("Post16Withdrawn", "2026-03-31", "W", provider="College"),),
        expected=("due 9 April 2026; not met",),
        then=(given("LaNotifiedOfNonParticipation", "2026-04-09", provider="College"),),
        expected_then=("due 9 April 2026; met 9 April 2026",),
    ),
    Example(
        duty="RPA_LEAVER_NOTICE",
        title="A day late; the young person had turned 18",
        born="2008-08-03",
        given=(
            given("Post16Withdrawn", "2026-03-31", "W", provider="College"),
            given("LaNotifiedOfNonParticipation", "2026-04-10"),
        ),
        expected=("due 9 April 2026; met 10 April 2026, late",),
        then=(given("Post16Withdrawn", "2026-07-31", "W", provider="College"),),
        expected_then=("due 7 August 2026; ended 3 August 2026",),
    ),
    Example(
        duty="NEET_STATUS_UNKNOWN",
        title="Nobody knows in September after year 11; enrolled late, and next year again",
        born="2010-01-15",
        given=(given("PupilJoinedRoll", "2021-09-06", "J", establishment="S1"),),
        expected=(
            "2026/27: due 29 September 2026; not met",
            "2027/28: due 29 September 2027; not met",
        ),
        then=(given("Post16Enrolled", "2026-10-01", provider="College"),),
        expected_then=(
            "2026/27: due 29 September 2026; met 1 October 2026, late",
            "2027/28: due 29 September 2027; not met",
        ),
    ),
    Example(
        duty="NEET_STATUS_UNKNOWN",
        title="14 days from alternative provision; unknown again in November",
        born="2010-01-15",
        given=(
            given("PupilJoinedRoll", "2021-09-06", "J", establishment="S1"),
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
            given("ActivityConfirmed", "2026-09-15", "1", status="PARTICIPATING"),
            given("ActivityStatusChanged", "2026-11-02", "U", status="UNKNOWN"),
            given("ActivityConfirmed", "2026-11-30", "2", status="NOT_PARTICIPATING"),
        ),
        expected=(
            "2026/27: due 15 September 2026; met 15 September 2026",
            "2027/28: due 15 September 2027; not met",
            "unknown 2026-11-02: due 16 November 2026; met 30 November 2026, late",
        ),
    ),
    Example(
        duty="CAREERS_AP_GAP",
        title="The autumn term counts from October; an activity in spring is for spring",
        born="2011-03-04",
        given=(given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),),
        expected=("2025/26 autumn: due 19 December 2025; not met",),
        then=(
            given("CareersActivityRecorded", "2025-12-19", "1", placement="P"),
            given("CareersActivityRecorded", "2026-03-10", "2", placement="P"),
        ),
        expected_then=(
            "2025/26 autumn: due 19 December 2025; met 19 December 2025",
            "2025/26 spring: due 27 March 2026; met 10 March 2026",
            "2025/26 summer: due 22 July 2026; not met",
        ),
    ),
    Example(
        duty="CAREERS_AP_GAP",
        title="A child of year 7 is not asked about; corrected to year 8, the activity is late",
        given=(
            given("PupilJoinedRoll", "2025-09-01", "J", establishment="S1", year_group=7),
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
            given("CareersActivityRecorded", "2026-01-12", "1", placement="P"),
        ),
        expected=(),
        then=(given("PupilJoinedRoll", "2025-09-01", "J", establishment="S1", year_group=8),),
        expected_then=(
            "2025/26 autumn: due 19 December 2025; met 12 January 2026, late",
            "2025/26 summer: due 22 July 2026; not met",
        ),
    ),
    Example(
        duty="COLLEGE_VISIT_NOT_OFFERED",
        title="Offered on the last day, in year 11",
        born="2010-01-15",
        given=(given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),),
        expected=("2025/26: due 31 May 2026; not met",),
        then=(given("TransitionVisitOffered", "2026-05-31", provider="College"),),
        expected_then=("2025/26: due 31 May 2026; met 31 May 2026",),
    ),
    Example(
        duty="COLLEGE_VISIT_NOT_OFFERED",
        title="A day late; offered in year 10 it is in time",
        born="2010-01-15",
        given=(
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
            given("TransitionVisitOffered", "2026-06-01", "T"),
        ),
        expected=("2025/26: due 31 May 2026; met 1 June 2026, late",),
        then=(given("TransitionVisitOffered", "2025-06-20", "T"),),
        expected_then=("2025/26: due 31 May 2026; met 20 June 2025",),
    ),
)
