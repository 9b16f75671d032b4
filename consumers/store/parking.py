"""Records that the core could not take, as the store holds them until they are taken again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consumers.store.changes import Held
from consumers.store.loading import Connection, Place
from consumers.store.sealed import FactSeal, packed, subject_of
from journey.cluster import Parked
from journey.events import Event

_KEEP = """
INSERT INTO parked (la, number, partition, position, cluster, record, leaf, subject, event_id,
  type, kappa, fault, detail)
VALUES (%(la)s, %(number)s, %(partition)s, %(position)s, %(cluster)s, %(record)s, %(leaf)s,
  %(subject)s, %(event_id)s, %(type)s, %(kappa)s, %(fault)s, %(detail)s)
ON CONFLICT (la, number) DO UPDATE SET
  cluster = excluded.cluster, record = excluded.record, fault = excluded.fault
"""

# What was erased while it waited is only moved: there is nothing to write of it any more.
_MOVE = "UPDATE parked SET cluster = %(cluster)s WHERE la = %(la)s AND number = %(number)s"

_DROP = "DELETE FROM parked WHERE la = %(la)s AND number = %(number)s"

Row = dict[str, Any]


def keep_parked(
    connection: Connection, seal: FactSeal, partition: int, changed: Mapping[Place, Held]
) -> None:
    """Store what of these clusters waits now, in the open transaction."""
    dropped: list[Row] = []
    moved: list[Row] = []
    kept: list[Row] = []
    for (la, _), held in changed.items():
        before, after = held.parked, held.waiting
        if before == after:
            continue
        dropped += [{"la": la, "number": number} for number in before.keys() - after.keys()]
        for number, (cluster, one) in after.items():
            if before.get(number) != (cluster, one):
                row = {"la": la, "number": number, "cluster": bytes.fromhex(cluster)}
                if one.event is None:
                    moved.append(row)
                else:
                    kept.append(row | {"partition": partition} | _fields(seal, one, one.event))
    with connection.cursor() as cursor:
        for statement, rows in ((_DROP, dropped), (_MOVE, moved), (_KEEP, kept)):
            if rows:
                cursor.executemany(statement, rows)


def _fields(seal: FactSeal, one: Parked, event: Event) -> Row:
    subject, detail = _sealed(seal, event)
    return {
        "position": one.position,
        "record": bytes.fromhex(one.record),
        "leaf": bytes.fromhex(one.leaf),
        "subject": bytes.fromhex(subject),
        "event_id": event.event_id,
        "type": event.type,
        "kappa": event.kappa,
        "fault": one.fault,
        "detail": detail,
    }


def _sealed(seal: FactSeal, event: Event) -> tuple[str, bytes]:
    """Return the token whose key seals it, and the sealed event; the end of a batch is plain."""
    if event.agency == "source":
        return "", packed(event)
    subject = subject_of(event)
    seal.ready([subject])
    return subject, seal.close(event, subject) or b""
