"""Files of what a replay tells, one row for each transition: JSON, CSV or Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from consumers.store.alerts import body_of
from joinedup.commands.reader import stop
from journey.transition import Transition

FORMATS = (".json", ".csv", ".parquet")
_PAGE = 10_000
_LEFT_OUT = {"withheld": False, "escalation": 0}
"""What the audited text says only where it is so."""


class Output(Protocol):
    """Takes rows, one by one."""

    def write(self, row: dict[str, Any]) -> None:
        """Write a row; every row has the same columns."""


class Nothing:
    """Where no file was asked for."""

    def write(self, row: dict[str, Any]) -> None:
        """Let the row go."""


def row_of(partition: int, transition: Transition) -> dict[str, Any]:
    """Return a transition as a row: its audited fields, its place, its chain, its audited text.

    Days are ISO text, moments ms since 1970 UTC, lists JSON text: the same in every format.
    """
    body = body_of(transition)
    told = {**_LEFT_OUT, **json.loads(body), "chain": transition.chain, "body": body}
    place = {"partition": partition, "sequence": transition.sequence}
    row = {**place, **told}
    return {name: _plain(row[name]) for name in _columns()}


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list) else value


@contextmanager
def written_to(file: Path | None) -> Iterator[Output]:
    """Yield what writes the file, in the format that its ending names; whole or not at all."""
    if file is None:
        yield Nothing()
        return
    if file.suffix not in FORMATS:
        stop(f"Give --output a name that ends in one of {', '.join(FORMATS)}.")
    partial = file.with_name(file.name + ".part")
    try:
        with _WRITERS[file.suffix](partial) as output:
            yield output
        partial.replace(file)
    except OSError as failure:
        stop(f"{file} cannot be written ({failure.strerror}): choose another place.")
    finally:
        partial.unlink(missing_ok=True)


class _Json:
    def __init__(self, lines: Any) -> None:
        self._lines = lines
        self._before = "[\n"

    def write(self, row: dict[str, Any]) -> None:
        self._lines.write(self._before + json.dumps(row, ensure_ascii=False))
        self._before = ",\n"

    def end(self) -> None:
        self._lines.write("[]\n" if self._before == "[\n" else "\n]\n")


@contextmanager
def _json(file: Path) -> Iterator[Output]:
    with file.open("w", encoding="utf-8") as lines:
        output = _Json(lines)
        yield output
        output.end()


class _Csv:
    def __init__(self, lines: Any) -> None:
        self._rows = csv.writer(lines)
        self._rows.writerow(_columns())

    def write(self, row: dict[str, Any]) -> None:
        self._rows.writerow(row.values())


@contextmanager
def _csv(file: Path) -> Iterator[Output]:
    with file.open("w", encoding="utf-8", newline="") as lines:
        yield _Csv(lines)


class _Parquet:
    """Writes pages of rows as row groups, so that memory does not grow with the file."""

    def __init__(self, arrow: Any, parquet: Any, file: Path) -> None:
        self._arrow = arrow
        self._schema = _arrow_schema(arrow)
        self._writer = parquet.ParquetWriter(file, self._schema)
        self._page: list[dict[str, Any]] = []

    def write(self, row: dict[str, Any]) -> None:
        self._page.append(row)
        if len(self._page) == _PAGE:
            self._flush()

    def end(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        self._writer.write_table(self._arrow.Table.from_pylist(self._page, self._schema))
        self._page = []


@contextmanager
def _parquet(file: Path) -> Iterator[Output]:
    try:
        arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        stop("Parquet needs pyarrow: run `pip install pyarrow` beside joinedup, or write .csv.")
    output = _Parquet(arrow, parquet, file)
    yield output
    output.end()


_WRITERS = {".json": _json, ".csv": _csv, ".parquet": _parquet}
_NUMBERS = ("partition", "sequence", "number", "as_of", "known_at", "escalation")
_FLAGS = ("unconfirmed", "unreadable", "identity_in_review", "withheld")


def _arrow_schema(arrow: Any) -> Any:
    types = {**dict.fromkeys(_NUMBERS, arrow.int64()), **dict.fromkeys(_FLAGS, arrow.bool_())}
    return arrow.schema([(name, types.get(name, arrow.string())) for name in _columns()])


@cache
def _columns() -> tuple[str, ...]:
    """Return the columns of every row, in every format, in order."""
    beside = ("sequence", "chain")
    audited = sorted(name for name in Transition.__struct_fields__ if name not in beside)
    return ("partition", "sequence", *audited, "chain", "body")
