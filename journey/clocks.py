"""The six kinds of clock, dates in and dates out: when is the last day in time?"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from journey.calendars import FIRST_YEAR, LAST_YEAR, SATURDAY, SchoolCalendar, bank_holidays

HORIZON = date(LAST_YEAR, 12, 31)
"""No deadline lies beyond it."""

MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Deadline(NamedTuple):
    """The last day in time, inclusive, and the clock's arithmetic in words."""

    due: date
    arithmetic: str


_kept = lru_cache(maxsize=16384)
"""Few days occur, and often: thousands of children share them."""

EARLIEST, LATEST = date(FIRST_YEAR, 1, 2), date(LAST_YEAR - 9, 12, 31)


def within_reach(day: date) -> date:
    """Return a day, or the nearest that clocks can count from: sources do send 0001 and 9999."""
    if EARLIEST <= day <= LATEST:
        return day
    return min(max(day, EARLIEST), LATEST)


@_kept
def in_words(day: date) -> str:
    """Return a day as people say it: 3 September 2025."""
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def years_in_words(begins: int) -> str:
    """Return an academic year as people write it: 2025/26."""
    return f"{begins}/{(begins + 1) % 100:02d}"


@_kept
def calendar_days(start: date, count: int) -> Deadline:
    """Return the day that is `count` days after the start; a weekend moves nothing."""
    return Deadline(_plus(start, count), f"{_counted(count, 'day')} after {in_words(start)}")


@_kept
def weeks(start: date, count: int) -> Deadline:
    """Return the same weekday `count` weeks later; a bank holiday moves nothing."""
    return Deadline(_plus(start, 7 * count), f"{_counted(count, 'week')} after {in_words(start)}")


@_kept
def months(start: date, count: int) -> Deadline:
    """Return the same day `count` months later, or that month's last day where it has none."""
    due = within_reach(start) + relativedelta(months=count)
    return Deadline(due, f"{_counted(count, 'month')} after {in_words(start)}")


@_kept
def working_days(start: date, count: int) -> Deadline:
    """Return the `count`-th day after the start that is no weekend or bank holiday in England."""
    words = f"{_counted(count, 'working day')} after {in_words(start)}"
    return Deadline(_working_day(start, count), words)


def working_days_between(first: date, last: date) -> int:
    """Return how many working days there are after the first day, up to and with the last one."""
    if last <= first:
        return 0
    years = range(max(first.year, FIRST_YEAR), min(last.year, LAST_YEAR) + 1)
    return sum(
        bisect_right(days, last) - bisect_right(days, first)
        for days in map(_working_days_of, years)
    )


def working_days_before(start: date, count: int) -> Deadline:
    """Return the `count`-th working day before the start."""
    day, left = within_reach(start), count
    while left > 0 and day > EARLIEST:
        day = _plus(day, -1)
        left -= day.weekday() < SATURDAY and day not in bank_holidays(day.year)
    return Deadline(day, f"{_counted(count, 'working day')} before {in_words(start)}")


def school_days(start: date, count: int, school: SchoolCalendar) -> Deadline:
    """Return the `count`-th school day after the start."""
    due, assumed = school.after(start, count)
    words = f"{_counted(count, 'school day')} after {in_words(start)}"
    return Deadline(due, words + noted(assumed))


def school_day_beginning_with(start: date, count: int, school: SchoolCalendar) -> Deadline:
    """Return the `count`-th school day where the start, if it is a school day, is the first."""
    due, assumed = school.after(_plus(start, -1), count)
    words = f"school day {count}, counting {in_words(start)} as the first"
    return Deadline(due, words + noted(assumed))


def school_days_before(start: date, count: int, school: SchoolCalendar) -> Deadline:
    """Return the `count`-th school day before the start."""
    due, assumed = school.before(start, count)
    words = f"{_counted(count, 'school day')} before {in_words(start)}"
    return Deadline(due, words + noted(assumed))


def weeks_to_a_school_day(start: date, count: int, school: SchoolCalendar) -> Deadline:
    """Return the day `count` weeks later or, where there is no school that day, the next one."""
    due, words = weeks(start, count)
    open_on, assumed = school.after(_plus(due, -1), 1)
    if open_on == due:
        return Deadline(due, words)
    moved = f"{words}, moved from {in_words(due)} to the next school day"
    return Deadline(open_on, moved + noted(assumed))


def fixed_date(begins: int, month: int, day: int, *, inclusive: bool = True) -> Deadline:
    """Return a date of the academic year that begins in this year; exclusive: the day before."""
    on = date(begins if month >= 9 else begins + 1, month, day)
    if inclusive:
        return Deadline(on, f"by {in_words(on)}")
    return Deadline(_plus(on, -1), f"before {in_words(on)}")


@_kept
def birthday(born: date, age: int) -> date:
    """Return the day on which a child reaches an age; of 29 February, 1 March in other years."""
    year = born.year + age
    if year > LAST_YEAR:
        return HORIZON
    if (born.month, born.day) == (2, 29) and not _is_leap(year):
        return date(year, 3, 1)
    return born.replace(year=year)


def beginning_with(start: date, count: int) -> Deadline:
    """Return the last of `count` days of which the start is the first."""
    words = f"{_counted(count, 'day')} beginning with {in_words(start)}"
    return Deadline(_plus(start, count - 1), words)


def later(first: Deadline, second: Deadline) -> Deadline:
    """Return the later of two deadlines, the first where they are equal."""
    return second if second.due > first.due else first


def noted(assumed: bool) -> str:
    """Return the remark that stands wherever school days were counted without a calendar."""
    return " (assumed term dates)" if assumed else ""


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _plus(start: date, days: int) -> date:
    if start > HORIZON - timedelta(days=days):
        return HORIZON
    if start.year < FIRST_YEAR:
        return date(FIRST_YEAR, 1, 1)
    return start + timedelta(days=days)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _working_day(start: date, count: int) -> date:
    year, left = max(start.year, FIRST_YEAR), count
    while year <= LAST_YEAR:
        days = _working_days_of(year)
        at = bisect_right(days, start) + left - 1
        if at < len(days):
            return days[at]
        left = at + 1 - len(days)
        year += 1
    return HORIZON


@lru_cache(maxsize=512)
def _working_days_of(year: int) -> tuple[date, ...]:
    off = bank_holidays(year)
    span = (date(year, 1, 1) + timedelta(days=n) for n in range(365 + _is_leap(year)))
    return tuple(day for day in span if day.weekday() < SATURDAY and day not in off)
