"""Values of School Census rows, checked as they are asked for."""

from __future__ import annotations

from datetime import date

from producers.files.census_pupils import TermReading
from producers.files.dates import blade
from producers.files.outcomes import BadValue
from producers.files.tables import Record, within

_MOST_DIGITS = 6


def school(record: Record) -> str:
    """Return the school whose census it is; raises BadValue where it is not named."""
    return record.required("NATIVEID", "the school")


def day(reading: TermReading, record: Record, field: str) -> date:
    """Return the day of a column; raises BadValue where there is none or it lies ahead."""
    text = record.required(field, "a day")
    return within(blade(text, field), field, reading.context.extract_day)


def whole(record: Record, field: str) -> int | None:
    """Return the whole number of a column, None where it is empty; raises BadValue."""
    return whole_of(record.text(field), field)


def whole_of(text: str, field: str) -> int | None:
    """Return the whole number that a text is, None where it is empty; raises BadValue."""
    if not text:
        return None
    digits = text.removesuffix(".0")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS):
        raise BadValue(field, "is no whole number")
    return int(digits)
