"""Dates as each source system writes them: one form per source, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache

from producers.event import LONDON
from producers.files.outcomes import BadValue

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), 1
    )
}
_DAY_FIRST = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)
_BLADE = re.compile(r"(\d{4})-([A-Za-z]{3})-(\d{2})(?: \d{2}:\d{2}:\d{2})?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})", re.ASCII
)


def day_first(text: str, field: str) -> date:
    """Return the day of a ``dd/mm/yyyy`` text; raises BadValue on anything else."""
    found = _day_first(text)
    if found is None:
        raise BadValue(field, "is no date; expected dd/mm/yyyy")
    return found


def blade(text: str, field: str) -> date:
    """Return the day of a COLLECT text such as ``2024-Oct-16 00:00:00``; raises BadValue."""
    found = _blade(text)
    if found is None:
        raise BadValue(field, "is no date; expected yyyy-Mon-dd, such as 2024-Oct-16 00:00:00")
    return found


def compact_day(text: str, field: str) -> date:
    """Return the day of a ``yyyymmdd`` text; raises BadValue on anything else."""
    match = _COMPACT.fullmatch(text)
    found = _date(*map(int, match.groups())) if match else None
    if found is None:
        raise BadValue(field, "is no date; expected yyyymmdd")
    return found


def iso_day(text: str, field: str) -> date:
    """Return the day of a ``yyyy-mm-dd`` text; raises BadValue on anything else."""
    try:
        return date.fromisoformat(text) if len(text) == len("yyyy-mm-dd") else _no_iso_day(field)
    except ValueError:
        return _no_iso_day(field)


def instant(text: str, field: str) -> datetime:
    """Return the moment, in UTC, of an ISO text with an offset; raises BadValue.

    Digits beyond the microsecond are cut.
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise BadValue(field, "is no moment; expected yyyy-mm-ddThh:mm:ss with Z or an offset")
    body, fraction, offset = match.groups()
    micro = (fraction or "0")[:6].ljust(6, "0")
    try:
        return datetime.fromisoformat(f"{body}.{micro}{offset}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadValue(field, "is no moment that exists") from None


def fhir_day(text: str, field: str) -> date:
    """Return the day in England of a FHIR date or dateTime; raises BadValue on a month or year."""
    if "T" in text:
        try:
            return instant(text, field).astimezone(LONDON).date()
        except OverflowError:  # the first hours that a datetime can hold
            raise BadValue(field, "is no moment that exists") from None
    return iso_day(text, field)


def _no_iso_day(field: str) -> date:
    raise BadValue(field, "is no date; expected yyyy-mm-dd")


@lru_cache(maxsize=8192)
def _day_first(text: str) -> date | None:
    match = _DAY_FIRST.fullmatch(text)
    return _date(int(match[3]), int(match[2]), int(match[1])) if match else None


@lru_cache(maxsize=8192)
def _blade(text: str) -> date | None:
    match = _BLADE.fullmatch(text)
    if match is None:
        return None
    return _date(int(match[1]), _MONTHS.get(match[2].upper(), 0), int(match[3]))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


FORMS: Mapping[str, Callable[[str, str], date]] = {
    "yyyy-mm-dd": iso_day,
    "dd/mm/yyyy": day_first,
    "yyyymmdd": compact_day,
    "yyyy-Mon-dd": blade,
}
"""The forms of dates by the names under which a mapping declares one."""
