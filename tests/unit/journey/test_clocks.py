"""Dates in, dates out: the vectors of the domain and the days on either side of a limit."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.calendars import Calendars
from journey.clocks import (
    HORIZON,
    Deadline,
    beginning_with,
    birthday,
    calendar_days,
    fixed_date,
    in_words,
    later,
    months,
    school_day_beginning_with,
    school_days,
    school_days_before,
    weeks,
    weeks_to_a_school_day,
    within_reach,
    working_days,
    working_days_before,
    years_in_words,
)
from tests.builders import day

ASSUMED = Calendars.default().school(None)


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2025-12-12", 15, "2026-01-07"),
        ("2026-03-27", 15, "2026-04-21"),
        ("2026-04-01", 45, "2026-06-09"),
        ("2025-12-22", 20, "2026-01-22"),
        ("2025-12-22", 10, "2026-01-08"),
        ("2026-05-01", 10, "2026-05-18"),
        ("2026-04-02", 1, "2026-04-07"),
        ("2026-08-28", 1, "2026-09-01"),
    ],
)
def test_working_days_pass_over_weekends_and_bank_holidays(
    start: str, count: int, due: str
) -> None:
    assert day(due) == working_days(day(start), count).due


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2026-01-05", 6, "2026-02-16"),
        ("2026-01-05", 16, "2026-04-27"),
        ("2026-01-05", 20, "2026-05-25"),
        ("2026-01-31", 4, "2026-02-28"),
        ("2026-01-31", 12, "2026-04-25"),
    ],
)
def test_weeks_end_on_bank_holidays_and_weekends_too(start: str, count: int, due: str) -> None:
    assert day(due) == weeks(day(start), count).due


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2025-11-30", 3, "2026-02-28"),
        ("2023-11-30", 3, "2024-02-29"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2025-01-15", 12, "2026-01-15"),
    ],
)
def test_months_stop_at_the_end_of_a_shorter_month(start: str, count: int, due: str) -> None:
    assert day(due) == months(day(start), count).due


def test_days_beginning_with_count_the_first() -> None:
    assert day("2026-03-16") == beginning_with(day("2026-03-02"), 15).due


def test_calendar_days_do_not_count_the_first() -> None:
    assert day("2026-03-17") == calendar_days(day("2026-03-02"), 15).due


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2025-10-20", 4, "2025-10-24"),
        ("2025-10-20", 5, "2025-11-03"),
        ("2025-10-25", 1, "2025-11-03"),
        ("2026-04-30", 2, "2026-05-05"),
        ("2026-07-22", 1, "2026-09-03"),
        ("2025-09-03", 195, "2026-09-03"),
    ],
)
def test_school_days_pass_over_holidays(start: str, count: int, due: str) -> None:
    assert day(due) == school_days(day(start), count, ASSUMED).due


def test_school_days_without_a_calendar_say_so() -> None:
    clock = school_days(day("2025-09-03"), 20, ASSUMED)

    assert clock.arithmetic == "20 school days after 3 September 2025 (assumed term dates)"


def test_school_days_of_a_published_calendar_are_not_called_assumed() -> None:
    calendars = Calendars.default().with_calendar(
        "S1", day("2025-09-01"), day("2026-07-17"), [(day("2025-10-20"), day("2025-10-31"))]
    )
    clock = school_days(day("2025-10-17"), 1, calendars.school("S1"))

    assert (day("2025-11-03"), "1 school day after 17 October 2025") == clock


@pytest.mark.parametrize(
    ("start", "due"), [("2026-04-29", "2026-05-07"), ("2026-05-02", "2026-05-12")]
)
def test_counting_a_school_day_as_the_first(start: str, due: str) -> None:
    assert day(due) == school_day_beginning_with(day(start), 6, ASSUMED).due


@pytest.mark.parametrize(
    ("start", "due"),
    [("2025-09-05", "2025-10-24"), ("2025-09-08", "2025-11-03"), ("2026-07-10", "2026-09-03")],
)
def test_weeks_that_end_without_school_go_on_to_the_next_school_day(start: str, due: str) -> None:
    assert day(due) == weeks_to_a_school_day(day(start), 7, ASSUMED).due


def test_a_moved_limit_says_from_where() -> None:
    clock = weeks_to_a_school_day(day("2025-09-08"), 7, ASSUMED)

    assert clock.arithmetic == (
        "7 weeks after 8 September 2025, moved from 27 October 2025 to the next school day "
        "(assumed term dates)"
    )


def test_a_fixed_date_is_of_the_academic_year() -> None:
    assert (day("2025-09-30"), "by 30 September 2025") == fixed_date(2025, 9, 30)
    assert (day("2026-01-31"), "by 31 January 2026") == fixed_date(2025, 1, 31)


def test_before_a_date_excludes_it() -> None:
    clock = fixed_date(2025, 3, 31, inclusive=False)

    assert (day("2026-03-30"), "before 31 March 2026") == clock


@pytest.mark.parametrize(
    ("born", "age", "reached"),
    [
        ("2010-03-01", 16, "2026-03-01"),
        ("2008-02-29", 16, "2024-02-29"),
        ("2008-02-29", 18, "2026-03-01"),
        ("2000-02-29", 100, "2100-03-01"),
    ],
)
def test_a_child_of_29_february_comes_of_age_on_1_march(born: str, age: int, reached: str) -> None:
    assert day(reached) == birthday(day(born), age)


def test_the_later_of_two_limits() -> None:
    first, second = calendar_days(day("2026-01-01"), 1), calendar_days(day("2026-01-02"), 1)

    assert second == later(first, second) == later(second, first)


@pytest.mark.parametrize("far", [date.min, date(1899, 12, 31), date(2190, 12, 31), date.max])
def test_dates_that_nobody_can_mean_still_give_a_limit(far: date) -> None:
    start = within_reach(far)
    clocks = [
        calendar_days(start, 90),
        weeks(start, 20),
        months(start, 6),
        working_days(start, 45),
        school_days(start, 20, ASSUMED),
        beginning_with(start, 15),
    ]

    assert all(start <= clock.due <= HORIZON for clock in clocks)


def test_days_and_years_are_written_as_people_write_them() -> None:
    assert in_words(day("2025-09-03")) == "3 September 2025"
    assert years_in_words(2025) == "2025/26"
    assert years_in_words(2099) == "2099/00"


@pytest.mark.parametrize(
    "clock", [lambda d: working_days(d, 45), lambda d: school_days(d, 45, ASSUMED)]
)
def test_a_clock_of_counted_days_looks_them_up_and_counts_none(
    clock: Callable[[date], Deadline],
) -> None:
    days = [day("2020-01-01") + timedelta(days=n) for n in range(2000)]
    for one in days[::300]:
        clock(one)
    assert calls_of(lambda: [clock(one) for one in days]) / len(days) < 24, "not one for each day"


def calls_of(work: Callable[[], object]) -> int:
    """Return how many functions are called, which no other load on the machine changes."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2026-04-08", 3, "2026-04-01"),
        ("2026-01-05", 1, "2026-01-02"),
        ("2026-01-02", 1, "2025-12-31"),
        ("2026-05-04", 0, "2026-05-04"),
    ],
)
def test_working_days_before_pass_over_weekends_and_bank_holidays(
    start: str, count: int, due: str
) -> None:
    assert day(due) == working_days_before(day(start), count).due


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2025-11-03", 2, "2025-10-23"),
        ("2025-11-03", 1, "2025-10-24"),
        ("2025-10-29", 1, "2025-10-24"),
        ("2025-09-04", 1, "2025-09-03"),
        ("2025-09-03", 1, "2025-07-22"),
        ("2026-09-03", 195, "2025-09-03"),
    ],
)
def test_school_days_before_pass_over_holidays_into_the_year_before(
    start: str, count: int, due: str
) -> None:
    assert day(due) == school_days_before(day(start), count, ASSUMED).due


@given(st.dates(date(2001, 1, 1), date(2100, 1, 1)), st.integers(1, 400))
def test_counting_back_and_forward_again_comes_home(start: date, count: int) -> None:
    before, _ = ASSUMED.before(start, count)

    assert ASSUMED.after(before, count)[0] >= start > before
    assert count == 1 or ASSUMED.after(before, count - 1)[0] < start


def test_there_is_a_day_before_every_day() -> None:
    for first in (date(1, 1, 1), date(1950, 1, 1), date(9999, 12, 31)):
        assert working_days_before(first, 3).due <= HORIZON
        assert school_days_before(first, 3, ASSUMED).due <= max(first, HORIZON)
