"""Who was told of which alert, by what, and what became of it, as the store keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from uuid import UUID

import msgspec

from consumers.store.reading import Reading

WAITING = ("PLANNED", "ATTEMPTED", "FAILED")
TOLD = ("ACCEPTED", "DELIVERED")
FAILURES = ("GIVEN_UP", "FAILED")

STATES = {
    "PLANNED": "waits",
    "ATTEMPTED": "on its way",
    "ACCEPTED": "accepted",
    "DELIVERED": "delivered",
    "FAILED": "failed, to be tried again",
    "GIVEN_UP": "given up",
    "CANCELLED": "cancelled",
}
CAUSES = {
    "TEAM": "",
    "TOLD_BEFORE": "was told before",
    "NO_TEAM": "no team is named",
    "GIVEN_UP": "in the place of who could not be told",
    "NOBODY_TOLD": "nobody else was told in time",
    "UNATTENDED": "nobody attends to it",
}
"""Where a delivery stands, and why this recipient, in words."""

_NOW = """
SELECT d.body, d.planned_at FROM delivery_states d
WHERE d.la = %(la)s
  AND (%(steps)s::text[] IS NULL OR d.step = ANY(%(steps)s))
  AND (%(alert)s::text IS NULL OR starts_with(d.alert_id::text, %(alert)s))
ORDER BY d.planned_at DESC, d.delivery LIMIT %(limit)s
"""

_PAGE = """
SELECT d.body, d.planned_at FROM delivery_states d
WHERE d.la = %(la)s
  AND (%(steps)s::text[] IS NULL OR d.step = ANY(%(steps)s))
  AND (%(after)s::uuid IS NULL
       OR (d.step IN ('GIVEN_UP', 'FAILED'), d.planned_at, d.delivery) < (
         SELECT p.step IN ('GIVEN_UP', 'FAILED'), p.planned_at, p.delivery
         FROM delivery_states p WHERE p.la = %(la)s AND p.delivery = %(after)s))
ORDER BY (d.step IN ('GIVEN_UP', 'FAILED')) DESC, d.planned_at DESC, d.delivery DESC
LIMIT %(size)s
"""

_COUNTS = "SELECT step, count(*) FROM delivery_states WHERE la = %(la)s GROUP BY step"

_TOLD = """
SELECT DISTINCT ON (d.alert_id, d.body::json->>'delivery_id') d.body, d.at FROM deliveries d
WHERE d.la = %(la)s AND d.alert_id = ANY(%(alerts)s::uuid[]) AND d.at <= %(until)s
  AND d.step IN ('ACCEPTED', 'DELIVERED')
ORDER BY d.alert_id, d.body::json->>'delivery_id', d.id
"""

_UNTOLD = """
SELECT a.alert_id::text FROM alerts a
WHERE a.la = %(la)s AND a.status = 'OPEN' AND urgency(a.severity) = urgency('critical')
  AND NOT EXISTS (
  SELECT FROM delivery_states d WHERE d.la = a.la AND d.alert_id = a.alert_id
    AND d.step IN ('ACCEPTED', 'DELIVERED'))
ORDER BY a.due, a.alert_id
"""


class DeliveryShown(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery as it stands: of which transition, to whom, by what, and what became of it.

    planned_at, at: ms since 1970 UTC, by the notifier's clock; at: of the last step.
    """

    delivery_id: str
    alert_id: str
    number: int
    kind: str
    severity: str
    duty: str
    recipient: str
    channel: str
    cause: str
    urgent: bool
    step: str
    reason: str | None
    attempt: int
    planned_at: int
    at: int


def deliveries(
    store: Reading, *, steps: Iterable[str] | None, alert: str | None, limit: int
) -> list[DeliveryShown]:
    """Return deliveries of the authority, the last planned first.

    steps: only those that stand at one of these. alert: only of the alert whose id begins so.
    """
    wanted = list(steps) if steps is not None else None
    rows = store.rows(_NOW, steps=wanted, alert=alert, limit=limit)
    return [_shown(body, planned_at) for body, planned_at in rows]


def page(
    store: Reading, *, steps: Iterable[str] | None, size: int, after: UUID | None = None
) -> list[DeliveryShown]:
    """Return deliveries of the authority, those that failed first, then the last planned first.

    steps: only those that stand at one of these. after: the last delivery of the page before.
    """
    wanted = list(steps) if steps is not None else None
    rows = store.rows(_PAGE, steps=wanted, size=size, after=after)
    return [_shown(body, planned_at) for body, planned_at in rows]


def counts(store: Reading) -> dict[str, int]:
    """Return how many deliveries of the authority stand at each step."""
    return dict(store.rows(_COUNTS))


def told_of(store: Reading, alerts: Iterable[str], until: int) -> list[DeliveryShown]:
    """Return by which deliveries somebody had been told of these alerts by a moment, in order."""
    rows = store.rows(_TOLD, alerts=sorted(set(alerts)), until=until)
    return sorted((_shown(body, at) for body, at in rows), key=lambda one: one.at)


def untold(store: Reading) -> list[str]:
    """Return the ids of the critical alerts that are open and of which nobody was told."""
    return [alert_id for (alert_id,) in store.rows(_UNTOLD)]


def _shown(body: str, planned_at: int) -> DeliveryShown:
    return msgspec.convert({**json.loads(body), "planned_at": planned_at}, DeliveryShown)
