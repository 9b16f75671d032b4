"""Alert transitions in the store: the outbox in sequence, and where each alert stands now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec

from consumers.store.loading import Connection
from journey.transition import Transition, audited

CHANNEL = "joinedup_alerts"
"""The relay listens here; a notice says only that there is something new."""

_TRANSITIONS = """
INSERT INTO alert_transitions (partition, sequence, la, alert_id, number, body, chain, traceparent)
SELECT * FROM unnest(%b::int[], %b::bigint[], %b::text[], %b::uuid[], %b::int[], %b::text[],
  %b::text[], %b::text[])
"""

_ALERTS = """
INSERT INTO alerts (la, alert_id, child, duty, status, severity, due, opened_at, sequence, body)
SELECT * FROM unnest(%b::text[], %b::uuid[], %b::text[], %b::text[], %b::text[], %b::text[],
  %b::date[], %b::bigint[], %b::bigint[], %b::text[])
ON CONFLICT (la, alert_id) DO UPDATE SET
  child = excluded.child, duty = excluded.duty, status = excluded.status,
  severity = excluded.severity, due = excluded.due, sequence = excluded.sequence,
  body = excluded.body
"""

_NOTIFY = "SELECT pg_notify(%s, '')"


def keep(
    connection: Connection,
    partition: int,
    transitions: Iterable[Transition],
    traced: Mapping[int, str] | None = None,
) -> None:
    """Add the transitions to the outbox and bring the current alerts up to date with them.

    traced: W3C trace contexts by sequence, which go on with those that are followed.
    """
    contexts = traced or {}
    listed = [(one, body_of(one)) for one in transitions]
    if not listed:
        return
    rows = [
        (*_transition(partition, one, body), contexts.get(one.sequence)) for one, body in listed
    ]
    connection.execute(_TRANSITIONS, [list(column) for column in zip(*rows, strict=True)])
    current: dict[tuple[str, str], tuple[object, ...]] = {}
    for one, body in listed:
        key = (one.local_authority, one.alert_id)
        opened_at = current[key][_OPENED_AT] if key in current else one.as_of
        current[key] = _alert(one, body, opened_at)
    connection.execute(_ALERTS, [list(c) for c in zip(*current.values(), strict=True)])
    connection.execute(_NOTIFY, [CHANNEL])


def body_of(transition: Transition) -> str:
    """Return the audited text of a transition: RFC 8785 JSON.

    Of text, whole numbers, yes and no, sorted compact JSON is just that, and much faster made.
    """
    return msgspec.json.encode(audited(transition), order="sorted").decode()


def _transition(partition: int, one: Transition, body: str) -> tuple[object, ...]:
    alert_id = UUID(one.alert_id)
    return (
        partition,
        one.sequence,
        one.local_authority,
        alert_id,
        one.number,
        body,
        one.chain,
    )


_OPENED_AT = 7  # of a row of the alerts table


def _alert(one: Transition, body: str, opened_at: object) -> tuple[object, ...]:
    return (
        one.local_authority,
        UUID(one.alert_id),
        one.child,
        one.duty,
        str(one.status),
        str(one.severity),
        one.due,
        opened_at,
        one.sequence,
        body,
    )
