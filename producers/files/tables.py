"""CSV tables with a heading line, read row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TextIO

from producers.files.outcomes import BadValue, Row, Unreadable

MAX_FIELD = 100_000
"""Characters in one field; more is a file with an unclosed quote."""
MAX_LINE = 1_000_000
"""Characters in one line; more is no table."""
MAX_COLUMNS = 1_000
"""The widest return that is read has some hundred."""
_PIECE = 64 * 1024


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


def records(path: Path, delimiter: str = ",") -> Iterator[Record]:
    """Yield the file's data rows; the row number is the line in the file, the heading being 1.

    Raises Unreadable where the file is not a CSV table in UTF-8 or Windows-1252.
    """
    rows = _rows(path, delimiter)
    heads = [head.strip().upper() for head in next(rows, (0, []))[1]]
    for number, values in rows:
        if values:
            yield Record(Row(path.name, number), dict(zip(heads, values, strict=False)))


def headings(path: Path, delimiter: str = ",") -> frozenset[str]:
    """Return the file's column names in upper case; raises Unreadable as ``records`` does."""
    return frozenset(head.strip().upper() for head in next(_rows(path, delimiter), (0, []))[1])


def _rows(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of its last line."""
    encoding = _encoding(path)
    csv.field_size_limit(MAX_FIELD)
    try:
        with path.open(encoding=encoding, newline="") as lines:
            reader = csv.reader(_bounded(path, lines), delimiter=delimiter)
            for values in reader:
                if len(values) > MAX_COLUMNS:
                    raise Unreadable(f"{path.name} has more than {MAX_COLUMNS} columns.")
                yield reader.line_num, values
    except csv.Error:
        # What the reader says may quote the file.
        raise Unreadable(
            f"{path.name} is not a CSV table: export it again from its system."
        ) from None
    except UnicodeDecodeError:
        raise Unreadable(
            f"{path.name} is neither UTF-8 nor Windows-1252: export it again as UTF-8."
        ) from None


def _bounded(path: Path, lines: TextIO) -> Iterator[str]:
    """Yield the lines of a file; raises Unreadable on one that no table has."""
    while line := lines.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise Unreadable(
                f"{path.name} has a line of more than {MAX_LINE} characters: export it again."
            )
        yield line


def row_count(path: Path) -> int:
    """Return how many data rows the file has."""
    return sum(1 for _ in records(path))


def require_headings(path: Path, needed: frozenset[str], delimiter: str = ",") -> None:
    """Raise Unreadable where the file lacks a column that it cannot be read without."""
    missing = sorted(needed - headings(path, delimiter))
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
        with path.open(encoding="utf-8-sig") as text:
            while text.read(_PIECE):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"
