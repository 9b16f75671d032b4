"""A school calendar as people write it: a TOML file of terms (docs/calendars.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from joinedup.commands.toml_file import NotToml, read_toml
from schemas.formats import NAME

Period = tuple[date, date]
_KNOWN = {"academic_year", "closed", "establishment", "terms"}
_YEAR = re.compile(r"(\d{4})-(\d{2})")
ONE_DAY = timedelta(days=1)


class CalendarUnreadable(ValueError):
    """The file is not a calendar; the text says what to do."""


class CalendarFile(NamedTuple):
    """The terms of one school year.

    establishment: None for the authority's own. academic_year: such as 2026-27. terms, closed:
    first and last day of each, inclusive, in order.
    """

    establishment: str | None
    academic_year: str
    terms: tuple[Period, ...]
    closed: tuple[Period, ...] = ()

    @property
    def record_id(self) -> str:
        """The source's own key of the record: one for each school and year."""
        return record_id_of(self.establishment, self.academic_year)

    @property
    def payload(self) -> dict[str, Any]:
        """What the event says: the whole year, and all that is closed within it."""
        between = [
            (one[1] + ONE_DAY, other[0] - ONE_DAY)
            for one, other in pairwise(self.terms)
            if one[1] + ONE_DAY < other[0]
        ]
        closed = sorted([*between, *self.closed])
        return {
            "establishment": self.establishment,
            "academic_year": self.academic_year,
            "from_on": self.terms[0][0],
            "to_on": self.terms[-1][1],
            "closed": [{"first": first, "last": last} for first, last in closed],
            "counts_again": True,
        }


def record_id_of(establishment: str | None, academic_year: str) -> str:
    """Return a source's own key of the calendar of a school, or the authority, and year."""
    return f"calendar/{establishment or 'authority'}/{academic_year}"


def read_calendar(file: Path) -> CalendarFile:
    """Return the calendar of a file; raises CalendarUnreadable in a sentence."""
    try:
        content, _ = read_toml(file)
    except NotToml as fault:
        raise CalendarUnreadable(str(fault)) from fault
    return _calendar(content)


def _calendar(content: Mapping[str, Any]) -> CalendarFile:
    if unknown := sorted(content.keys() - _KNOWN):
        _refuse(f"A calendar has no {unknown[0]}; it has: {', '.join(sorted(_KNOWN))}.")
    name = content.get("establishment")
    if name is not None and not (isinstance(name, str) and NAME.matches(name)):
        _refuse(f"Give establishment as {NAME.expected}, or leave it out for the authority's own.")
    year = content.get("academic_year")
    begins = _begins(year)
    terms = _periods(content, "terms", begins)
    if not terms:
        _refuse("Give the terms of the year, each as { first = DAY, last = DAY }.")
    if any(later[0] <= earlier[1] for earlier, later in pairwise(terms)):
        _refuse("Give terms in order, none beginning before the one before it has ended.")
    return CalendarFile(name, str(year), terms, _periods(content, "closed", begins))


def _begins(year: Any) -> int:
    found = _YEAR.fullmatch(year) if isinstance(year, str) else None
    if found is None or (int(found[1]) + 1) % 100 != int(found[2]):
        _refuse('Give academic_year as "2026-27".')
    return int(found[1])


def _periods(content: Mapping[str, Any], name: str, begins: int) -> tuple[Period, ...]:
    stated = content.get(name, [])
    if not isinstance(stated, list):
        _refuse(f"Give {name} as a list of {{ first = DAY, last = DAY }}.")
    return tuple(sorted(_period(one, name, begins) for one in stated))


def _period(one: Any, name: str, begins: int) -> Period:
    stated = one if isinstance(one, Mapping) else {}
    first = _day(stated.get("first"))
    last = _day(stated.get("last", first))
    if first is None or last is None or last < first:
        _refuse(f"Give each of {name} as {{ first = DAY, last = DAY }}, days without quotes.")
    if first < date(begins, 8, 1) or last > date(begins + 1, 8, 31):
        _refuse(f"{name} must lie between August {begins} and August {begins + 1}.")
    return first, last


def _day(stated: Any) -> date | None:
    is_day = isinstance(stated, date) and not isinstance(stated, datetime)
    return stated if is_day else None


def _refuse(sentence: str) -> NoReturn:
    raise CalendarUnreadable(sentence)
