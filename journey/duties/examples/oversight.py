"""Worked examples of the duties to keep watch over a child in alternative provision."""

from __future__ import annotations

from journey.duties.examples.example import Example, given, taken_back

OVERSIGHT_EXAMPLES: tuple[Example, ...] = (
    Example(
        duty="AP_ROLL_REMOVED",
        title="Taken off the roll, and the authority agrees only later",
        given=(
            given("PupilJoinedRoll", "2021-09-06", "J", establishment="S1"),
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
            given("PupilRemovedFromRoll", "2025-12-19", "L", establishment="S1"),
        ),
        expected=("due 19 December 2025; not met",),
        then=(given("LaAgreedRemoval", "2026-01-09", establishment="S1"),),
        expected_then=("due 19 December 2025; met 9 January 2026, late",),
    ),
    Example(
        duty="AP_ROLL_REMOVED",
        title="The authority had agreed; a move before the placement is none of it",
        given=(
            given("PupilRemovedFromRoll", "2025-10-10", "K", establishment="S0"),
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
            given("LaAgreedRemoval", "2025-12-01"),
            given("PupilRemovedFromRoll", "2025-12-19", "L", establishment="S1"),
        ),
        expected=("due 19 December 2025; met 1 December 2025",),
    ),
    Example(
        duty="AP_ROLL_REMOVED",
        title="A leaver of year 11 comes off the roll; by the corrected day, in May, not yet",
        born="2010-01-15",
        given=(
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
            given("PupilRemovedFromRoll", "2026-06-26", "L", establishment="S1"),
        ),
        expected=(),
        then=(given("PupilRemovedFromRoll", "2026-05-29", "L", establishment="S1"),),
        expected_then=("due 29 May 2026; not met",),
    ),
    Example(
        duty="HEALTH_ABSENCE_15_DAYS",
        title="Declared for three weeks before Christmas: five school days end in January",
        given=(
            given("HealthAbsenceDeclared", "2025-12-17", "H", from_on="2025-12-17", school_days=15),
        ),
        expected=("due 7 January 2026; not met",),
        then=(given("EducationProvisionStarted", "2026-01-08", full_time=False),),
        expected_then=("due 7 January 2026; met 8 January 2026, late",),
    ),
    Example(
        duty="HEALTH_ABSENCE_15_DAYS",
        title="Fourteen days are not fifteen, until corrected; education is late",
        given=(
            given("HealthAbsenceDeclared", "2026-03-02", "H", from_on="2026-03-02", school_days=14),
            given("EducationProvisionStarted", "2026-03-10", full_time=False),
        ),
        expected=(),
        then=(
            given("HealthAbsenceDeclared", "2026-03-02", "H", from_on="2026-03-02", school_days=20),
        ),
        expected_then=("due 9 March 2026; met 10 March 2026, late",),
    ),
    Example(
        duty="AP_OUTCOME_NOT_MEASURED",
        title="Two reviews without; measured at the third",
        given=(
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
            given("ApReviewHeld", "2025-11-24", "1", placement="P"),
            given("ApReviewHeld", "2026-01-19", "2", placement="P"),
        ),
        expected=("2026-01-19: due 19 January 2026; not met",),
        then=(given("OutcomeMeasured", "2026-03-09", placement="P"),),
        expected_then=("2026-01-19: due 19 January 2026; met 9 March 2026, late",),
    ),
    Example(
        duty="AP_OUTCOME_NOT_MEASURED",
        title="Measured between the two; the review is taken back",
        given=(
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
            given("ApReviewHeld", "2025-11-24", "1", placement="P"),
            given("OutcomeMeasured", "2025-12-01", "O", placement="P"),
            given("ApReviewHeld", "2026-01-19", "2", placement="P"),
        ),
        expected=(),
        then=(taken_back("OutcomeMeasured", "2025-12-01", "O"),),
        expected_then=("2026-01-19: due 19 January 2026; not met",),
    ),
    Example(
        duty="AP_HOME_SCHOOL_NO_VISIT",
        title="A visit in each half-term; the half-term that is too short for one does not count",
        given=(
            given("PupilJoinedRoll", "2021-09-06", "J", establishment="S1"),
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
            given("HomeSchoolVisitRecorded", "2025-12-01", "V1", placement="P"),
            given("HomeSchoolVisitRecorded", "2026-02-20", "V2", placement="P"),
        ),
        expected=(
            "2025/26 autumn 2: due 19 December 2025; met 1 December 2025",
            "2025/26 spring 1: due 13 February 2026; met 20 February 2026, late",
            "2025/26 summer 1: due 22 May 2026; not met",
        ),
        then=(given("ApPlacementEnded", "2026-03-20", placement="P"),),
        expected_then=(
            "2025/26 autumn 2: due 19 December 2025; met 1 December 2025",
            "2025/26 spring 1: due 13 February 2026; met 20 February 2026, late",
        ),
    ),
    Example(
        duty="AP_HOME_SCHOOL_NO_VISIT",
        title="Two half-terms missed in a row are one case, met late",
        given=(
            given("PupilJoinedRoll", "2021-09-06", "J", establishment="S1"),
            given("ApPlacementStarted", "2025-09-08", "P", provider="The Kiln"),
        ),
        expected=("2025/26 autumn 1: due 24 October 2025; not met",),
        then=(given("HomeSchoolVisitRecorded", "2026-01-12", "V"),),
        expected_then=(
            "2025/26 autumn 1: due 24 October 2025; met 12 January 2026, late",
            "2025/26 spring 2: due 27 March 2026; not met",
        ),
    ),
)
