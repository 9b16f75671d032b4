"""What an action of a person comes to: a map from how an alert stands to how it stands then.

No action silences an alert for ever. What sets it aside has an end, and counts only where its
author saw what the alert says now; a closing of what is still owed says so, and ends too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

import msgspec

from journey.duties.duty import Severity
from journey.events import Event
from journey.moments import day_of, deadline
from journey.standing import (
    Act,
    Aside,
    Closed,
    Escalation,
    Standing,
    told_afresh,
    with_one,
)
from journey.transition import Kind

LONGEST_ASIDE = 28
"""Calendar days after that of the action for which an alert may be set aside: our own default."""
LONGEST_ASIDE_CRITICAL = 7
"""The same where the alert is critical: our own default."""

SETTING_ASIDE = frozenset((Act.ACKNOWLEDGE, Act.SNOOZE, Act.CLOSE))
"""Acts that are of what the alert said when their author saw it, and of nothing later."""
ON_ENDED = frozenset((Act.SEEN, Act.COMMENT, Act.CLOSE))
"""Acts that make sense of an alert that is open no more."""


class Effect(StrEnum):
    """What an action came to."""

    DONE = "DONE"
    STILL_OWED = "STILL_OWED"
    NOT_THERE = "NOT_THERE"
    ENDED = "ENDED"
    NOT_YET = "NOT_YET"
    MOVED_ON = "MOVED_ON"
    NOT_OFFERED = "NOT_OFFERED"
    OUT_OF_BOUNDS = "OUT_OF_BOUNDS"
    REPEATED = "REPEATED"

    @property
    def changed_something(self) -> bool:
        """Return whether it was taken; all others changed nothing."""
        return self in (Effect.DONE, Effect.STILL_OWED)


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """An action as it was recorded.

    alert_id: of which alert. anchor: the episode that it watches, by which it is found; else
    source: whose silence it is about. number: of the last transition that its author saw. by: who
    did it. recipient: who is to have it. until: the last day set aside.
    note: sealed under the key of ``note_leaf``; the core cannot read it. kappa: ms UTC.
    """

    event_id: str
    alert_id: str
    anchor: str = ""
    source: str = ""
    number: int
    act: Act
    by: str
    recipient: str = ""
    until: date | None = None
    reason: str = ""
    outcome: str = ""
    note: bytes | None = None
    note_leaf: str = ""
    kappa: int


class Found(NamedTuple):
    """The alert that an action is about: transitions told so far, and how it stands.

    is_warning: nothing is missed yet.
    """

    number: int
    is_open: bool
    is_warning: bool
    severity: Severity
    standing: Standing | None


def action_of(event: Event) -> Action:
    """Return the action that a record tells of."""
    note = event.data.get("note")
    return Action(
        event_id=event.event_id,
        alert_id=event.text("alert_id") or "",
        anchor=event.text("anchor") or "",
        source=event.text("silent_source") or "",
        number=int(event.number("number") or 0),
        act=Act(event.text("action") or Act.SEEN),
        by=event.text("by") or "",
        recipient=event.text("recipient") or "",
        until=event.day("until"),
        reason=event.text("reason") or "",
        outcome=event.text("outcome") or "",
        note=note if isinstance(note, bytes) else None,
        note_leaf=event.text("note_leaf") or "",
        kappa=event.kappa,
    )


def longest(severity: str) -> int:
    """Return for how many calendar days an alert of this severity may be set aside."""
    return LONGEST_ASIDE_CRITICAL if severity == Severity.CRITICAL else LONGEST_ASIDE


def act(action: Action, found: Found | None) -> tuple[Effect, Standing | None]:
    """Return what the action comes to, and how the alert stands then; as before where it fails."""
    if found is None:
        return Effect.NOT_THERE, None
    standing = found.standing or Standing()
    effect = _objection(action, found, standing)
    if effect is not None:
        return effect, found.standing
    effect, after = _ACTS[action.act](standing, action, found)
    return effect, _noted(after, action) if effect.changed_something else found.standing


def _objection(action: Action, found: Found, standing: Standing) -> Effect | None:
    if not found.number:
        return Effect.NOT_THERE
    if action.event_id in standing.done:
        return Effect.REPEATED
    if found.is_warning and action.act in SETTING_ASIDE:
        return Effect.NOT_YET
    if not (found.is_open or found.is_warning or action.act in ON_ENDED):
        return Effect.ENDED
    if action.act in SETTING_ASIDE and action.number != found.number:
        return Effect.MOVED_ON
    return None


def _noted(standing: Standing, action: Action) -> Standing:
    """Note who acted: they have seen it, and it waits for nobody to look."""
    escalated = standing.escalated
    if escalated is not None and not escalated.by and escalated.reason == Kind.UNSEEN:
        escalated = None
    done = standing.done
    if action.act not in (Act.SEEN, Act.COMMENT):
        done = (*done, action.event_id)
    return msgspec.structs.replace(
        standing,
        seen_by=with_one(standing.seen_by, action.by),
        unseen_at=None,
        escalated=escalated,
        done=done,
    )


_Came = tuple[Effect, Standing]


def _nothing_more(standing: Standing, action: Action, found: Found) -> _Came:
    return Effect.DONE, standing


def _set_aside(standing: Standing, action: Action, found: Found) -> _Came:
    today, until = day_of(action.kappa), action.until
    last = today + timedelta(days=longest(found.severity))
    if until is None or not today <= until <= last:
        return Effect.OUT_OF_BOUNDS, standing
    return Effect.DONE, _aside(standing, action, until, action.reason)


def _aside(standing: Standing, action: Action, until: date, reason: str) -> Standing:
    aside = Aside(act=action.act, by=action.by, until=deadline(until), reason=reason)
    return msgspec.structs.replace(standing, aside=aside, closed=None, unassigned_at=None)


def _assign(standing: Standing, action: Action, found: Found) -> _Came:
    if action.recipient == action.by:
        return Effect.DONE, _has_it(standing, action.by)
    return Effect.DONE, msgspec.structs.replace(
        standing, offered_to=action.recipient, offered_by=action.by
    )


def _has_it(standing: Standing, name: str) -> Standing:
    return msgspec.structs.replace(
        standing, assignee=name, offered_to="", offered_by="", escalated=None, unassigned_at=None
    )


def _accept(standing: Standing, action: Action, found: Found) -> _Came:
    if standing.offered_to != action.by:
        return Effect.NOT_OFFERED, standing
    return Effect.DONE, _has_it(standing, action.by)


def _decline(standing: Standing, action: Action, found: Found) -> _Came:
    if standing.offered_to != action.by:
        return Effect.NOT_OFFERED, standing
    return Effect.DONE, msgspec.structs.replace(standing, offered_to="", offered_by="")


def _escalate(standing: Standing, action: Action, found: Found) -> _Came:
    if standing.aside is not None:
        standing = told_afresh(standing, action.kappa, found.severity)
    escalated = Escalation(by=action.by, reason=action.reason, at=action.kappa)
    return Effect.DONE, msgspec.structs.replace(standing, escalated=escalated)


def _close(standing: Standing, action: Action, found: Found) -> _Came:
    closed = Closed(by=action.by, outcome=action.outcome)
    if not found.is_open:
        return Effect.DONE, msgspec.structs.replace(standing, closed=closed)
    until = day_of(action.kappa) + timedelta(days=longest(found.severity))
    aside = _aside(standing, action, until, action.outcome)
    return Effect.STILL_OWED, msgspec.structs.replace(aside, closed=closed)


_ACTS: Mapping[Act, Callable[[Standing, Action, Found], _Came]] = {
    Act.SEEN: _nothing_more,
    Act.ACKNOWLEDGE: _set_aside,
    Act.ASSIGN: _assign,
    Act.ACCEPT: _accept,
    Act.DECLINE: _decline,
    Act.SNOOZE: _set_aside,
    Act.ESCALATE: _escalate,
    Act.COMMENT: _nothing_more,
    Act.CLOSE: _close,
}
