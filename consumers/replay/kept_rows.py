"""Actions, standings and deliveries in the store, as rows to be held against their records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from consumers.replay.attended import Alert, KeptRow, text_of
from consumers.store.acting import said

Asked = Callable[[str, dict[str, Any]], list[tuple[Any, ...]]]
"""Returns the rows of a query."""

_OF_ACTION = (
    *("event_id", "alert_id", "number", "act", "author", "recipient", "until", "reason"),
    *("outcome", "note", "note_leaf", "kappa", "effect"),
)
_OF_STANDING = (
    *("alert_id", "assignee", "offered_to", "offered_by", "aside", "aside_by", "aside_until"),
    *("aside_reason", "closed_by", "outcome", "escalated", "escalated_by", "seen_by", "kappa"),
)
_OF_DELIVERY = ("alert_id", "recipient", "channel", "step", "urgent", "message", "at", "body")

_HERE = "(%(la)s::text IS NULL OR a.la = %(la)s)"

_ACTIONS = f"""
SELECT a.la, a.partition, a.position, {", ".join(f"a.{one}" for one in _OF_ACTION)} FROM actions a
WHERE a.partition = %(partition)s AND a.position < %(until)s AND {_HERE}
ORDER BY a.position
"""

_STANDINGS = f"""
SELECT a.la, NULL, NULL, {", ".join(f"a.{one}" for one in _OF_STANDING)} FROM standings a
"""

# What stands in a place that nobody has come to is of no record; one statement, so one moment.
_ACTIONS_AHEAD = f"""
SELECT a.la, a.partition, a.position, {", ".join(f"a.{one}" for one in _OF_ACTION)} FROM actions a
LEFT JOIN partition_state p ON p.partition = a.partition
WHERE a.position >= coalesce(p.next_offset, 0) AND {_HERE}
"""

_DELIVERIES = f"""
SELECT a.la, a.partition, a.topic_offset, {", ".join(f"a.{one}" for one in _OF_DELIVERY)}
FROM deliveries a WHERE a.partition = %(partition)s
  AND a.topic_offset >= %(first)s AND a.topic_offset < %(end)s AND {_HERE}
"""

_DELIVERIES_AHEAD = f"""
SELECT a.la, a.partition, a.topic_offset, {", ".join(f"a.{one}" for one in _OF_DELIVERY)}
FROM deliveries a LEFT JOIN notifier_state n ON n.partition = a.partition
WHERE a.topic_offset >= coalesce(n.deliveries_offset, 0) AND {_HERE}
"""

# Where a delivery stands is what its last step said: one statement, so one moment.
_STATES_OTHERWISE = """
SELECT coalesce(a.la, d.la), coalesce(a.alert_id, d.alert_id)::text, coalesce(a.body, d.body)
FROM delivery_states a
FULL JOIN (
  SELECT DISTINCT ON (la, delivery) la, delivery, alert_id, step, urgent, body
  FROM (SELECT *, substring(body FROM '"delivery_id":"([^"]*)"') AS delivery FROM deliveries) s
  ORDER BY la, delivery, partition, topic_offset DESC
) d ON d.la = a.la AND d.delivery = a.delivery::text
WHERE (a.alert_id, a.step, a.urgent, a.body) IS DISTINCT FROM (d.alert_id, d.step, d.urgent, d.body)
  AND (%(la)s::text IS NULL OR coalesce(a.la, d.la) = %(la)s)
"""


def actions(asked: Asked, partition: int, until: int, la: str | None) -> Iterator[KeptRow]:
    """Yield the actions of a partition whose records are below this offset."""
    given = {"partition": partition, "until": until, "la": la}
    return _rows(asked(_ACTIONS, given), _OF_ACTION, "event_id")


def actions_ahead(asked: Asked, la: str | None) -> Iterator[KeptRow]:
    """Yield the actions that stand where the join has not come to, or on no partition of its."""
    return _rows(asked(_ACTIONS_AHEAD, {"la": la}), _OF_ACTION, "event_id")


def standings(asked: Asked) -> dict[Alert, KeptRow]:
    """Return how alerts stand, by alert."""
    rows = _rows(asked(_STANDINGS, {}), _OF_STANDING, "alert_id")
    return {(one.la, one.alert_id): one for one in rows}


def deliveries(asked: Asked, partition: int, places: range, la: str | None) -> Iterator[KeptRow]:
    """Yield the steps of deliveries of these offsets of the topic."""
    given = {"partition": partition, "first": places.start, "end": places.stop, "la": la}
    return _rows(asked(_DELIVERIES, given), _OF_DELIVERY, "alert_id")


def deliveries_astray(asked: Asked, la: str | None) -> Iterator[KeptRow]:
    """Yield steps where the notifier has not come to, and deliveries not as their last step."""
    given = {"la": la}
    yield from _rows(asked(_DELIVERIES_AHEAD, given), _OF_DELIVERY, "alert_id")
    for one, alert_id, body in asked(_STATES_OTHERWISE, given):
        yield KeptRow(la=one, alert_id=alert_id, key=alert_id, text=body)


def _rows(found: Iterable[tuple[Any, ...]], names: tuple[str, ...], key: str) -> Iterator[KeptRow]:
    for la, partition, offset, *columns in found:
        text = said(dict(zip(names, columns, strict=True)))
        yield KeptRow(
            la=la,
            alert_id=text["alert_id"],
            key=text[key],
            text=text_of(text),
            partition=partition,
            offset=offset,
        )
