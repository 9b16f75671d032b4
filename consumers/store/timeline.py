"""The timeline: every event about a child once, in whatever order and however often it comes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from consumers.store.loading import Connection
from consumers.store.sealed import FactSeal
from journey.events import Event

_STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS arriving (LIKE timeline) ON COMMIT DELETE ROWS
"""

_COPY = "COPY arriving FROM STDIN (FORMAT BINARY)"
_TYPES = (
    *("text", "bytea", "uuid", "bytea", "bytea", "text", "text", "date", "int8", "int8", "bool"),
    *("int8", "bytea"),
)

# The same event twice in one batch is one row as well.
_MERGE = "INSERT INTO timeline SELECT * FROM arriving ON CONFLICT DO NOTHING"


class Entry(NamedTuple):
    """An event for the timeline.

    leaf: the one it is kept under; not always the event's, as a retraction may name no child.
    position: its offset in its partition of journeys.
    """

    event: Event
    leaf: str
    position: int


class Kept(NamedTuple):
    """How many entries were new, were there before, and were of an erased child."""

    new: int
    duplicates: int
    erased: int


def prepare(connection: Connection) -> None:
    """Make ready what ``keep`` needs, once for each connection."""
    connection.execute(_STAGE)
    connection.commit()


def keep(connection: Connection, seal: FactSeal, entries: Iterable[Entry]) -> Kept:
    """Add the entries to the timeline, in the open transaction."""
    listed = list(entries)
    if not listed:
        return Kept(0, 0, 0)
    seal.ready(entry.leaf for entry in listed)
    sealed = [(entry, seal.close(entry.event, entry.leaf)) for entry in listed]
    readable = [(entry, detail) for entry, detail in sealed if detail is not None]
    with connection.cursor() as cursor:
        with cursor.copy(_COPY) as copy:
            copy.set_types(_TYPES)
            for entry, detail in readable:
                copy.write_row(_row(entry, detail))
        new = cursor.execute(_MERGE).rowcount
    return Kept(new, len(readable) - new, len(listed) - len(readable))


def _row(entry: Entry, detail: bytes) -> tuple[object, ...]:
    event = entry.event
    return (
        event.la,
        bytes.fromhex(entry.leaf),
        UUID(event.event_id),
        bytes.fromhex(event.digest),
        bytes.fromhex(event.record),
        event.type,
        event.agency,
        event.occurred_on,
        event.kappa,
        event.revision,
        event.retracted,
        entry.position,
        detail,
    )
