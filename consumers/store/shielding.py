"""What a reader is not shown, since it is about a child whose records are shielded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from consumers.store.loading import Connection
from journey.shield import withheld

_SHIELDED = """
SELECT child FROM leaves WHERE la = %(la)s AND shielded AND child = ANY(%(children)s)
UNION
SELECT encode(leaf, 'hex') FROM leaves
WHERE la = %(la)s AND shielded AND encode(leaf, 'hex') = ANY(%(anchors)s)
UNION
SELECT t.event_id::text FROM leaves l JOIN timeline t ON t.la = l.la AND t.leaf = l.leaf
WHERE l.la = %(la)s AND l.shielded AND t.event_id = ANY(%(events)s)
UNION
SELECT encode(t.record, 'hex') FROM leaves l JOIN timeline t ON t.la = l.la AND t.leaf = l.leaf
WHERE l.la = %(la)s AND l.shielded AND encode(t.record, 'hex') = ANY(%(anchors)s)
"""

_CHILD = "SELECT true FROM leaves WHERE la = %(la)s AND child = %(child)s AND shielded LIMIT 1"

SHIELD_OFFICER = "shield-officer"
"""As whom one reads who may find a shielded child by an identifier."""

Fields = Mapping[str, Any]
"""The audited fields of a transition."""


def is_shielded(connection: Connection, la: str, child: str) -> bool:
    """Return whether this child's records are shielded."""
    found = connection.execute(_CHILD, {"la": la, "child": child}).fetchone()
    return found is not None


def as_shown(connection: Connection, la: str, told: Iterable[Fields]) -> list[Fields]:
    """Return what was told as it may be shown: what is shielded by now without its details.

    It was told in full before the shield, and stands so in the store, where a replay finds it.
    """
    told = list(told)
    asked = {
        "la": la,
        "children": [one["child"] for one in told],
        "anchors": [one["anchor"] for one in told],
        "events": list({UUID(event) for one in told for event in _events(one)}),
    }
    rows = connection.execute(_SHIELDED, asked) if told else ()
    shielded = {name for (name,) in rows}
    return [withheld(one) if shielded & _names(one) else one for one in told]


def _events(one: Fields) -> tuple[str, ...]:
    return (*one["because"], *one["met_by"])


def _names(one: Fields) -> set[str]:
    return {one["child"], one["anchor"], *_events(one)}
