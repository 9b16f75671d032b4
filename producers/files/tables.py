"""CSV tables with a heading line, read row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from producers.files.outcomes import BadValue, Row, Unreadable

MAX_FIELD = 1_000_000
"""Characters in one field; more is a file with an unclosed quote."""


@dataclass(frozen=True, slots=True)
class Record:
    """One data row: where it stands, and its values by upper-case heading."""

    row: Row
    values: Mapping[str, str]

    def text(self, heading: str) -> str:
        """Return the value without surrounding blanks; empty where it is absent."""
        return (self.values.get(heading) or "").strip()

    def required(self, heading: str, expected: str) -> str:
        """Return the value; raises BadValue where it is empty."""
        value = self.text(heading)
        if not value:
            raise BadValue(heading, f"is empty; expected {expected}")
        return value


def records(path: Path) -> Iterator[Record]:
    """Yield the file's data rows; the row number is the line in the file, the heading being 1.

    Raises Unreadable where the file is not a CSV table in UTF-8 or Windows-1252.
    """
    encoding = _encoding(path)
    csv.field_size_limit(MAX_FIELD)
    try:
        with path.open(encoding=encoding, newline="") as lines:
            reader = csv.reader(lines)
            heads = [head.strip().upper() for head in next(reader, [])]
            for values in reader:
                if values:
                    row = Row(path.name, reader.line_num)
                    yield Record(row, dict(zip(heads, values, strict=False)))
    except csv.Error as fault:
        raise Unreadable(
            f"{path.name} is not a CSV table ({fault}): export it again from its system."
        ) from fault


def headings(path: Path) -> frozenset[str]:
    """Return the file's column names in upper case."""
    with path.open(encoding=_encoding(path), newline="") as lines:
        return frozenset(head.strip().upper() for head in next(csv.reader(lines), []))


def row_count(path: Path) -> int:
    """Return how many data rows the file has."""
    return sum(1 for _ in records(path))


def require_headings(path: Path, needed: frozenset[str]) -> None:
    """Raise Unreadable where the file lacks a column that it cannot be read without."""
    missing = sorted(needed - headings(path))
    if missing:
        raise Unreadable(
            f"{path.name} has no column {', '.join(missing)}: export it with its heading line."
        )


def within(day: date, field: str, last: date) -> date:
    """Return the day; raises BadValue where it lies after the last day that can be known."""
    if day > last:
        raise BadValue(field, "is after the extract date")
    return day


def _encoding(path: Path) -> str:
    # Case systems on Windows still export in its code page; ASCII reads the same in both.
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for _ in lines:
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"
