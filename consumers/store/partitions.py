"""Who owns a partition of the store, and how far its effects reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
import psycopg

from consumers.errors import Fenced
from consumers.store.loading import Connection

_TAKE = """
INSERT INTO partition_state (partition, epoch, owner) VALUES (%(partition)s, 1, %(owner)s)
ON CONFLICT (partition) DO UPDATE
  SET epoch = partition_state.epoch + 1, owner = excluded.owner
RETURNING epoch, next_offset, sequence, told_ahead, kappa, parked, parked_since
"""

STANDSTILL_SECONDS = 5
"""How long an owner that is in the midst of a batch may keep the next one from taking over."""

# Its session is of our own role, which may end it.
_END_THE_OTHER = """
SELECT pg_terminate_backend(l.pid) FROM partition_state s
JOIN pg_locks l ON l.locktype = 'transactionid' AND l.granted AND l.transactionid = s.xmax
WHERE s.partition = %(partition)s
"""

_HOLD = """
SELECT true FROM partition_state WHERE partition = %(partition)s AND epoch = %(epoch)s FOR UPDATE
"""

_ADVANCE = """
UPDATE partition_state SET
  next_offset = %(next_offset)s, sequence = %(sequence)s, told_ahead = %(told_ahead)s,
  kappa = greatest(kappa, %(kappa)s),
  read = read + %(read)s, events = events + %(events)s, timeline = timeline + %(timeline)s,
  duplicates = duplicates + %(duplicates)s, erased = erased + %(erased)s,
  parked = parked + %(parked)s,
  parked_since = CASE WHEN parked + %(parked)s > 0 OR parked_since IS NOT NULL
    THEN (SELECT min(p.kappa) FROM parked p WHERE p.partition = %(partition)s) END
WHERE partition = %(partition)s AND epoch = %(epoch)s
RETURNING timeline, duplicates, erased, parked, parked_since
"""


class ParkedNow(NamedTuple):
    """How many records of a partition wait, and since when (ms since 1970 UTC, or None)."""

    records: int
    since: int | None


class Stands(NamedTuple):
    """What became of a partition's events, ever, and what waits now."""

    timeline: int
    duplicates: int
    erased: int
    parked: ParkedNow


class Ownership(msgspec.Struct, frozen=True, kw_only=True):
    """A partition taken over.

    epoch: rises with each owner. next_offset: of journeys. sequence: of the last transition.
    told_ahead: how many of the last transitions are of the record at next_offset.
    kappa: the known time that is joined, ms since 1970 UTC; 0 before the first.
    """

    partition: int
    epoch: int
    next_offset: int
    sequence: int
    told_ahead: int
    kappa: int
    parked: ParkedNow


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How one batch moves a partition: where it stands after, and what is added to its counts.

    read: records of journeys. events: those about a child, each of which is on the timeline, a
    duplicate, erased or parked; parked falls where some were taken again. kappa: the last known
    time, ms since 1970 UTC. told_ahead: how many of the transitions up to the sequence are of the
    record at next_offset, which is not taken to its end.
    """

    next_offset: int
    sequence: int
    told_ahead: int
    kappa: int
    read: int
    events: int
    timeline: int
    duplicates: int
    erased: int
    parked: int


def next_offsets(connection: Connection) -> dict[int, int]:
    """Return how far each partition that ever had an owner is joined, in a short transaction."""
    with connection.transaction():
        return dict(connection.execute("SELECT partition, next_offset FROM partition_state"))


def take(connection: Connection, partition: int, owner: str) -> Ownership:
    """Become the partition's owner, in a transaction of its own; whoever was it is fenced.

    An owner that stands still in the midst of a batch, or whose machine is gone, holds the
    partition as long as its session lasts: after 5 s that is ended, and its batch undone.
    Raises psycopg.errors.LockNotAvailable where it holds the partition even then.
    """
    asked = {"partition": partition, "owner": owner}
    try:
        row = _taken(connection, asked)
    except psycopg.errors.LockNotAvailable:
        with connection.transaction():
            connection.execute(_END_THE_OTHER, asked)
        row = _taken(connection, asked)
    epoch, next_offset, sequence, told_ahead, kappa, *parked = row
    return Ownership(
        partition=partition,
        epoch=epoch,
        next_offset=next_offset,
        sequence=sequence,
        told_ahead=told_ahead,
        kappa=kappa,
        parked=ParkedNow(*parked),
    )


def _taken(connection: Connection, asked: Mapping[str, Any]) -> tuple[Any, ...]:
    with connection.transaction():
        connection.execute(f"SET LOCAL lock_timeout = '{STANDSTILL_SECONDS}s'")
        row = connection.execute(_TAKE, asked).fetchone()
        connection.execute("SET LOCAL lock_timeout TO DEFAULT")
    assert row is not None
    return row


def hold(connection: Connection, ownership: Ownership) -> None:
    """Keep others from taking the partition until the open transaction ends.

    Raises Fenced where somebody took it already.
    """
    row = connection.execute(
        _HOLD, {"partition": ownership.partition, "epoch": ownership.epoch}
    ).fetchone()
    if row is None:
        raise Fenced(f"Partition {ownership.partition} of the store has a new owner.")


def advance(connection: Connection, ownership: Ownership, progress: Progress) -> Stands:
    """Move the partition on, in the open transaction, and return how it stands now.

    Raises Fenced where it is not ours.
    """
    fields = msgspec.structs.asdict(progress)
    fields |= {"partition": ownership.partition, "epoch": ownership.epoch}
    row = connection.execute(_ADVANCE, fields).fetchone()
    if row is None:
        raise Fenced(f"Partition {ownership.partition} of the store has a new owner.")
    timeline, duplicates, erased, *parked = row
    return Stands(timeline, duplicates, erased, ParkedNow(*parked))
