"""What is left in the store of erased children: the places of what was told, and no word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from consumers.store.loading import Connection
from journey.erasing import Erasing
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

_PROVE = """
INSERT INTO erased_places (partition, sequence, la, erasure, alert_id, number, before, chain)
SELECT t.partition, t.sequence, t.la, %(erasure)s, t.alert_id, t.number,
  coalesce((SELECT p.chain FROM alert_transitions p
    WHERE p.partition = t.partition AND p.la = t.la AND p.sequence < t.sequence
    ORDER BY p.sequence DESC LIMIT 1), ''), t.chain
FROM alert_transitions t WHERE t.la = %(la)s AND t.alert_id = ANY(%(alerts)s::uuid[])
  AND t.erasure IS NULL
"""

_EMPTY = """
UPDATE alert_transitions SET body = '', erasure = %(erasure)s
WHERE la = %(la)s AND alert_id = ANY(%(alerts)s::uuid[]) AND erasure IS NULL
"""

_ALERTS = "DELETE FROM alerts WHERE la = %(la)s AND alert_id = ANY(%(alerts)s::uuid[])"

_STANDINGS = "DELETE FROM standings WHERE la = %(la)s AND alert_id = ANY(%(alerts)s::uuid[])"

_TIMELINE = "DELETE FROM timeline WHERE la = %(la)s AND leaf = ANY(%(subjects)s) RETURNING event_id"

_REVIEWS = "DELETE FROM reviews WHERE la = %(la)s AND subject = ANY(%(tokens)s)"

_ORDER = """
INSERT INTO erasures (la, erasure, child, outcome, kappa, proved)
VALUES (%(la)s, %(erasure)s, %(child)s, %(outcome)s, %(kappa)s, false) ON CONFLICT DO NOTHING
"""

_KEYS = """
INSERT INTO erased_keys (la, erasure, key_id)
SELECT %(la)s, %(erasure)s, * FROM unnest(%(keys)s::text[]) ON CONFLICT DO NOTHING
"""

_PROVED = "UPDATE erasures SET proved = true WHERE la = %(la)s AND erasure = %(erasure)s"


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


def purge(connection: Connection, erasing: Erasing, key_ids: Iterable[str]) -> list[str]:
    """Take away what is known and told of the child, in the open transaction.

    Its transitions keep their places. Returns the event id of each row of the timeline that went.
    What an earlier order emptied stays that order's.
    """
    order, cluster = erasing.order, erasing.cluster
    subjects = erasing.subjects if cluster else frozenset[str]()
    asked: dict[str, Any] = {
        "la": order.la,
        "erasure": order.event_id,
        "child": order.text("child") or "",
        "outcome": str(erasing.outcome),
        "kappa": order.kappa,
        "alerts": erasing.alerts,
        "subjects": [bytes.fromhex(one) for one in sorted(subjects)],
        "tokens": sorted({*subjects, *(cluster.records if cluster else ())}),
        "keys": sorted(key_ids) if cluster else [],
    }
    connection.execute(_ORDER, asked)
    if cluster is None:
        return []
    for statement in (_KEYS, _PROVE, _EMPTY, _ALERTS, _STANDINGS, _REVIEWS):
        connection.execute(statement, asked)
    return [str(event_id) for (event_id,) in connection.execute(_TIMELINE, asked)]


def note_proof(connection: Connection, la: str, erasure: str) -> None:
    """Note that the last part of the proof of this erasure has come by on journeys."""
    connection.execute(_PROVED, {"la": la, "erasure": erasure})
