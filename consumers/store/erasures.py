"""What is left in the store of the transitions of erased children: their places, and no word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from consumers.store.loading import Connection
from journey.places import Place

_PLACES = """
INSERT INTO erased_places (partition, sequence, la, erasure, alert_id, number, before, chain)
SELECT * FROM unnest(%b::int[], %b::bigint[], %b::text[], %b::text[], %b::uuid[], %b::int[],
  %b::text[], %b::text[])
ON CONFLICT DO NOTHING
"""

_EMPTY_ROWS = """
INSERT INTO alert_transitions (partition, sequence, la, erasure, alert_id, number, chain, body)
SELECT partition, sequence, la, erasure, alert_id, number, chain, ''
FROM unnest(%b::int[], %b::bigint[], %b::text[], %b::text[], %b::uuid[], %b::int[], %b::text[],
  %b::text[]) AS w (partition, sequence, la, erasure, alert_id, number, before, chain)
"""


class Proved(NamedTuple):
    """A place, and the id of the erasure by which what stood there is gone."""

    erasure: str
    place: Place


def keep(connection: Connection, partition: int, passed: Iterable[Proved]) -> None:
    """Keep the places of erased transitions as empty rows, each with its proof."""
    rows = [
        (
            *(partition, place.sequence, place.la, erasure, UUID(place.alert_id)),
            *(place.number, place.before, place.chain),
        )
        for erasure, place in passed
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        connection.execute(_PLACES, columns)
        connection.execute(_EMPTY_ROWS, columns)
