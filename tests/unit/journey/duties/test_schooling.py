"""Year groups, rolls and the calendar to count by."""

from __future__ import annotations

import pytest

from journey.calendars import Calendars
from journey.duties.schooling import known_in, rolls, school_of, year_begins
from tests.builders import a_calendar, a_fact, a_journey, day


@pytest.mark.parametrize(
    ("born", "begins"),
    [("2009-09-01", 2025), ("2010-08-31", 2025), ("2010-09-01", 2026), ("2008-02-29", 2023)],
)
def test_year_11_is_the_school_year_in_which_a_child_turns_16(born: str, begins: int) -> None:
    journey = a_journey(born=born)

    assert begins == year_begins(journey, 11)
    assert begins - 2 == year_begins(journey, 9)


def test_without_a_birth_date_the_last_year_group_told_counts() -> None:
    journey = a_journey(
        a_fact("PupilJoinedRoll", "2021-09-06", "A", establishment="S1", year_group=7),
        a_fact("PupilJoinedRoll", "2024-02-01", "B", establishment="S2", year_group=8),
        a_fact("PupilJoinedRoll", "2025-02-01", "C", establishment="S3"),
    )

    assert 2026 == year_begins(journey, 11)


def test_without_both_nobody_knows_the_year_group() -> None:
    assert year_begins(a_journey(), 11) is None


def test_a_pupil_leaves_the_roll_that_the_removal_names() -> None:
    journey = a_journey(
        a_fact("PupilJoinedRoll", "2021-09-06", "A", establishment="S1"),
        a_fact("PupilJoinedRoll", "2025-09-01", "B", establishment="S2"),
        a_fact("PupilRemovedFromRoll", "2025-09-05", establishment="S1"),
    )

    assert [day("2025-09-05"), None] == [roll.end for roll in rolls(journey)]


def test_school_days_are_the_providers_else_the_home_schools() -> None:
    calendars = Calendars.default()
    for name, last in (("Kiln", "2026-07-15"), ("S1", "2026-07-16")):
        calendars = calendars.with_published(a_calendar("2025-09-01", last, establishment=name))
    journey = a_journey(a_fact("PupilJoinedRoll", "2021-09-06", establishment="S1"))
    on = day("2025-10-01")

    assert calendars.school("Kiln") == school_of(journey, calendars, on, "Kiln")
    assert calendars.school("S1") == school_of(journey, calendars, on, "unknown")
    assert calendars.school(None) == school_of(a_journey(), calendars, on, None)


def test_education_knows_a_child_by_the_latest_of_roll_placement_plan_and_care() -> None:
    journey = a_journey(
        a_fact("PupilJoinedRoll", "2021-09-06", "A", establishment="S1"),
        a_fact("PupilRemovedFromRoll", "2025-12-01", establishment="S1"),
        a_fact("BecameLookedAfter", "2025-11-03", "C"),
        a_fact("CeasedLookedAfter", "2026-02-02", period="C"),
    )

    assert ("A#1",) == known_in(journey, 2024)
    assert ("C#1",) == known_in(journey, 2025)
    assert () == known_in(journey, 2026)
