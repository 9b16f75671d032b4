"""Terms and half-terms of a school year, found between its longest breaks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from journey.calendars import FIRST_YEAR, LAST_YEAR, SchoolCalendar, academic_year

ONE_DAY = timedelta(days=1)


class Term(NamedTuple):
    """A term or half of one.

    name: such as "2025/26 autumn" or "2025/26 autumn 1". since: the day after the last day of
    the one before. days: its school days, never none. assumed: True where nobody published them.
    """

    name: str
    since: date
    days: Sequence[date]
    assumed: bool

    @property
    def last(self) -> date:
        """Its last school day."""
        return self.days[-1]

    def left_from(self, day: date) -> int:
        """Return how many of its school days are on or after a day."""
        return len(self.days) - bisect_left(self.days, day)


def terms_from(school: SchoolCalendar, day: date, *, halves: bool) -> Iterator[Term]:
    """Yield the terms, or halves, from the one in which a day lies, or which it precedes."""
    since = date(max(academic_year(day), FIRST_YEAR), 9, 1)
    for begins in range(since.year, LAST_YEAR):
        for term in terms_of(school, begins, halves=halves):
            term = term._replace(since=since)
            since = term.last + ONE_DAY
            if term.last >= day:
                yield term


def terms_of(school: SchoolCalendar, begins: int, *, halves: bool) -> list[Term]:
    """Return the three terms, or six halves, of an academic year; none where it has no days."""
    year = school.year(begins)
    if not year.days:
        return []
    autumn, _ = school.end_of_autumn_term(begins)
    spring, _ = school.end_of_spring_term(begins)
    ends = [autumn, spring, year.days[-1]]
    label = f"{begins}/{(begins + 1) % 100:02d}"
    found: list[Term] = []
    low = 0
    for name, end in zip(("autumn", "spring", "summer"), ends, strict=True):
        high = bisect_right(year.days, end)
        whole = Term(f"{label} {name}", year.days[0], year.days[low:high], year.assumed)
        found += _halves(whole) if halves else [whole]
        low = max(low, high)
    return [term for term in found if term.days]


def _halves(term: Term) -> list[Term]:
    """Return a term cut at its longest break: that is the half-term."""
    days = term.days
    if len(days) < 3:
        return [term]
    at = max(range(1, len(days)), key=lambda n: (days[n] - days[n - 1], -n))
    return [
        term._replace(name=f"{term.name} 1", days=days[:at]),
        term._replace(name=f"{term.name} 2", days=days[at:]),
    ]
