"""What the shelf reads from PostgreSQL: nodes, clusters, moments and authorities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import psycopg

from consumers.store.sealed import FactSeal, unpacked
from consumers.store.states import authority_of, cluster_of
from journey.cluster import Cluster, Parked
from journey.events import Event
from journey.shelf import Authority, Due, Scoped

Connection = psycopg.Connection[tuple[Any, ...]]
Place = tuple[str, str]
"""(local authority, cluster or node)."""

_NODES = """
WITH wanted AS (SELECT * FROM unnest(%(las)b::text[], %(nodes)b::bytea[]) AS w (la, node))
SELECT la, node, n.cluster FROM wanted JOIN nodes n USING (la, node)
UNION ALL
SELECT w.la, w.node, r.cluster FROM wanted w JOIN records r ON r.la = w.la AND r.record = w.node
"""

_CLUSTERS = """
SELECT la, cluster, state, schools
FROM clusters JOIN unnest(%(las)b::text[], %(clusters)b::bytea[]) AS w (la, cluster)
USING (la, cluster)
"""

_RECORDS = """
SELECT la, r.cluster, r.record, r.leaf, r.detail
FROM records r JOIN unnest(%(las)b::text[], %(clusters)b::bytea[]) AS w (la, cluster)
USING (la, cluster)
ORDER BY la, r.cluster, r.record
"""

_DUE = """
SELECT wake, alert_id, la, cluster FROM due
WHERE partition = %(partition)s AND wake IS NOT NULL
  AND (wake, alert_id) > (%(wake)s, %(alert_id)s::uuid)
ORDER BY wake, alert_id LIMIT %(limit)s
"""

_WAITING = "SELECT DISTINCT cluster FROM due WHERE la = %(la)s AND waiting ORDER BY cluster"

_SCOPED = """
SELECT record, cluster, batch FROM records
WHERE la = %(la)s AND source = %(source)s AND scope = %(scope)s AND NOT retracted
UNION ALL
SELECT record, ''::bytea, batch FROM ghosts
WHERE la = %(la)s AND source = %(source)s AND scope = %(scope)s AND NOT retracted
ORDER BY record
"""

_PARKED = """
SELECT number, position, record, leaf, subject, fault, detail FROM parked
WHERE la = %(la)s AND number = ANY(%(numbers)s) ORDER BY number
"""

_PARKED_CLUSTERS = "SELECT DISTINCT cluster FROM parked WHERE la = %(la)s ORDER BY cluster"

_SINCE = """
SELECT DISTINCT cluster FROM records
WHERE la = %(la)s AND (occurred_on >= %(day)s OR occurred_on IS NULL) ORDER BY cluster
"""

_SCHOOLED = """
SELECT cluster FROM clusters WHERE la = %(la)s AND schools @> ARRAY[%(school)s::bytea]
UNION
SELECT cluster FROM clusters WHERE la = %(la)s AND schools IS NULL
ORDER BY cluster
"""

_AUTHORITIES = "SELECT la, state FROM authorities WHERE partition = %(partition)s ORDER BY la"

PAGE = 1_000
_NIL = "00000000-0000-0000-0000-000000000000"


class Loaded(NamedTuple):
    """A cluster as it is stored, the bytes of its state, and the tokens of schools that it names.

    schools: None where an older release stored it.
    """

    cluster: Cluster
    state: bytes
    schools: frozenset[bytes] | None


class StoredAgenda:
    """The moments of a partition's cases, as stored."""

    def __init__(self, connection: Connection, partition: int) -> None:
        """Read through this connection."""
        self._connection = connection
        self._partition = partition

    def after(self, wake: int, alert_id: str, limit: int) -> list[Due]:
        """Return the next moments after this one, in order."""
        rows = self._connection.execute(
            _DUE,
            {
                "partition": self._partition,
                "wake": wake,
                "alert_id": alert_id or _NIL,
                "limit": limit,
            },
            binary=True,
        )
        return [Due(wake, str(alert), la, cluster.hex()) for wake, alert, la, cluster in rows]


def nodes(connection: Connection, wanted: Iterable[Place]) -> dict[Place, str]:
    """Return the clusters of those nodes that have one."""
    las, tokens = _columns(wanted)
    rows = connection.execute(_NODES, {"las": las, "nodes": tokens}, binary=True)
    return {(la, node.hex()): cluster.hex() for la, node, cluster in rows}


def clusters(connection: Connection, seal: FactSeal, wanted: Iterable[Place]) -> list[Loaded]:
    """Return these clusters with their standing facts; what was erased is left out."""
    las, ids = _columns(wanted)
    asked = {"las": las, "clusters": ids}
    records = _opened(connection.execute(_RECORDS, asked, binary=True).fetchall(), seal)
    rows = connection.execute(_CLUSTERS, asked, binary=True).fetchall()
    waiting = partial(_waiting, connection, seal)
    return [
        Loaded(
            cluster_of(la, name.hex(), state, records.get((la, name.hex()), {}), waiting),
            state,
            None if schools is None else frozenset(schools),
        )
        for la, name, state, schools in rows
    ]


def scoped(connection: Connection, la: str, source: str, scope: str) -> list[Scoped]:
    """Return the standing records of a snapshot's scope; ghosts among them, of no cluster."""
    rows = connection.execute(_SCOPED, {"la": la, "source": source, "scope": scope}, binary=True)
    return [Scoped(record.hex(), cluster.hex(), batch) for record, cluster, batch in rows]


def parked_clusters(connection: Connection, la: str) -> list[str]:
    """Return the clusters of the LA of which anything is parked, in order."""
    rows = connection.execute(_PARKED_CLUSTERS, {"la": la}, binary=True)
    return [cluster.hex() for (cluster,) in rows]


def clusters_since(connection: Connection, la: str, day: date) -> list[str]:
    """Return the clusters of the LA with a record of what occurred on or after a day, in order.

    Rows of an older release do not say when: their clusters are among them.
    """
    rows = connection.execute(_SINCE, {"la": la, "day": day}, binary=True)
    return [cluster.hex() for (cluster,) in rows]


def clusters_schooled(connection: Connection, la: str, school: bytes) -> list[str]:
    """Return the clusters of the LA with a record that ever named a school, in order.

    Rows of an older release do not say which they name: they are among them.
    """
    rows = connection.execute(_SCHOOLED, {"la": la, "school": school}, binary=True)
    return [cluster.hex() for (cluster,) in rows]


def waiting(connection: Connection, la: str) -> Iterator[list[str]]:
    """Yield the clusters of the LA with a case that waits for a source, in order, some at a time.

    They are those that are stored when the first is asked for, in the open transaction.
    """
    with connection.cursor(name="waiting", binary=True) as cursor:
        cursor.execute(_WAITING, {"la": la})
        while rows := cursor.fetchmany(PAGE):
            yield [cluster.hex() for (cluster,) in rows]


def authorities(connection: Connection, partition: int) -> dict[str, Authority]:
    """Return the partition's local authorities, by code."""
    rows = connection.execute(_AUTHORITIES, {"partition": partition}, binary=True)
    return {la: authority_of(state) for la, state in rows}


def _opened(
    rows: list[tuple[str, bytes, bytes, bytes, bytes]], seal: FactSeal
) -> Mapping[Place, dict[str, Event]]:
    seal.ready((leaf or record).hex() for _, _, record, leaf, _ in rows)
    found: dict[Place, dict[str, Event]] = {}
    for la, cluster, record, leaf, detail in rows:
        event = seal.open(la, (leaf or record).hex(), detail)
        if event is not None:
            found.setdefault((la, cluster.hex()), {})[event.record] = event
    return found


def _waiting(connection: Connection, seal: FactSeal, la: str, numbers: list[int]) -> list[Parked]:
    """Return the records of the LA that wait under these numbers, in order of arrival."""
    asked = {"la": la, "numbers": numbers}
    rows = connection.execute(_PARKED, asked, binary=True).fetchall()
    seal.ready(subject.hex() for _, _, _, _, subject, _, _ in rows if subject)
    return [
        Parked(
            number=number,
            position=position,
            record=record.hex(),
            leaf=leaf.hex(),
            event=seal.open(la, subject.hex(), detail) if subject else unpacked(detail),
            fault=fault,
        )
        for number, position, record, leaf, subject, fault, detail in rows
    ]


def _columns(places: Iterable[Place]) -> tuple[list[str], list[bytes]]:
    listed = list(places)
    return [la for la, _ in listed], [bytes.fromhex(name) for _, name in listed]
