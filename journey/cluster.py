"""What is kept together: all that was ever connected by a record, a leaf or an identifier.

A cluster is a unit of storage, not a child: it may hold several children, only grows by
merging, and never needs to be split, since children are derived from its records.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import msgspec

from journey.child import Journey, journey_of
from journey.duties.duty import Case
from journey.events import Event
from journey.identity import LINK_DECISIONS, First, Identity, Review, links
from journey.shield import SHIELD_DECIDED
from journey.standing import Standing

ACTION = "AlertActionRecorded"
"""The type of the record that a person did something about an alert."""
REDRIVE = "RedriveDecisionRecorded"
"""The type of the order to take again what was parked."""
ERASURE_ORDERED = "ErasureOrdered"
"""The type of the order to erase a child."""
HOLD = "HoldDecisionRecorded"
"""The type of the decision that a child may not be erased, or may again."""
ERASURE_PROVED = "ErasureProved"
"""The type of the record that says which places the transitions of an erased child took."""


class Stage(StrEnum):
    """Where a case stands: owed and untold, told as due soon, told and open, or told and closed."""

    PENDING = "P"
    WARNED = "W"
    OPEN = "O"
    CLOSED = "C"


class Moved(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The school calendar that a case was counted by again.

    what: what became of whose calendar, in words. by: the event id of its record. on: the day on
    which it became known. was: the last day in time before it, None where there was none. gone: by
    it nothing was missed.
    """

    what: str
    by: str
    on: date
    was: date | None = None
    gone: bool = False


class CaseState(msgspec.Struct, kw_only=True, gc=False, omit_defaults=True):
    """One case that is owed, or of which an alert has been told.

    known_at: when this deadline first followed from what was known (ms UTC).
    batched: the record that made it known came in a batch.
    wake: the next moment (ms UTC) at which to look at it; None: only when a source moves.
    waiting: it waits for a source to be complete.
    number: transitions told so far. outcome: of the last closing, or empty.
    moved: by which school calendar it came to be due when it is, where it was counted again.
    steps: how many of its steps past the deadline it has come through. held: it is due, and an
    alert that holds it is open. only_warned: of all that was told nothing was missed.
    standing: how its alert stands with people; None where nobody has worked with alerts here yet.
    """

    duty: str
    child: str
    case: Case
    stage: Stage = Stage.PENDING
    known_at: int
    batched: bool = False
    wake: int | None = None
    waiting: bool = False
    number: int = 0
    unconfirmed: bool = False
    escalated: bool = False
    outcome: str = ""
    continues: str | None = None
    moved: Moved | None = None
    steps: int = 0
    held: bool = False
    only_warned: bool = False
    standing: Standing | None = None


class Gap(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A record that could not be read and may be the fact that is missing.

    event_type: its short name where it could be told, else None.
    record, leaf: tokens where they could be told, else empty.
    source: whose record it is, where its signature was right, else empty. reason: a code.
    """

    la: str
    position: str
    kappa: int
    event_type: str | None = None
    record: str = ""
    leaf: str = ""
    source: str = ""
    reason: str = ""


class Parked(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A record that waits: the core could not take it, or it stands behind one of these.

    number: 1, 2, 3 … within the local authority, in order of arrival.
    position: where it stands in its partition of journeys.
    record: the record key of what could not be taken. leaf: empty where it is about no child.
    event: None where the child's key has been shredded meanwhile.
    fault: the class of the fault, empty where it only waits.
    """

    number: int
    position: int
    record: str
    leaf: str
    event: Event | None
    fault: str = ""


class Cluster(msgspec.Struct, kw_only=True):
    """Winning revisions by record, and the cases that follow from them.

    first_seen: by leaf, when it first appeared; corrections do not move it.
    gaps: by position. parked: the records that wait, in order of arrival.
    flags: contradictions and the like, for a person to look at.
    """

    id: str
    la: str
    records: dict[str, Event] = {}
    first_seen: dict[str, First] = {}
    identity: Identity = Identity()
    cases: dict[str, CaseState] = {}
    gaps: dict[str, Gap] = {}
    flags: list[Review] = []
    parked: list[Parked] = []

    @property
    def reviews(self) -> tuple[Review, ...]:
        """All that a person has to look at in this cluster."""
        return (*self.identity.reviews, *self.flags)

    def journey(self, child: str) -> Journey:
        """Return the journey of one of the cluster's children."""
        identity = self.identity
        leaves = identity.leaves_of(child)
        mine = (event for event in self.records.values() if event.leaf in leaves)
        return journey_of(child, identity.anchors[child], identity.births.get(child), mine)

    def withholds(self, child: str, anchor: str, events: Iterable[str]) -> bool:
        """Return whether nothing of an alert may be told but that it is, and when it is due.

        So where its child's records are shielded, or any on which it rests: its anchor, or one
        of the events that it names.
        """
        shielded = self.identity.shielded
        if not shielded:
            return False
        if anchor in shielded or self.identity.is_shielded(child):
            return True
        named = set(events)
        mine = (event for event in self.records.values() if event.leaf in shielded)
        return any(event.record == anchor or event.event_id in named for event in mine)


def nodes_of(event: Event) -> list[str]:
    """Return what an event connects: its record, its leaf and its linking identifiers."""
    if event.type == ACTION:
        return [token for token in [event.text("anchor")] if token]
    if event.type == REDRIVE:
        return [token for token in [event.text("park")] if token]
    if event.type == SHIELD_DECIDED:
        return [event.record, *(event.data.get("leaves") or ())]
    if event.type in LINK_DECISIONS:
        return [event.record, *(t for t in (event.text("first"), event.text("second")) if t)]
    nodes = [event.record]
    if event.leaf and event.leaf != event.record:
        nodes.append(event.leaf)
    nodes.extend(i.token for i in event.identifiers if links(i) and i.token != event.leaf)
    return nodes


def fold(records: dict[str, Event], event: Event) -> dict[str, Event]:
    """Return the winning revisions with this event taken in; the order of events is nothing.

    The highest (revision, retracted, event id, digest) of each record wins; of the same
    event delivered twice the first known time stands.
    """
    old = records.get(event.record)
    if old is not None and not replaces(event, old):
        return records
    return {**records, event.record: event}


def replaces(event: Event, old: Event) -> bool:
    """Return whether this revision of a record wins over another."""
    if event.rank == old.rank:
        return event.kappa < old.kappa
    return event.rank > old.rank


def seen(first_seen: dict[str, First], event: Event) -> dict[str, First]:
    """Return when each leaf was first seen, with this event's leaf taken in."""
    mark = (event.kappa, event.event_id)
    if not event.leaf or first_seen.get(event.leaf, mark) < mark:
        return first_seen
    return {**first_seen, event.leaf: mark}
