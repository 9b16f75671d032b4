"""The invented authority's school days from September 2023, working days from January 2022."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, timedelta

OPENING = date(2024, 9, 1)
"""The day on which the agencies join the platform."""
YEAR_END = date(2025, 8, 31)
HORIZON = date(2025, 12, 31)
"""The last day told: late enough to see whether a post-16 place is kept."""


END_OF_AUTUMN = date(2024, 12, 20)
END_OF_SPRING = date(2025, 4, 4)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """One academic year: first and last school day, and the closed periods between."""

    academic_year: str
    first: date
    last: date
    closed: tuple[tuple[date, date], ...]


TERMS = (
    Terms(
        academic_year="2023/24",
        first=date(2023, 9, 4),
        last=date(2024, 7, 23),
        closed=(
            (date(2023, 10, 23), date(2023, 10, 27)),
            (date(2023, 12, 21), date(2024, 1, 5)),
            (date(2024, 2, 12), date(2024, 2, 16)),
            (date(2024, 3, 29), date(2024, 4, 12)),
            (date(2024, 5, 6), date(2024, 5, 6)),
            (date(2024, 5, 27), date(2024, 5, 31)),
        ),
    ),
    Terms(
        academic_year="2024/25",
        first=date(2024, 9, 3),
        last=date(2025, 7, 22),
        closed=(
            (date(2024, 10, 28), date(2024, 11, 1)),
            (date(2024, 12, 21), date(2025, 1, 5)),
            (date(2025, 2, 17), date(2025, 2, 21)),
            (date(2025, 4, 5), date(2025, 4, 21)),
            (date(2025, 5, 5), date(2025, 5, 5)),
            (date(2025, 5, 26), date(2025, 5, 30)),
        ),
    ),
    Terms(
        academic_year="2025/26",
        first=date(2025, 9, 3),
        last=date(2026, 7, 21),
        closed=(
            (date(2025, 10, 27), date(2025, 10, 31)),
            (date(2025, 12, 20), date(2026, 1, 4)),
            (date(2026, 2, 16), date(2026, 2, 20)),
            (date(2026, 3, 28), date(2026, 4, 12)),
            (date(2026, 5, 4), date(2026, 5, 4)),
            (date(2026, 5, 25), date(2026, 5, 29)),
        ),
    ),
)

_BANK_HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in (
        "2022-01-03 2022-04-15 2022-04-18 2022-05-02 2022-06-02 2022-06-03 2022-08-29 2022-09-19 "
        "2022-12-26 2022-12-27 2023-01-02 2023-04-07 2023-04-10 2023-05-01 2023-05-08 2023-05-29 "
        "2023-08-28 2023-12-25 2023-12-26 "
        "2024-01-01 2024-03-29 2024-04-01 2024-05-06 2024-05-27 2024-08-26 "
        "2024-12-25 2024-12-26 2025-01-01 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 "
        "2025-12-25 2025-12-26 2026-01-01"
    ).split()
)
_SATURDAY = 5


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _weekday(day: date) -> bool:
    return day.weekday() < _SATURDAY


def _open_days(terms: Terms) -> list[date]:
    shut = {day for first, last in terms.closed for day in _days(first, last)}
    return [d for d in _days(terms.first, terms.last) if _weekday(d) and d not in shut]


_SCHOOL = [day for terms in TERMS for day in _open_days(terms)]
_WORKING = [
    day
    for day in _days(date(2022, 1, 1), date(2026, 8, 31))
    if _weekday(day) and day not in _BANK_HOLIDAYS
]


def school_days(first: date, last: date) -> list[date]:
    """Return the school days from first to last, both included."""
    return _SCHOOL[bisect_left(_SCHOOL, first) : bisect_right(_SCHOOL, last)]


def school_day_from(day: date) -> date:
    """Return this day if it is a school day, else the next one."""
    return _SCHOOL[bisect_left(_SCHOOL, day)]


def school_day_until(day: date) -> date:
    """Return this day if it is a school day, else the one before."""
    return _SCHOOL[bisect_right(_SCHOOL, day) - 1]


def plus_school_days(day: date, count: int) -> date:
    """Return the school day that is this many after the day; the next one is the first."""
    return _SCHOOL[bisect_right(_SCHOOL, day) + count - 1]


def working_day_from(day: date) -> date:
    """Return this day if it is a working day, else the next one."""
    return _WORKING[bisect_left(_WORKING, day)]


def working_day_until(day: date) -> date:
    """Return this day if it is a working day, else the one before."""
    return _WORKING[bisect_right(_WORKING, day) - 1]


def plus_working_days(day: date, count: int) -> date:
    """Return the working day that is this many after the day; the next one is the first."""
    return _WORKING[bisect_right(_WORKING, day) + count - 1]


def halves(first: date, last: date) -> list[tuple[date, date]]:
    """Return the half-terms from first to last, the outer ones cut at these days."""
    return _cut(_HALVES, first, last)


def terms(first: date, last: date) -> list[tuple[date, date]]:
    """Return the terms from first to last, the outer ones cut at these days."""
    return _cut(_WHOLE, first, last)


def _cut(spans: list[tuple[date, date]], first: date, last: date) -> list[tuple[date, date]]:
    found = ((max(since, first), min(until, last)) for since, until in spans)
    return [(since, until) for since, until in found if since <= until]


def _halves_of(one: Terms) -> list[tuple[date, date]]:
    breaks = [(since, until) for since, until in one.closed if (until - since).days > 1]
    starts = [one.first, *(until + timedelta(days=1) for _, until in breaks)]
    ends = [*(since - timedelta(days=1) for since, _ in breaks), one.last]
    return list(zip(starts, ends, strict=True))


_HALVES = [half for one in TERMS for half in _halves_of(one)]
_WHOLE = [(first, last) for (first, _), (_, last) in zip(_HALVES[::2], _HALVES[1::2], strict=True)]
