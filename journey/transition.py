"""What is said of an alert, and when: the only output of the core."""

from __future__ import annotations

import hashlib
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from journey.shield import withheld

ENGINE_VERSION = "1"


class Kind(StrEnum):
    """What happened to the alert, or to the warning before it."""

    DUE_SOON = "DUE_SOON"
    OPENED = "OPENED"
    CONFIRMED = "CONFIRMED"
    AMENDED = "AMENDED"
    ESCALATED = "ESCALATED"
    RESOLVED = "RESOLVED"
    WITHDRAWN = "WITHDRAWN"
    REOPENED = "REOPENED"
    REASSIGNED = "REASSIGNED"
    RETURNED = "RETURNED"
    UNSEEN = "UNSEEN"
    UNASSIGNED = "UNASSIGNED"


class Status(StrEnum):
    """Where the alert stands after the transition; due soon: only warned of, nothing is missed."""

    DUE_SOON = "DUE_SOON"
    OPEN = "OPEN"
    RESOLVED = "RESOLVED"
    WITHDRAWN = "WITHDRAWN"


class Outcome(StrEnum):
    """How an alert was resolved, or the warning before it: met in time."""

    MET_IN_TIME = "MET_IN_TIME"
    MET_LATE = "MET_LATE"
    MET_IN_TIME_REPORTED_LATE = "MET_IN_TIME_REPORTED_LATE"
    ENDED = "ENDED"


class Transition(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One transition of one alert.

    child: the platform's child key; a source's id where the duty is a source's.
    number: 1, 2, 3 … within the alert.
    due: last day in time. as_of: the moment (ms UTC) from which it holds, by the records alone.
    known_at: ms UTC, when this deadline first followed from what was known.
    waiting_for: sources that had not said that they are complete (an unconfirmed alert).
    unreadable: a record that could not be read may be the missing fact.
    withheld: its details are withheld, as what it rests on is shielded.
    escalation: how many of its steps past the deadline it has come through.
    sequence: gapless in the partition. chain: SHA-256 over the LA's previous chain and this.
    """

    alert_id: str
    local_authority: str
    child: str
    duty: str
    kind: Kind
    number: int
    status: Status
    outcome: Outcome | None = None
    unconfirmed: bool = False
    severity: str
    basis: str
    due: date
    as_of: int
    known_at: int
    anchor: str
    period: str = ""
    arithmetic: str
    detail: str = ""
    because: tuple[str, ...] = ()
    met_by: tuple[str, ...] = ()
    met_on: date | None = None
    waiting_for: tuple[str, ...] = ()
    unreadable: bool = False
    identity_in_review: bool = False
    continues: str | None = None
    continued_by: str | None = None
    rules: str
    escalation: int = 0
    engine: str = ENGINE_VERSION
    withheld: bool = False
    sequence: int = 0
    chain: str = ""


def without_details(transition: Transition) -> Transition:
    """Return the transition with its details withheld."""
    return Transition(**withheld(msgspec.structs.asdict(transition)))


def audited(transition: Transition) -> dict[str, Any]:
    """Return the fields under audit: all but the partition's sequence and the chain.

    What is not withheld, or has no steps, does not say so: its bytes are those of releases that
    withheld nothing and escalated by no step.
    """
    fields: dict[str, Any] = msgspec.to_builtins(transition)
    del fields["sequence"], fields["chain"]
    if not transition.withheld:
        del fields["withheld"]
    if not transition.escalation:
        del fields["escalation"]
    return fields


def chained(previous: str, transition: Transition) -> str:
    """Return the LA's next chain value: SHA-256 hex over the previous and RFC 8785 JSON."""
    # Sorted keys, no float and nothing escaped that need not be: this is RFC 8785's form.
    said = msgspec.json.encode(audited(transition), order="sorted")
    return hashlib.sha256(previous.encode() + said).hexdigest()
