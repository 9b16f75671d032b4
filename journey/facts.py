"""Takes a fact into its cluster and works out what that changes, touching nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from enum import StrEnum
from typing import NamedTuple

import msgspec

from journey.calendars import Calendars
from journey.child import Journey
from journey.cluster import CaseState, Cluster, fold, seen
from journey.duties import cases_of
from journey.duties.duty import Duty
from journey.events import Event
from journey.identity import Identity, Review, identify
from journey.journeys import Journeys, marks
from journey.parking import Arrival, park
from journey.settling import Change, Now, When, named, settle
from journey.shelf import Shelf


class FactResult(StrEnum):
    """What became of an event about a child."""

    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"
    PARKED = "parked"


class Taken(NamedTuple):
    """What taking an event came to."""

    result: FactResult
    cluster: Cluster
    changes: list[Change]


class Facts:
    """Facts taken one by one into the clusters of a shelf."""

    def __init__(self, shelf: Shelf, duties: Mapping[str, Duty]) -> None:
        """Work on this shelf, with these duties by id."""
        self._shelf = shelf
        self._duties = duties
        self._journeys = Journeys()
        self._by_type: dict[str, tuple[Duty, ...]] = {}
        for duty in duties.values():
            for name in duty.reads:
                self._by_type[name] = (*self._by_type.get(name, ()), duty)

    def take(self, event: Event, calendars: Calendars, nodes: list[str], arrival: Arrival) -> Taken:
        """Take one event; an exception of a duty parks it and the cluster's later events.

        arrival: the record with which it comes; it is what waits where this cannot be taken.
        """
        cluster, merged = self._cluster(event, nodes)
        if cluster.parked:
            return self._park(cluster, event, nodes, arrival)
        old = cluster.records.get(event.record)
        if old is not None and old.rank == event.rank:
            _repeat(cluster, event, old)
            return self._kept(cluster, nodes, FactResult.DUPLICATE)
        records = fold(cluster.records, event)
        if records is cluster.records:
            cluster.first_seen = seen(cluster.first_seen, event)
            _flag(cluster, event, old)
            return self._kept(cluster, nodes, FactResult.SUPERSEDED)
        try:
            changes = self._change(cluster, event, records, calendars, arrival.at, whole=merged)
        except Exception as fault:
            self._journeys.forget(cluster)
            return self._park(cluster, event, nodes, arrival, type(fault).__name__)
        _flag(cluster, event, old)
        _close_gaps(cluster, event)
        self._shelf.file(cluster, nodes)
        return Taken(FactResult.ACCEPTED, cluster, changes)

    def _kept(self, cluster: Cluster, nodes: list[str], result: FactResult) -> Taken:
        self._shelf.file(cluster, nodes)
        return Taken(result, cluster, [])

    def _park(
        self, cluster: Cluster, event: Event, nodes: list[str], arrival: Arrival, fault: str = ""
    ) -> Taken:
        changes = park(self._shelf, cluster, event, arrival, fault)
        self._shelf.file(cluster, nodes)
        return Taken(FactResult.PARKED, cluster, changes)

    def _cluster(self, event: Event, nodes: list[str]) -> tuple[Cluster, bool]:
        """Return the event's cluster, made of all that it connects; True where it merged any."""
        found = self._shelf.find(event.la, nodes)
        if not found:
            return Cluster(id=event.leaf or event.record, la=event.la), True
        into, *others = found
        for gone in others:
            _pour(into, gone)
            self._journeys.forget(gone)
            self._shelf.absorb(into, gone)
        return into, bool(others)

    def _change(
        self,
        cluster: Cluster,
        event: Event,
        records: dict[str, Event],
        calendars: Calendars,
        at: int,
        *,
        whole: bool,
    ) -> list[Change]:
        """Work out identity and cases first, then change the cluster: a fault changes nothing."""
        old, before = cluster.records.get(event.record), cluster.identity
        first_seen = seen(cluster.first_seen, event)
        same = not whole and self._adds_nothing(cluster, event, old)
        if not same:
            self._journeys.forget(cluster)
        identity = before if same else identify(cluster.la, records.values(), first_seen)
        touched = _touched(before, identity, event, old)
        duties = self._concerned(event, old) if same else tuple(self._duties.values())
        found = []
        for child in sorted(touched & identity.anchors.keys()):
            journey = self._journeys.after(cluster, child, identity, records, event)
            found += _cases(duties, child, journey, calendars)
        stood = _stood(cluster.cases, touched, {duty.id for duty in duties})
        after, when = named(found), When(at, event.batch is not None)
        cases = cluster.cases
        cluster.cases = cases | {n: copy(cases[n]) for n in (*stood, *after) if n in cases}
        try:
            changes = settle(cluster, stood, after, when)
        except Exception:
            cluster.cases = cases
            raise
        cluster.records, cluster.identity, cluster.first_seen = records, identity, first_seen
        return changes

    def _adds_nothing(self, cluster: Cluster, event: Event, old: Event | None) -> bool:
        """Return True where the event supports no leaf, edge or birth that does not stand."""
        if old is not None or event.retracted or event.leaf not in cluster.identity.children:
            return False
        return marks(event) <= self._journeys.supported(cluster, event.leaf)

    def _concerned(self, event: Event, old: Event | None) -> tuple[Duty, ...]:
        mine = self._by_type.get(event.type, ())
        if old is None or old.type == event.type:
            return mine
        return (*mine, *(d for d in self._by_type.get(old.type, ()) if d not in mine))


def _cases(duties: Iterable[Duty], child: str, journey: Journey, calendars: Calendars) -> list[Now]:
    return [
        Now(duty, child, case) for duty in duties for case in cases_of(duty, journey, calendars)
    ]


def _stood(cases: Mapping[str, CaseState], children: set[str], duties: set[str]) -> list[str]:
    return [n for n, state in cases.items() if state.duty in duties and state.child in children]


def _touched(before: Identity, after: Identity, event: Event, old: Event | None) -> set[str]:
    """Return the child keys, old and new, whose facts or whose birth may differ."""
    leaves = {event.leaf} | ({old.leaf} if old else set())
    if before is not after:
        leaves |= {
            leaf
            for leaf in before.children.keys() | after.children.keys()
            if _household(before, leaf) != _household(after, leaf)
        }
    maps = (before.children, after.children)
    return {children[leaf] for children in maps for leaf in leaves if leaf in children}


def _household(identity: Identity, leaf: str) -> tuple[object, ...]:
    child = identity.children.get(leaf)
    if child is None:
        return ()
    return (child, identity.births.get(child), identity.leaves_of(child))


def _pour(into: Cluster, gone: Cluster) -> None:
    """Move all that a cluster holds into another: they are connected from now on."""
    into.records = {**into.records, **gone.records}
    into.first_seen = {**into.first_seen, **gone.first_seen}
    into.cases = {**into.cases, **gone.cases}
    into.gaps = {**into.gaps, **gone.gaps}
    into.flags = [*into.flags, *gone.flags]
    into.parked = [*into.parked, *gone.parked]
    into.identity = Identity(
        children={**into.identity.children, **gone.identity.children},
        anchors={**into.identity.anchors, **gone.identity.anchors},
        births={**into.identity.births, **gone.identity.births},
        reviews=(*into.identity.reviews, *gone.identity.reviews),
        doubtful=into.identity.doubtful | gone.identity.doubtful,
    )


def _repeat(cluster: Cluster, event: Event, old: Event) -> None:
    """Note the batch that repeated a record, so that its snapshot does not miss it."""
    if event.batch is not None and event.batch != old.batch:
        again = msgspec.structs.replace(old, batch=event.batch)
        cluster.records = {**cluster.records, event.record: again}


def _flag(cluster: Cluster, event: Event, old: Event | None) -> None:
    """Flag what contradicts: one revision, or one event id, with two contents."""
    if old is None or old.digest == event.digest or event.retracted != old.retracted:
        return
    if event.event_id == old.event_id:
        reason = "one-event-id-two-contents"
    elif event.revision == old.revision:
        reason = "one-revision-two-contents"
    else:
        return
    review = Review("contradiction", event.record, event.event_id, reason, event.kappa)
    same = msgspec.structs.replace(review, kappa=0)
    if not any(msgspec.structs.replace(flag, kappa=0) == same for flag in cluster.flags):
        cluster.flags = [*cluster.flags, review]


def _close_gaps(cluster: Cluster, event: Event) -> None:
    if cluster.gaps:
        kept = {at: gap for at, gap in cluster.gaps.items() if gap.record != event.record}
        cluster.gaps = kept
