"""Rows of the three tables as the libraries' sinks take them, and the statements of the tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from benchmarks.join import Happened, Link, Row
from benchmarks.settings import day_of

KEYS = {
    "timeline": ("identifier", "event_id"),
    "links": ("identifier",),
    "alerts": ("child", "duty", "anchor"),
}
"""The primary key of each table."""


def named(row: Row) -> tuple[str, dict[str, Any]]:
    """Return the table of a row, and its columns by name."""
    if isinstance(row, Happened):
        return "timeline", _timeline(row)
    if isinstance(row, Link):
        return "links", row._asdict()
    return "alerts", {**row._asdict(), "due": day_of(row.due)}


def _timeline(row: Happened) -> dict[str, Any]:
    event = row.event
    return {
        "identifier": event.identifiers[0],
        "event_id": event.id,
        "type": event.type,
        "source": event.source,
        "source_record_id": event.record_id,
        "occurred_on": day_of(event.occurred_on),
        "recorded_at": datetime.fromtimestamp(event.recorded_at / 1000, UTC),
        "revision": event.revision,
        "retracted": event.retracted,
        "record": event.payload,
    }


def newest(rows: Iterable[Row]) -> dict[str, list[dict[str, Any]]]:
    """Return rows by table; of what is said twice of the same row the last."""
    found: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {name: {} for name in KEYS}
    for row in rows:
        table, columns = named(row)
        found[table][tuple(columns[name] for name in KEYS[table])] = columns
    return {table: list(of_it.values()) for table, of_it in found.items()}


def statement(table: str, columns: Iterable[str]) -> str:
    """Return what writes a row by its columns' names: again changes nothing."""
    names = list(columns)
    keys = KEYS[table]
    rest = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    then = "NOTHING" if table == "timeline" else f"UPDATE SET {rest}"
    values = ", ".join(f"%({name})s" for name in names)
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values}) "
        f"ON CONFLICT ({', '.join(keys)}) DO {then}"
    )
