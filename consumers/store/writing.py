"""What the shelf writes to PostgreSQL: only what changed, a statement for each table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from consumers.store.agenda import Key, Wish
from consumers.store.changes import Changes, Held, digest
from consumers.store.loading import Connection, Place
from consumers.store.parking import keep_parked
from consumers.store.sealed import FactSeal, subject_of
from consumers.store.states import authority_state, cluster_state
from journey.cluster import Cluster
from journey.events import Event
from journey.identity import Review

_MOVE_NODES = """
UPDATE nodes SET cluster = w.into_cluster
FROM unnest(%b::text[], %b::bytea[], %b::bytea[]) AS w (la, gone, into_cluster)
WHERE nodes.la = w.la AND nodes.cluster = w.gone
"""

_DROP_CLUSTERS = """
DELETE FROM clusters USING unnest(%b::text[], %b::bytea[]) AS w (la, gone)
WHERE clusters.la = w.la AND clusters.cluster = w.gone
"""

_NODES = """
INSERT INTO nodes (la, node, cluster) SELECT * FROM unnest(%b::text[], %b::bytea[], %b::bytea[])
ON CONFLICT (la, node) DO UPDATE SET cluster = excluded.cluster
"""

_CLUSTERS = """
INSERT INTO clusters (la, cluster, state, schools)
SELECT la, cluster, state,
  ARRAY(SELECT decode(one, 'hex') FROM unnest(string_to_array(schools, ' ')) AS one)
FROM unnest(%b::text[], %b::bytea[], %b::bytea[], %b::text[]) AS w (la, cluster, state, schools)
ON CONFLICT (la, cluster) DO UPDATE SET state = excluded.state, schools = excluded.schools
"""

_RECORDS = """
INSERT INTO records
  (la, record, cluster, leaf, event_id, retracted, scope, source, batch, detail, occurred_on)
SELECT * FROM unnest(%b::text[], %b::bytea[], %b::bytea[], %b::bytea[], %b::uuid[], %b::bool[],
  %b::text[], %b::text[], %b::text[], %b::bytea[], %b::date[])
ON CONFLICT (la, record) DO UPDATE SET
  cluster = excluded.cluster, leaf = excluded.leaf, event_id = excluded.event_id,
  retracted = excluded.retracted, scope = excluded.scope, source = excluded.source,
  batch = excluded.batch, detail = excluded.detail, occurred_on = excluded.occurred_on
"""

_LEAVES = """
INSERT INTO leaves (la, leaf, child, shielded)
SELECT * FROM unnest(%b::text[], %b::bytea[], %b::text[], %b::bool[])
ON CONFLICT (la, leaf) DO UPDATE SET child = excluded.child, shielded = excluded.shielded
"""

_DROP_LEAVES = """
DELETE FROM leaves USING unnest(%b::text[], %b::bytea[]) AS w (la, leaf)
WHERE leaves.la = w.la AND leaves.leaf = w.leaf
"""

_DUE = """
INSERT INTO due (la, alert_id, partition, cluster, wake, waiting)
SELECT * FROM unnest(%b::text[], %b::uuid[], %b::int[], %b::bytea[], %b::bigint[], %b::bool[])
ON CONFLICT (la, alert_id) DO UPDATE SET
  cluster = excluded.cluster, wake = excluded.wake, waiting = excluded.waiting
"""

_DROP_DUE = """
DELETE FROM due USING unnest(%b::text[], %b::uuid[]) AS w (la, alert_id)
WHERE due.la = w.la AND due.alert_id = w.alert_id
"""

_REVIEWS = """
INSERT INTO reviews (la, kind, subject, other, reason, kappa, standing)
SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::bigint[],
  %b::bool[])
ON CONFLICT (la, kind, subject, other, reason) DO UPDATE SET standing = excluded.standing
"""

_AUTHORITIES = """
INSERT INTO authorities (la, partition, state)
SELECT * FROM unnest(%b::text[], %b::int[], %b::bytea[])
ON CONFLICT (la) DO UPDATE SET state = excluded.state
"""

_REMOVE = tuple(
    f"DELETE FROM {table} WHERE la = %(la)s AND cluster = %(cluster)s"
    for table in ("nodes", "records", "parked", "clusters")
)
_REMOVE_LEAVES = "DELETE FROM leaves WHERE la = %(la)s AND leaf = ANY(%(leaves)s)"

Agenda = Mapping[Key, tuple[Wish, str] | None]
Row = tuple[Any, ...]


def write(
    connection: Connection, seal: FactSeal, partition: int, changes: Changes, agenda: Agenda
) -> None:
    """Store these changes, in the open transaction, and note in ``changes`` what is stored."""
    run = _Runner(connection)
    _absorbed(run, changes)
    run.rows(_NODES, _node_rows(changes))
    _clusters(run, seal, changes.held)
    run.rows(_RECORDS, _record_rows(seal, changes.held))
    _leaves(run, changes.held)
    keep_parked(connection, seal, partition, changes.held)
    _reviews(run, changes)
    _agenda(run, partition, agenda)
    run.rows(
        _AUTHORITIES,
        [(la, partition, authority_state(one)) for la, one in changes.authorities.items()],
    )
    for held in changes.held.values():
        held.stored()


def remove(connection: Connection, cluster: Cluster) -> None:
    """Delete a cluster that is stored as it is, with all that it holds, in the open transaction."""
    asked = {
        "la": cluster.la,
        "cluster": _raw(cluster.id),
        "leaves": [_raw(leaf) for leaf in cluster.identity.children],
    }
    for statement in (*_REMOVE, _REMOVE_LEAVES):
        connection.execute(statement.encode(), asked)


class _Runner:
    """Runs a statement over rows, given to it column by column."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, statement: str, rows: Iterable[Row]) -> None:
        columns = [list(column) for column in zip(*rows, strict=True)]
        if columns:
            self._connection.execute(statement, columns)


def _absorbed(run: _Runner, changes: Changes) -> None:
    gone = list(changes.absorbed)
    run.rows(
        _MOVE_NODES,
        [(la, _raw(name), _raw(_heir(changes.absorbed, la, name))) for la, name in gone],
    )
    run.rows(_DROP_CLUSTERS, [(la, _raw(name)) for la, name in gone])


def _heir(absorbed: Mapping[Place, str], la: str, name: str) -> str:
    while (la, name) in absorbed:
        name = absorbed[la, name]
    return name


def _node_rows(changes: Changes) -> list[Row]:
    """Return the nodes that are no record of their cluster: records are found in their table."""
    rows = []
    for (la, node), cluster in changes.nodes.items():
        heir = _heir(changes.absorbed, la, cluster)
        held = changes.held.get((la, heir))
        if held is None or node not in held.cluster.records:
            rows.append((la, _raw(node), _raw(heir)))
    return rows


def _clusters(run: _Runner, seal: FactSeal, changed: Mapping[Place, Held]) -> None:
    rows = []
    for (la, name), held in changed.items():
        state = cluster_state(held.cluster)
        schools = (held.schools or frozenset()).union(seal.school(la, s) for s in held.named())
        is_other = held.state != (now := digest(state))
        if is_other or schools != held.schools:
            held.state, held.schools = now, schools
            rows.append((la, _raw(name), state, " ".join(sorted(one.hex() for one in schools))))
    run.rows(_CLUSTERS, rows)


def _record_rows(seal: FactSeal, changed: Mapping[Place, Held]) -> list[Row]:
    new = [
        (name, held.cluster.records[record])
        for (_, name), held in changed.items()
        for record in sorted(held.changed)
    ]
    seal.ready(subject_of(event) for _, event in new)
    sealed = ((name, event, seal.close(event, subject_of(event))) for name, event in new)
    return [_record_row(name, event, detail) for name, event, detail in sealed if detail]


def _record_row(cluster: str, event: Event, detail: bytes) -> Row:
    scoped = event.scope is not None
    return (
        event.la,
        _raw(event.record),
        _raw(cluster),
        _raw(event.leaf),
        event.event_id,
        event.retracted,
        event.scope,
        event.source if scoped else None,
        event.batch if scoped else None,
        detail,
        event.occurred_on,
    )


def _leaves(run: _Runner, changed: Mapping[Place, Held]) -> None:
    now: list[Row] = []
    gone: list[Row] = []
    for (la, _), held in changed.items():
        before, after = held.children, held.cluster.identity.children
        if before is not after:
            shielded = held.cluster.identity.shielded
            turned = held.shielded ^ shielded
            now += [
                (la, _raw(x), key, x in shielded)
                for x, key in after.items()
                if before.get(x) != key or x in turned
            ]
            gone += [(la, _raw(leaf)) for leaf in before.keys() - after.keys()]
    run.rows(_DROP_LEAVES, gone)
    run.rows(_LEAVES, now)


def _reviews(run: _Runner, changes: Changes) -> None:
    rows: dict[Row, Row] = {}
    for (la, _), held in changes.held.items():
        after = held.cluster.reviews
        if after != held.reviews:
            rows |= _review_rows(la, set(held.reviews) - set(after), standing=False)
            rows |= _review_rows(la, after, standing=True)
    for la, authority in changes.authorities.items():
        rows |= _review_rows(la, authority.reviews, standing=True)
    run.rows(_REVIEWS, rows.values())


def _review_rows(la: str, reviews: Iterable[Review], *, standing: bool) -> dict[Row, Row]:
    return {
        (la, r.kind, r.subject, r.other, r.reason): (
            *(la, r.kind, r.subject, r.other, r.reason),
            *(r.kappa, standing),
        )
        for r in reviews
    }


def _agenda(run: _Runner, partition: int, agenda: Agenda) -> None:
    run.rows(_DROP_DUE, [key for key, change in agenda.items() if change is None])
    run.rows(
        _DUE,
        [
            (la, alert_id, partition, _raw(change[1]), change[0].wake, change[0].waiting)
            for (la, alert_id), change in agenda.items()
            if change is not None
        ],
    )


def _raw(token: str) -> bytes:
    return bytes.fromhex(token)
