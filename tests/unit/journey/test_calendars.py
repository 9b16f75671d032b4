"""School days: published, of the authority, or assumed."""

from __future__ import annotations

from datetime import date

import pytest

from journey.calendars import Calendars, academic_year, assumed_year, bank_holidays
from tests.builders import a_calendar, day

HALF_TERM = ("2025-10-20", "2025-10-31")


def _calendars(*establishments: str | None) -> Calendars:
    calendars = Calendars.default()
    for name in establishments:
        payload = a_calendar("2025-09-01", "2026-07-17", HALF_TERM, establishment=name)
        calendars = calendars.with_published(payload)
    return calendars


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2025-10-24", "2025-11-03"),
        ("2025-12-19", "2026-01-05"),
        ("2026-02-13", "2026-02-23"),
        ("2026-03-27", "2026-04-13"),
        ("2026-05-22", "2026-06-01"),
        ("2026-05-01", "2026-05-05"),
    ],
)
def test_the_assumed_year_has_englands_usual_breaks(first: str, last: str) -> None:
    days = assumed_year(2025).days

    assert days[days.index(day(first)) + 1] == day(last)


@pytest.mark.parametrize("begins", range(2015, 2035))
def test_the_assumed_year_is_as_long_as_a_school_year(begins: int) -> None:
    year = assumed_year(begins)

    assert 187 <= len(year.days) <= 196
    assert year.assumed
    assert {academic_year(one) for one in year.days} == {begins}


def test_the_academic_year_turns_on_1_september() -> None:
    assert 2025 == academic_year(day("2026-08-31"))
    assert 2026 == academic_year(day("2026-09-01"))


def test_bank_holidays_of_england_are_not_those_of_scotland() -> None:
    found = bank_holidays(2026)

    assert {day("2026-04-06"), day("2026-05-25"), day("2026-12-28")} <= found
    assert day("2026-01-02") not in found


def test_a_school_is_open_as_it_published() -> None:
    school = _calendars("S1").school("S1")

    assert school.is_open(day("2025-10-17"))
    assert not school.is_open(day("2025-10-20"))
    assert not school.is_open(day("2025-10-31"))
    assert not school.is_open(day("2026-05-04")), "a bank holiday needs no closed period"
    assert not school.is_open(day("2026-07-20")), "the published year is over"


def test_without_its_own_calendar_a_school_follows_the_authority() -> None:
    school = _calendars(None).school("S2")

    assert (day("2025-11-03"), False) == school.after(day("2025-10-17"), 1)


def test_a_school_without_any_calendar_follows_the_assumed_year() -> None:
    school = _calendars("S1").school("S2")

    assert (day("2025-10-20"), True) == school.after(day("2025-10-17"), 1)


def test_the_first_establishment_with_a_calendar_is_followed() -> None:
    calendars = _calendars("S1")

    assert calendars.school("S1") == calendars.school("unknown", "S1")


def test_counting_beyond_the_published_year_is_called_assumed() -> None:
    school = _calendars("S1").school("S1")

    assert (day("2026-09-03"), True) == school.after(day("2026-07-17"), 1)


def test_a_later_calendar_of_the_same_year_replaces_the_earlier() -> None:
    again = a_calendar("2025-09-01", "2026-07-17", establishment="S1")
    school = _calendars("S1").with_published(again).school("S1")

    assert school.is_open(day("2025-10-20"))


def test_another_year_stands_beside_the_first() -> None:
    again = a_calendar("2026-09-07", "2027-07-16", establishment="S1")
    school = _calendars("S1").with_published(again).school("S1")

    assert (day("2026-09-07"), False) == school.after(day("2026-07-17"), 1)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"from_on": date(2025, 9, 1)},
        {"from_on": date(2026, 7, 17), "to_on": date(2025, 9, 1)},
        {"from_on": date(1, 1, 1), "to_on": date(9999, 12, 31), "academic_year": "9999/00"},
    ],
)
def test_a_calendar_that_cannot_be_used_changes_nothing(payload: dict[str, object]) -> None:
    assert Calendars.default() == Calendars.default().with_published(payload)


@pytest.mark.parametrize("closed", [None, "soon", [None], [{"first": "2025"}]])
def test_closed_periods_that_are_none_are_left_out(closed: object) -> None:
    payload = a_calendar("2025-09-01", "2026-07-17") | {"closed": closed}

    assert Calendars.default().with_published(payload).school(None).is_open(day("2025-10-27"))


def test_terms_end_before_the_longest_break() -> None:
    school = Calendars.default().school(None)

    assert (day("2025-12-19"), True) == school.end_of_autumn_term(2025)
    assert (day("2026-03-27"), True) == school.end_of_spring_term(2025)
