"""When schools are open: published calendars of establishments, else England's usual pattern."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

import msgspec
from dateutil.easter import easter

FIRST_YEAR, LAST_YEAR = 1950, 2199
FRIDAY, SATURDAY = 4, 5
ONE_DAY = timedelta(days=1)
NOBODY: str | None = None
_ANY_YEAR = 2000


@lru_cache(maxsize=512)
def bank_holidays(year: int) -> frozenset[date]:
    """Return England's bank holidays of a year, Christmas Day and Good Friday among them."""
    from holidays import country_holidays  # a second to import: only where a day is counted

    if not FIRST_YEAR <= year <= LAST_YEAR:
        return frozenset()
    return frozenset(country_holidays("GB", subdiv="ENG", years=year))


def load_bank_holidays() -> None:
    """Load what counting days takes, about a second, so that the first child does not wait for it.

    For whoever counts days while somebody waits; else it is loaded at the first day counted.
    """
    bank_holidays(_ANY_YEAR)


def academic_year(day: date) -> int:
    """Return the year in which the academic year (1 September to 31 August) of a day began."""
    return day.year if day.month >= 9 else day.year - 1


class SchoolYear(msgspec.Struct, frozen=True):
    """The school days of one academic year.

    days: every day on which the school is open to pupils, in order.
    assumed: True where nobody published it.
    """

    days: tuple[date, ...]
    assumed: bool = False

    def last_before_break(self, first: date, last: date) -> date:
        """Return the last school day before the longest break that starts between two days."""
        low, high = bisect_left(self.days, first), bisect_right(self.days, last)
        return _before_longest_break(self.days[low : high + 1], last)


class SchoolCalendar(msgspec.Struct, frozen=True):
    """The school days of one establishment: its own, else its authority's, else assumed ones.

    years: the published academic years by the year in which they begin.
    """

    years: Mapping[int, SchoolYear]

    def year(self, begins: int) -> SchoolYear:
        """Return the academic year that begins in this year."""
        return self.years.get(begins) or assumed_year(begins)

    def is_open(self, day: date) -> bool:
        """Return whether this is a school day."""
        days = self.year(academic_year(day)).days
        at = bisect_left(days, day)
        return at < len(days) and days[at] == day

    def after(self, day: date, count: int) -> tuple[date, bool]:
        """Return the school day that is `count` (1 or more) after a day; True if years assumed."""
        begins, assumed, left = max(academic_year(day), FIRST_YEAR), False, count
        while begins < LAST_YEAR:
            year = self.year(begins)
            at = bisect_right(year.days, day) + left - 1
            if at < len(year.days):
                return year.days[at], assumed or year.assumed
            left = at + 1 - len(year.days)
            assumed, begins = assumed or year.assumed, begins + 1
        return max(day, date(LAST_YEAR, 12, 31)), True

    def before(self, day: date, count: int) -> tuple[date, bool]:
        """Return the school day that is `count` (1 or more) before a day; True if years assumed."""
        begins, assumed, left = min(academic_year(day), LAST_YEAR - 1), False, count
        while begins >= FIRST_YEAR:
            year = self.year(begins)
            at = bisect_left(year.days, day) - left
            if at >= 0:
                return year.days[at], assumed or year.assumed
            left = -at
            assumed, begins = assumed or year.assumed, begins - 1
        return min(day, date(FIRST_YEAR, 1, 1)), True

    def end_of_autumn_term(self, begins: int) -> tuple[date, bool]:
        """Return the last school day before Christmas; True if the year is assumed."""
        year = self.year(begins)
        return year.last_before_break(date(begins, 12, 1), date(begins, 12, 31)), year.assumed

    def end_of_spring_term(self, begins: int) -> tuple[date, bool]:
        """Return the last school day before the Easter break; True if the year is assumed."""
        year = self.year(begins)
        first, last = date(begins + 1, 3, 10), date(begins + 1, 4, 25)
        return year.last_before_break(first, last), year.assumed


class Calendars(msgspec.Struct, frozen=True):
    """The school calendars of one local authority.

    published: years by establishment; the authority's own calendar stands under None.
    """

    published: Mapping[str | None, Mapping[int, SchoolYear]]

    @classmethod
    def default(cls) -> Calendars:
        """Return calendars of which none has been published."""
        return cls({})

    def school(self, *establishments: str | None) -> SchoolCalendar:
        """Return the calendar of the first of these that published one, else the authority's."""
        shared = self.published.get(NOBODY, {})
        own = next((self.published[e] for e in establishments if e in self.published), shared)
        if own is shared or not shared:
            return SchoolCalendar(own)
        return SchoolCalendar({**shared, **own})

    def of(self, establishment: str | None) -> Mapping[int, SchoolYear]:
        """Return the years that an establishment published, or under None its authority."""
        return self.published.get(establishment, {})

    def with_calendar(
        self,
        establishment: str | None,
        first: date,
        last: date,
        closed: Iterable[tuple[date, date]] = (),
        begins: int | None = None,
    ) -> Calendars:
        """Return these calendars with one more year; it replaces the same year of the same school.

        first, last: the first and last day of the school year.
        closed: holidays and training days within it, first and last day of each, inclusive.
        begins: the year in which the academic year begins; None takes it from `first`.
        """
        begins = academic_year(first) if begins is None else begins
        days = _open_days(begins, first, last, tuple(closed))
        if not days:
            return self
        years = {**self.of(establishment), begins: SchoolYear(days)}
        return Calendars({**self.published, establishment: years})

    def with_published(self, data: Mapping[str, Any]) -> Calendars:
        """Return these calendars with the payload of a SchoolCalendarPublished.

        A payload without its two dates changes nothing.
        """
        first, last = data.get("from_on"), data.get("to_on")
        if not isinstance(first, date) or not isinstance(last, date):
            return self
        establishment = data.get("establishment")
        name = establishment if isinstance(establishment, str) else None
        begins, closed = _begins(data.get("academic_year")), _closed(data.get("closed"))
        return self.with_calendar(name, first, last, closed, begins)


@lru_cache(maxsize=512)
def assumed_year(begins: int) -> SchoolYear:
    """Return England's usual school year: what is counted with until a calendar is published."""
    if not FIRST_YEAR <= begins < LAST_YEAR:
        return SchoolYear((), assumed=True)
    first, last = date(begins, 9, 3), date(begins + 1, 7, 22)
    return SchoolYear(_open_days(begins, first, last, tuple(_usual_breaks(begins))), assumed=True)


@lru_cache(maxsize=1024)
def _before_longest_break(days: tuple[date, ...], otherwise: date) -> date:
    """Return the day after which the longest time passes to the next."""
    pairs = pairwise(days)
    return max(pairs, key=lambda pair: pair[1] - pair[0], default=(otherwise, otherwise))[0]


def _usual_breaks(begins: int) -> list[tuple[date, date]]:
    """Return the usual holidays: a week each half-term, two weeks at Christmas and at Easter."""
    autumn = _monday_on_or_before(date(begins, 10, 31))
    christmas = _friday_on_or_before(date(begins, 12, 22)) + ONE_DAY
    february = _monday_on_or_before(date(begins + 1, 2, 21))
    spring = easter(begins + 1) - timedelta(days=6)
    may = _monday_on_or_before(date(begins + 1, 5, 31))
    weeks = {autumn: 1, christmas: 2, february: 1, spring: 2, may: 1}
    return [(start, start + timedelta(weeks=count) - ONE_DAY) for start, count in weeks.items()]


def _monday_on_or_before(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _friday_on_or_before(day: date) -> date:
    return day - timedelta(days=(day.weekday() - FRIDAY) % 7)


@lru_cache(maxsize=4096)
def _open_days(
    begins: int, first: date, last: date, breaks: tuple[tuple[date, date], ...]
) -> tuple[date, ...]:
    """Return weekdays from first to last that are no bank holiday and in no closed period."""
    if not FIRST_YEAR <= begins < LAST_YEAR:
        return ()
    first, last = max(first, date(begins, 8, 1)), min(last, date(begins + 1, 8, 31))
    off = bank_holidays(begins) | bank_holidays(begins + 1)
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(
        day
        for day in span
        if day.weekday() < SATURDAY
        and day not in off
        and not any(start <= day <= end for start, end in breaks)
    )


def _begins(text: object) -> int | None:
    """Return 2025 of "2025/26", "2025-2026" or "2025"; None where it is not so written."""
    digits = str(text)[:4]
    return int(digits) if len(digits) == 4 and digits.isascii() and digits.isdigit() else None


def _closed(periods: Any) -> list[tuple[date, date]]:
    """Return the closed periods of a payload; whatever is not a pair of dates is left out."""
    if not isinstance(periods, (list, tuple)):
        return []
    pairs = [(p.get("first"), p.get("last")) for p in periods if isinstance(p, Mapping)]
    return [(a, b) for a, b in pairs if isinstance(a, date) and isinstance(b, date)]
