"""How alerts stand with people, and what people did about them, as a reader may see it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import msgspec

from consumers.store.reading import Reading
from consumers.store.sealed import FactSeal

_STANDINGS = """
SELECT alert_id::text, assignee, offered_to, offered_by, aside, aside_by, aside_until, aside_reason,
  closed_by, outcome, escalated, escalated_by, seen_by, kappa
FROM standings WHERE la = %(la)s AND alert_id = ANY(%(alerts)s)
"""

# What was written of a child whose records are shielded may say where it is: it stays sealed.
_ACTIONS = """
SELECT event_id::text, number, act, author, recipient, until, reason, outcome, note,
  CASE WHEN NOT EXISTS (
    SELECT FROM leaves l WHERE l.la = actions.la AND l.leaf = note_leaf AND l.shielded
  ) THEN note_leaf END,
  kappa, effect
FROM actions WHERE la = %(la)s AND alert_id = %(alert_id)s ORDER BY kappa, position
"""

_TAKEN = "SELECT effect FROM actions WHERE la = %(la)s AND event_id = %(event_id)s"


class Stands(msgspec.Struct, frozen=True, kw_only=True):
    """How one alert stands with people since it was last told; texts are empty where nobody did.

    aside: by which act it is set aside. aside_until: when it is told again, ms since 1970 UTC.
    escalated: why; escalated_by: empty where it escalated by itself. seen_by: who has seen it.
    """

    alert_id: str
    assignee: str = ""
    offered_to: str = ""
    offered_by: str = ""
    aside: str = ""
    aside_by: str = ""
    aside_until: int | None = None
    aside_reason: str = ""
    closed_by: str = ""
    outcome: str = ""
    escalated: str = ""
    escalated_by: str = ""
    seen_by: tuple[str, ...] = ()
    kappa: int = 0


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """One action, what it came to, and what its author wrote, as far as that can be opened.

    number: of the last transition that the author saw. kappa: ms since 1970 UTC.
    has_note: something was written; note: None where it cannot be opened, or is withheld.
    """

    event_id: str
    number: int
    act: str
    by: str
    recipient: str
    until: date | None
    reason: str
    outcome: str
    has_note: bool
    note: str | None
    kappa: int
    effect: str


def standings(store: Reading, alerts: Iterable[str]) -> dict[str, Stands]:
    """Return how these alerts stand, by id; nothing of those that nobody did anything about."""
    wanted = [UUID(one) for one in alerts]
    rows = store.rows(_STANDINGS, alerts=wanted) if wanted else []
    return {row[0]: _stands(row) for row in rows}


def _stands(row: tuple[object, ...]) -> Stands:
    return msgspec.convert(dict(zip(Stands.__struct_fields__, row, strict=True)), Stands)


def actions(store: Reading, alert_id: str, seal: FactSeal) -> list[Done]:
    """Return what people did about an alert, in the order in which it became known."""
    rows = store.rows(_ACTIONS, alert_id=UUID(alert_id))
    seal.ready(row[9].hex() for row in rows if row[9])
    return [_done(store.la, alert_id, row, seal) for row in rows]


def _done(la: str, alert_id: str, row: tuple[object, ...], seal: FactSeal) -> Done:
    event_id, number, act, by, recipient, until, reason, outcome, note, leaf, kappa, effect = row
    text = None
    if isinstance(note, bytes) and isinstance(leaf, bytes):
        text = seal.open_note(la, leaf.hex(), str(event_id), alert_id, note)
    said = {
        "event_id": event_id,
        "number": number,
        "act": act,
        "by": by,
        "recipient": recipient,
        "until": until,
        "reason": reason,
        "outcome": outcome,
        "has_note": note is not None,
        "note": text,
        "kappa": kappa,
        "effect": effect,
    }
    return msgspec.convert(said, Done)


def effect_of(store: Reading, event_id: str) -> str | None:
    """Return what an action came to; None while the platform has not carried it out."""
    rows = store.rows(_TAKEN, event_id=UUID(event_id))
    return str(rows[0][0]) if rows else None
