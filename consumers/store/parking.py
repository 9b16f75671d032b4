"""Events that the core could not take: where they are, for whoever looks at them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from consumers.store.loading import Connection
from journey.events import Event

_PARKED = """
INSERT INTO parked (partition, position, la, record, event_id, type, kappa)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


class Parked(NamedTuple):
    """An event that was parked, and its offset in its partition of journeys."""

    event: Event
    position: int


def keep_parked(connection: Connection, partition: int, parked: Iterable[Parked]) -> None:
    """Note the parked events, in the open transaction; the core adds the review for a person."""
    rows = [
        (
            partition,
            position,
            event.la,
            bytes.fromhex(event.record),
            UUID(event.event_id),
            event.type,
            event.kappa,
        )
        for event, position in parked
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_PARKED, rows)
