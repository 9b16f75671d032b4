"""Where an alert stands with people: who has it, who has seen it, until when it is set aside.

A duty alone decides whether an alert is open. How it stands with people never ends it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from journey.clocks import working_days
from journey.duties.duty import Severity
from journey.moments import day_of, deadline
from journey.transition import Kind

SEEN_WITHIN = {Severity.CRITICAL: 1, Severity.HIGH: 2, Severity.MEDIUM: 5, Severity.LOW: 10}
"""Working days after the day on which an alert is told by whose end somebody has seen it, or it
escalates by itself. Our own default."""

ASSIGNED_WITHIN = {Severity.CRITICAL: 2, Severity.HIGH: 5, Severity.MEDIUM: 10, Severity.LOW: 20}
"""The same, by whose end somebody has it. Our own default."""


class Act(StrEnum):
    """What a person does about an alert."""

    SEEN = "SEEN"
    ACKNOWLEDGE = "ACKNOWLEDGE"
    ASSIGN = "ASSIGN"
    ACCEPT = "ACCEPT"
    DECLINE = "DECLINE"
    SNOOZE = "SNOOZE"
    ESCALATE = "ESCALATE"
    COMMENT = "COMMENT"
    CLOSE = "CLOSE"


class Aside(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """That an open alert is set aside: by which act of whom, and until which moment (ms UTC)."""

    act: Act
    by: str
    until: int
    reason: str = ""


class Closed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a person says came of an alert; it may be owed all the same."""

    by: str
    outcome: str


class Escalation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """That an alert was escalated; by: empty where it escalated by itself. at: ms UTC."""

    by: str = ""
    reason: str
    at: int


class Standing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """How an alert stands with people since it was last told: raised, or told again.

    assignee: who has it. offered_to, offered_by: who is asked to take it on, and by whom.
    seen_by: who has seen it, or acted on it, since it was last told.
    unseen_at, unassigned_at: the moments (ms UTC) at which it escalates by itself; None: never.
    done: ids of the actions that were taken, so that one that comes twice counts once.
    """

    assignee: str = ""
    offered_to: str = ""
    offered_by: str = ""
    aside: Aside | None = None
    closed: Closed | None = None
    escalated: Escalation | None = None
    seen_by: tuple[str, ...] = ()
    unseen_at: int | None = None
    unassigned_at: int | None = None
    done: tuple[str, ...] = ()


def next_moment(standing: Standing | None) -> int | None:
    """Return the next moment (ms UTC) at which the standing changes by itself, or None."""
    if standing is None:
        return None
    aside = standing.aside.until if standing.aside else None
    moments = (aside, standing.unseen_at, standing.unassigned_at)
    return min((one for one in moments if one is not None), default=None)


def told_afresh(standing: Standing | None, moment: int, severity: Severity) -> Standing:
    """Return the standing of an alert that is told at this moment (ms UTC), for once or again.

    Whoever has it still has it; that somebody had seen it or set it aside counts no more.
    """
    kept = standing or Standing()
    day = day_of(moment)
    unassigned = deadline(working_days(day, ASSIGNED_WITHIN[severity]).due)
    return Standing(
        assignee=kept.assignee,
        offered_to=kept.offered_to,
        offered_by=kept.offered_by,
        unseen_at=deadline(working_days(day, SEEN_WITHIN[severity]).due),
        unassigned_at=None if kept.assignee else unassigned,
        done=kept.done,
    )


def ended(standing: Standing) -> Standing:
    """Return the standing of an alert that is open no more: nothing is asked of anybody."""
    return Standing(
        assignee=standing.assignee,
        closed=standing.closed,
        seen_by=standing.seen_by,
        done=standing.done,
    )


def at(standing: Standing, moment: int, severity: Severity) -> tuple[list[Kind], Standing]:
    """Return what is told of an open alert at this moment (ms UTC), and how it stands then."""
    if standing.aside is not None and standing.aside.until <= moment:
        return [Kind.RETURNED], told_afresh(standing, moment, severity)
    kinds: list[Kind] = []
    if standing.unseen_at is not None and standing.unseen_at <= moment:
        kinds.append(Kind.UNSEEN)
        standing = msgspec.structs.replace(standing, unseen_at=None)
    if standing.unassigned_at is not None and standing.unassigned_at <= moment:
        kinds.append(Kind.UNASSIGNED)
        standing = msgspec.structs.replace(standing, unassigned_at=None)
    if kinds:
        escalated = Escalation(reason=kinds[-1], at=moment)
        standing = msgspec.structs.replace(standing, escalated=escalated)
    return kinds, standing


def with_one(names: Iterable[str], name: str) -> tuple[str, ...]:
    """Return the names with this one among them, in order."""
    return tuple(sorted({*names, name}))
