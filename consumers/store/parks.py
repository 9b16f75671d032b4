"""What waits because the core could not take it, as a reader of one local authority sees it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from consumers.store.loading import Connection
from consumers.store.reading import Reading
from journey.parking import RECORDS_PARKED

_ROWS = """
SELECT number, cluster, record, event_id, type, kappa, fault FROM parked
WHERE la = %(la)s ORDER BY number
"""

_TOTALS = "SELECT coalesce(sum(parked), 0)::bigint, min(parked_since) FROM partition_state"


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One record that waits; no word of what it says.

    number: order of arrival in the local authority. known_at: ms since 1970 UTC.
    reason: the class of the fault; empty where it waits behind another.
    """

    number: int
    event_id: str
    type: str
    known_at: int
    reason: str


class Park(msgspec.Struct, frozen=True, kw_only=True):
    """A child whose records wait.

    child: the platform's key of the child of whom it was told, or None where that is not known.
    record: the record token of the first that could not be taken; an order to redrive names it.
    reason: the class of its fault. since: when that record arrived, ms since 1970 UTC.
    """

    child: str | None
    record: str
    type: str
    reason: str
    since: int
    waiting: tuple[Waiting, ...]


class ParkedTotals(NamedTuple):
    """How many records wait in a whole store, and since when (ms since 1970 UTC, or None)."""

    records: int
    since: int | None


def parks(store: Reading) -> list[Park]:
    """Return the children of the authority whose records wait, the longest first."""
    children = {
        str(alert["anchor"]): str(alert["child"])
        for alert in store.alerts(duty=RECORDS_PARKED.id, status="OPEN")
    }
    rows: dict[bytes, list[tuple[str, Waiting]]] = {}
    for number, cluster, record, event_id, type_, kappa, fault in store.rows(_ROWS):
        one = Waiting(
            number=number, event_id=str(event_id), type=type_, known_at=kappa, reason=fault
        )
        rows.setdefault(cluster, []).append((record.hex(), one))
    return [_park(found, children) for found in rows.values()]


def _park(rows: Iterable[tuple[str, Waiting]], children: Mapping[str, str]) -> Park:
    listed = list(rows)
    record, first = next((row for row in listed if row[1].reason), listed[0])
    return Park(
        child=children.get(record),
        record=record,
        type=first.type,
        reason=first.reason,
        since=first.known_at,
        waiting=tuple(one for _, one in listed),
    )


def parked_totals(connection: Connection) -> ParkedTotals:
    """Return what waits in all local authorities together."""
    row = connection.execute(_TOTALS).fetchone()
    assert row is not None
    return ParkedTotals(*row)
