"""People's actions in the store, and how alerts stand with people, written together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from consumers.store.loading import Connection
from journey.attending import Acted, Stood
from journey.standing import Standing

_ACTIONS = """
INSERT INTO actions (la, event_id, alert_id, number, act, author, recipient, until, reason, outcome,
  note, note_leaf, kappa, effect, partition, position)
VALUES (%(la)s, %(event_id)s, %(alert_id)s, %(number)s, %(act)s, %(author)s, %(recipient)s,
  %(until)s, %(reason)s, %(outcome)s, %(note)s, %(note_leaf)s, %(kappa)s, %(effect)s,
  %(partition)s, %(position)s)
ON CONFLICT (la, event_id) DO NOTHING
"""

_STANDINGS = """
INSERT INTO standings (la, alert_id, assignee, offered_to, offered_by, aside, aside_by, aside_until,
  aside_reason, closed_by, outcome, escalated, escalated_by, seen_by, kappa)
VALUES (%(la)s, %(alert_id)s, %(assignee)s, %(offered_to)s, %(offered_by)s, %(aside)s, %(aside_by)s,
  %(aside_until)s, %(aside_reason)s, %(closed_by)s, %(outcome)s, %(escalated)s, %(escalated_by)s,
  %(seen_by)s, %(kappa)s)
ON CONFLICT (la, alert_id) DO UPDATE SET
  assignee = excluded.assignee, offered_to = excluded.offered_to, offered_by = excluded.offered_by,
  aside = excluded.aside, aside_by = excluded.aside_by, aside_until = excluded.aside_until,
  aside_reason = excluded.aside_reason, closed_by = excluded.closed_by, outcome = excluded.outcome,
  escalated = excluded.escalated, escalated_by = excluded.escalated_by, seen_by = excluded.seen_by,
  kappa = excluded.kappa
"""

Row = dict[str, object]


def keep(
    connection: Connection, partition: int, acted: Iterable[Acted], stood: Iterable[Stood]
) -> None:
    """Keep each action with what it came to, and how alerts stand now, in the open transaction."""
    with connection.cursor() as cursor:
        for statement, rows in (
            (_ACTIONS, [_action(partition, one) for one in acted]),
            (_STANDINGS, [_standing(one) for one in stood]),
        ):
            if rows:
                cursor.executemany(statement, rows)


def action_said(one: Acted) -> dict[str, Any]:
    """Return what the row of an action says, as texts and numbers; a note as its hash."""
    row = _action(0, one)
    del row["partition"], row["position"], row["la"]
    return said(row)


def standing_said(one: Stood) -> dict[str, Any]:
    """Return what the row of a standing says, as texts and numbers."""
    row = _standing(one)
    del row["la"]
    return said(row)


def said(row: Row) -> dict[str, Any]:
    """Return columns as they stand in an audited text: ids and days as texts, seals as hashes."""
    return {name: _text(name, value) for name, value in row.items()}


def _text(name: str, value: object) -> object:
    if name == "note" and isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, UUID | date) else value


def _action(partition: int, one: Acted) -> Row:
    action = one.action
    return {
        "la": one.la,
        "event_id": UUID(action.event_id),
        "alert_id": UUID(action.alert_id),
        "number": action.number,
        "act": str(action.act),
        "author": action.by,
        "recipient": action.recipient,
        "until": action.until,
        "reason": action.reason,
        "outcome": action.outcome,
        "note": action.note,
        "note_leaf": bytes.fromhex(action.note_leaf) if action.note_leaf else None,
        "kappa": action.kappa,
        "effect": str(one.effect),
        "partition": partition,
        "position": one.position,
    }


def _standing(one: Stood) -> Row:
    standing: Standing = one.standing
    aside, closed, escalated = standing.aside, standing.closed, standing.escalated
    return {
        "la": one.la,
        "alert_id": UUID(one.alert_id),
        "assignee": standing.assignee,
        "offered_to": standing.offered_to,
        "offered_by": standing.offered_by,
        "aside": str(aside.act) if aside else "",
        "aside_by": aside.by if aside else "",
        "aside_until": aside.until if aside else None,
        "aside_reason": aside.reason if aside else "",
        "closed_by": closed.by if closed else "",
        "outcome": closed.outcome if closed else "",
        "escalated": escalated.reason if escalated else "",
        "escalated_by": escalated.by if escalated else "",
        "seen_by": list(standing.seen_by),
        "kappa": one.kappa,
    }
