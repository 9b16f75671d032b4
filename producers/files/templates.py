"""Texts with columns in braces, such as ``placement/{Placement ID}``."""

from __future__ import annotations

import re

from producers.files.outcomes import BadValue
from producers.files.tables import Record

_COLUMN = re.compile(r"\{([^{}]+)\}")


def columns_of(template: str) -> list[str]:
    """Return the columns that the text names."""
    return _COLUMN.findall(template)


def filled(template: str, record: Record) -> str:
    """Return the text with the row's values; raises BadValue where one is empty."""

    def value(match: re.Match[str]) -> str:
        column = match[1].strip()
        found = record.text(column.upper())
        if not found:
            raise BadValue(column, "is empty; expected a part of the record's id")
        return found

    return _COLUMN.sub(value, template)
