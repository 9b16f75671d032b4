"""The files of a School Census: which table of which term each is, told by its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from dateutil.easter import easter

_NAME = re.compile(r"(?:([0-9]{4})_(autumn|spring|summer)_)?([a-z0-9]+)")
_THURSDAY = 3
_CENSUS_DAY = {"autumn": (10, 1), "spring": (1, 3), "summer": (5, 3)}
"""Month, and which Thursday of it, on which schools count their pupils."""


_DAY = timedelta(days=1)


class Period(NamedTuple):
    """Calendar days, the first and the last one included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, order=True)
class Term:
    """One term's census: the year of its census day, and the term."""

    census_day: date
    name: str

    @property
    def attended(self) -> Period:
        """The period whose attendance this census sums up: the term before, in autumn its half.

        Source: Pupil absence statistics, methodology, section 4.1 (Department for Education).
        """
        year = self.census_day.year
        if self.name == "spring":
            return Period(date(year - 1, 8, 1), date(year - 1, 12, 31))
        if self.name == "summer":
            return Period(date(year, 1, 1), easter(year))
        return Period(easter(year) + _DAY, _spring_bank_holiday(year) - _DAY)

    @property
    def attended_after(self) -> Period:
        """The second half of the summer term, which the autumn census sums up by itself."""
        year = self.census_day.year
        return Period(_spring_bank_holiday(year), date(year, 7, 31))


@dataclass(frozen=True, slots=True)
class Table:
    """One file: its table's name in lower case, and its term (None where its name has none)."""

    path: Path
    name: str
    term: Term | None


def table_of(path: Path) -> Table:
    """Return which table the file is, such as ``2024_autumn_pupilonroll.csv``."""
    match = _NAME.fullmatch(path.stem.lower())
    if match is None:
        return Table(path, path.stem.lower(), None)
    year, term, name = match.groups()
    return Table(path, name, _term(int(year), term) if year and int(year) else None)


def by_term(files: Sequence[Path]) -> list[tuple[Term | None, list[Table]]]:
    """Return the files' tables by term, the earliest term first, those of no term before it."""
    tables = [table_of(path) for path in files]
    terms = sorted({table.term for table in tables if table.term})
    groups: list[Term | None] = [None, *terms]
    found = [(term, [table for table in tables if table.term == term]) for term in groups]
    return [(term, members) for term, members in found if members]


def _term(year: int, name: str) -> Term:
    month, which = _CENSUS_DAY[name]
    first = date(year, month, 1)
    to_thursday = (_THURSDAY - first.weekday()) % 7
    return Term(first + timedelta(days=to_thursday + 7 * (which - 1)), name)


def _spring_bank_holiday(year: int) -> date:
    """Return the last Monday in May, which it is but in years of a jubilee."""
    last = date(year, 5, 31)
    return last - timedelta(days=last.weekday())
