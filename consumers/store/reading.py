"""What a reader may see of one local authority: alerts, children, timelines, standing facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

import msgspec
import psycopg

from consumers.store import loading
from consumers.store.loading import Connection
from consumers.store.sealed import FactSeal
from consumers.store.shielding import Fields, as_shown, is_shielded
from consumers.store.states import authority_of
from journey.cluster import Cluster
from journey.shelf import Authority

_WHO = "SELECT set_config('joinedup.la', %s, true), set_config('joinedup.role', %s, true)"

_ALERTS = """
SELECT body, opened_at FROM alerts
WHERE la = %(la)s
  AND (%(child)s::text IS NULL OR child = %(child)s)
  AND (%(duty)s::text IS NULL OR duty = %(duty)s)
  AND (%(status)s::text IS NULL OR status = %(status)s)
ORDER BY array_position(ARRAY['critical', 'high', 'medium', 'low'], severity), due, alert_id
LIMIT %(limit)s
"""

# A superseded revision and a retraction stay on the timeline, and say what they are.
_TIMELINE = """
SELECT t.occurred_on, t.kappa, t.type, t.agency, t.event_id, t.revision, t.retracted,
  r.event_id = t.event_id AND r.retracted = t.retracted AS stands, coalesce(r.retracted, false)
FROM timeline t
JOIN leaves l ON l.la = t.la AND l.leaf = t.leaf
LEFT JOIN records r ON r.la = t.la AND r.record = t.record
WHERE t.la = %(la)s AND l.child = %(child)s AND NOT l.shielded
ORDER BY t.occurred_on, t.kappa, t.event_id
"""

_SEALED = """
SELECT t.leaf, t.detail FROM timeline t JOIN leaves l ON l.la = t.la AND l.leaf = t.leaf
WHERE t.la = %(la)s AND l.child = %(child)s AND NOT l.shielded AND t.kappa <= %(until)s
ORDER BY t.kappa, t.position
"""

_EVIDENCE = """
SELECT DISTINCT t.event_id, t.type, t.agency, t.occurred_on
FROM timeline t JOIN leaves l ON l.la = t.la AND l.leaf = t.leaf
WHERE t.la = %(la)s AND l.child = ANY(%(children)s) AND NOT l.shielded
  AND t.event_id = ANY(%(events)s)
"""

_CHILDREN = """
SELECT DISTINCT child FROM leaves
WHERE la = %(la)s AND starts_with(child, %(key)s) ORDER BY child LIMIT 3
"""

_LEAVES = "SELECT leaf FROM leaves WHERE la = %(la)s AND child = %(child)s ORDER BY leaf"

_CLUSTER_OF_CHILD = """
SELECT n.cluster FROM leaves l JOIN nodes n ON n.la = l.la AND n.node = l.leaf
WHERE l.la = %(la)s AND l.child = %(child)s LIMIT 1
"""

_CLUSTER_OF_TOKEN = "SELECT cluster FROM nodes WHERE la = %(la)s AND node = %(node)s"

_CLUSTER_OF_RECORD = "SELECT cluster FROM records WHERE la = %(la)s AND record = %(record)s"

_NEXT_CLUSTERS = """
SELECT cluster FROM clusters WHERE la = %(la)s AND cluster > %(after)s ORDER BY cluster LIMIT 200
"""

_AUTHORITY = """
SELECT a.state, p.kappa FROM authorities a JOIN partition_state p USING (partition)
WHERE a.la = %(la)s
"""


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """Where an alert stands: the audited fields of its last transition.

    opened_at: the moment (ms since 1970 UTC) from which its first transition held.
    fields: as in ``journey.transition.Transition``, days as ISO text.
    """

    opened_at: int
    fields: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        """Return one of the audited fields."""
        return self.fields[name]


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a child's timeline.

    kappa: when the platform came to know it, ms since 1970 UTC.
    standing: ``stands``, ``replaced`` by another revision, ``retracted``, or ``retraction``.
    """

    occurred_on: date
    kappa: int
    type: str
    agency: str
    event_id: str
    revision: int
    standing: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """An event that an alert names."""

    event_id: str
    type: str
    agency: str
    occurred_on: date


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the authority, and up to which moment (ms since 1970 UTC)."""

    authority: Authority
    kappa: int


class Reading:
    """One reader in one local authority, within an open transaction."""

    def __init__(self, connection: Connection, la: str) -> None:
        """Use ``reading``, which says to the database who reads."""
        self._connection = connection
        self.la = la

    def rows(self, query: LiteralString, **asked: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query that asks for ``%(la)s`` and what is given."""
        return self._connection.execute(query, {"la": self.la, **asked}).fetchall()

    def alerts(
        self,
        *,
        child: str | None = None,
        duty: str | None = None,
        status: str | None = None,
        limit: int | None = None,
    ) -> list[Alert]:
        """Return alerts, the most severe and the longest due first; all, unless limited."""
        rows = self._connection.execute(
            _ALERTS,
            {"la": self.la, "child": child, "duty": duty, "status": status, "limit": limit},
        )
        return self.alerts_of(rows.fetchall())

    def alerts_of(self, rows: Iterable[Sequence[Any]]) -> list[Alert]:
        """Return the alerts of these rows (body, moment of opening), as they may be shown."""
        listed = list(rows)
        fields = self.as_shown(json.loads(row[0]) for row in listed)
        return [
            Alert(opened_at=row[1], fields=one) for row, one in zip(listed, fields, strict=True)
        ]

    def as_shown(self, told: Iterable[Fields]) -> list[Fields]:
        """Return what was told as it may be shown: of shielded records without its details."""
        return as_shown(self._connection, self.la, told)

    def is_shielded(self, child: str) -> bool:
        """Return whether this child's records are shielded: of them nothing else is shown."""
        return is_shielded(self._connection, self.la, child)

    def children(self, key: str) -> list[str]:
        """Return the keys of up to three children that begin with this one."""
        rows = self._connection.execute(_CHILDREN, {"la": self.la, "key": key})
        return [child for (child,) in rows]

    def leaves(self, child: str) -> list[str]:
        """Return the tokens of the leaves that are this child now."""
        rows = self._connection.execute(_LEAVES, {"la": self.la, "child": child})
        return [leaf.hex() for (leaf,) in rows]

    def timeline(self, child: str) -> list[Moment]:
        """Return all that was ever told of this child, in order of the day on which it happened."""
        rows = self._connection.execute(_TIMELINE, {"la": self.la, "child": child})
        return [_moment(*row) for row in rows]

    def sealed_timeline(self, child: str, until: int) -> list[tuple[str, bytes]]:
        """Return leaf and sealed fact of what was known of this child by then, in that order."""
        asked = {"la": self.la, "child": child, "until": until}
        return [(leaf.hex(), bytes(d)) for leaf, d in self._connection.execute(_SEALED, asked)]

    def evidence(self, children: Iterable[str], events: Iterable[str]) -> dict[str, Evidence]:
        """Return, by id, those of the events that are about one of the children."""
        asked = {
            "la": self.la,
            "children": list(set(children)),
            "events": [UUID(event) for event in set(events)],
        }
        rows = self._connection.execute(_EVIDENCE, asked)
        return {
            str(event): Evidence(event_id=str(event), type=type_, agency=agency, occurred_on=on)
            for event, type_, agency, on in rows
        }

    def cluster_of_child(self, child: str, seal: FactSeal) -> Cluster | None:
        """Return the cluster that holds this child, its facts opened."""
        return self._cluster(_CLUSTER_OF_CHILD, {"la": self.la, "child": child}, seal)

    def cluster_of_token(self, token: str, seal: FactSeal) -> Cluster | None:
        """Return the cluster that has seen this leaf or identifier, its facts opened."""
        return self._cluster(_CLUSTER_OF_TOKEN, {"la": self.la, "node": bytes.fromhex(token)}, seal)

    def cluster_of_record(self, token: str, seal: FactSeal) -> Cluster | None:
        """Return the cluster that holds this record, its facts opened."""
        asked = {"la": self.la, "record": bytes.fromhex(token)}
        return self._cluster(_CLUSTER_OF_RECORD, asked, seal)

    def clusters(self, seal: FactSeal) -> Iterator[Cluster]:
        """Yield every cluster of the authority, its facts opened, a few hundred in memory."""
        after = b""
        while True:
            asked = {"la": self.la, "after": after}
            found = [name for (name,) in self._connection.execute(_NEXT_CLUSTERS, asked)]
            if not found:
                return
            places = [(self.la, name.hex()) for name in found]
            for loaded in loading.clusters(self._connection, seal, places):
                yield loaded.cluster
            after = found[-1]

    def _cluster(self, query: str, asked: Mapping[str, Any], seal: FactSeal) -> Cluster | None:
        row = self._connection.execute(query, asked).fetchone()
        if row is None:
            return None
        loaded = loading.clusters(self._connection, seal, [(self.la, row[0].hex())])
        return loaded[0].cluster if loaded else None

    def known(self) -> Known:
        """Return what is known of the authority: its sources and calendars; empty where nothing."""
        row = self._connection.execute(_AUTHORITY, {"la": self.la}).fetchone()
        if row is None:
            return Known(authority=Authority(la=self.la), kappa=0)
        return Known(authority=authority_of(row[0]), kappa=row[1])


def _moment(
    occurred_on: date,
    kappa: int,
    type_: str,
    agency: str,
    event_id: UUID,
    revision: int,
    retracted: bool,
    stands: bool | None,
    record_is_retracted: bool,
) -> Moment:
    if retracted:
        standing = "retraction"
    elif stands:
        standing = "stands"
    else:
        standing = "retracted" if record_is_retracted else "replaced"
    return Moment(
        occurred_on=occurred_on,
        kappa=kappa,
        type=type_,
        agency=agency,
        event_id=str(event_id),
        revision=revision,
        standing=standing,
    )


@contextmanager
def reading(dsn: str, la: str, role: str = "lead") -> Iterator[Reading]:
    """Yield a reader of one local authority, in one read-only transaction at one moment.

    role: ``lead``, ``auditor`` or ``shield-officer``. Raises psycopg.OperationalError where the
    store does not answer.
    """
    with psycopg.connect(dsn, connect_timeout=5, application_name="reader") as connection:
        yield reading_on(connection, la, role)


def reading_on(connection: Connection, la: str, role: str = "lead") -> Reading:
    """Return a reader of one local authority on a connection that has begun no transaction.

    It reads at one moment and can write nothing, until the caller ends the transaction.
    """
    connection.read_only = True
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.execute(_WHO, [la, role])
    return Reading(connection, la)
