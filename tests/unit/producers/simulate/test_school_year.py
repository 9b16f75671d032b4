"""The invented school year is counted as the duties count it."""

from __future__ import annotations

from datetime import date, timedelta

from journey.calendars import Calendars
from journey.clocks import working_days
from producers.simulate import school_year
from producers.simulate.school_year import HORIZON, OPENING, TERMS


def _published() -> Calendars:
    calendars = Calendars.default()
    for terms in TERMS:
        begins = int(terms.academic_year[:4])
        calendars = calendars.with_calendar(None, terms.first, terms.last, terms.closed, begins)
    return calendars


def test_the_school_days_are_those_of_the_calendars_that_are_published() -> None:
    school = _published().school()
    days = [OPENING + timedelta(days=n) for n in range((HORIZON - OPENING).days + 1)]

    assert school_year.school_days(OPENING, HORIZON) == [day for day in days if school.is_open(day)]


def test_a_school_year_has_about_190_days() -> None:
    for terms in TERMS:
        assert 185 <= len(school_year.school_days(terms.first, terms.last)) <= 195


def test_working_days_are_those_of_the_clocks() -> None:
    start = date(2024, 12, 12)

    for count in range(1, 200):
        assert school_year.plus_working_days(start, count) == working_days(start, count).due


def test_a_holiday_moves_to_the_next_or_the_last_school_day() -> None:
    christmas = date(2024, 12, 25)

    assert school_year.school_day_from(christmas) == date(2025, 1, 6)
    assert school_year.school_day_until(christmas) == date(2024, 12, 20)
