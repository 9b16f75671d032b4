"""An order to take again what was parked, and the end of a snapshot, where records may wait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from typing import NamedTuple

import msgspec

from journey.calendars import Calendars
from journey.cluster import Cluster, Parked, nodes_of
from journey.events import Event
from journey.facts import FactResult, Facts, Taken
from journey.identity import Review
from journey.parking import Arrival, close, is_in_scope, let_wait, lift, park
from journey.settling import Change
from journey.shelf import Authority, Scoped, Shelf
from journey.sources import hold_back

LOSS_THAT_WAITS = 0.2
"""A snapshot that loses more of its scope than this waits for a person (our own default)."""

LOST_TOO_MUCH, UNREADABLE_ROWS = "lost-too-much", "unreadable-rows"
"""Why a snapshot took nothing back."""


class Redriven(NamedTuple):
    """A record that waited and waits no more.

    result: None where its child was erased meanwhile, or where it is the end of a snapshot.
    leaf: the one to keep it under; empty where it is about no child.
    """

    parked: Parked
    result: FactResult | None
    leaf: str


class Step(NamedTuple):
    """One thing done: what is to be told of which cluster, and which record it redrove."""

    cluster: Cluster
    changes: list[Change]
    redriven: Redriven | None = None


def redrive(shelf: Shelf, facts: Facts, order: Event, calendars: Calendars) -> Iterator[Step]:
    """Take the records of a parked child again, in order, until one cannot be taken."""
    found = shelf.find(order.la, nodes_of(order))
    if order.retracted or not found:
        return
    cluster = found[0]
    waiting = lift(cluster)
    shelf.file(cluster)
    while waiting:
        one = waiting[0]
        leaf = _kept_under(shelf, one)
        arrival = one.event and Arrival(one.event, order.kappa, one.position, one)
        steps = _again(shelf, facts, arrival, calendars, cluster) if arrival else []
        result = None
        for taken in steps:
            cluster, result = taken.cluster, taken.result
            yield Step(cluster, taken.changes)
        waiting = waiting[1:]
        if result is FactResult.PARKED:
            let_wait(cluster, waiting)
            shelf.file(cluster)
            return
        changes = close(cluster, one, order)
        shelf.file(cluster)
        ended = one.event is None or one.event.agency == "source"
        yield Step(cluster, changes, Redriven(one, None if ended else result, leaf))


def _again(
    shelf: Shelf, facts: Facts, arrival: Arrival, calendars: Calendars, cluster: Cluster
) -> Iterator[Taken]:
    event = arrival.event
    if event.agency != "source":
        yield facts.take(event, calendars, nodes_of(event), arrival)
        return
    batch = event.text("batch_id") or ""
    for old in _standing(cluster, event.source, event.text("batch_scope") or ""):
        if old.batch != batch:
            gone = _gone(old, event, batch, arrival.at)
            taken = facts.take(gone, calendars, nodes_of(gone), arrival)
            yield taken
            if taken.result is FactResult.PARKED:
                return


def _standing(cluster: Cluster, source: str, scope: str) -> list[Event]:
    found = (e for e in cluster.records.values() if e.source == source and e.scope == scope)
    return sorted((e for e in found if not e.retracted), key=lambda e: e.record)


def _kept_under(shelf: Shelf, one: Parked) -> str:
    """Return the leaf to keep it under: a retraction need not say whom it is about."""
    event = one.event
    if event is None or not event.retracted or event.identifiers:
        return one.leaf
    for cluster in shelf.find(event.la, [event.record]):
        old = cluster.records.get(event.record)
        return old.leaf if old and one.leaf else one.leaf
    return one.leaf


def end_snapshot(
    shelf: Shelf, facts: Facts, ended: Event, scope: str, calendars: Calendars, position: int
) -> Iterator[Step]:
    """Retract what a complete snapshot no longer holds, unless it lost too much.

    One of which rows could not be read takes nothing back: what it seems to lack may be in them.
    Where records of a child wait, the end waits behind them: they may repeat what seems lost.
    """
    batch = ended.text("batch_id") or ""
    authority = shelf.authority(ended.la)
    standing = list(shelf.scoped(ended.la, ended.source, scope))
    lost = [one for one in standing if one.batch != batch]
    why_not = _why_not(ended, lost, standing)
    hold_back(authority.sources[ended.source], scope, why_not)
    shelf.file_authority(authority)
    if why_not:
        return _for_a_person(shelf, authority, ended, why_not)
    arrival = Arrival(_with_scope(ended, scope), ended.kappa, position)
    waiting = set(shelf.parked(ended.la))
    _lay(shelf, ended, (one for one in lost if not one.cluster))
    for name in sorted(waiting):
        cluster = shelf.get(ended.la, name)
        if is_in_scope(cluster, ended.source, scope):
            park(shelf, cluster, ended, arrival, "")
            shelf.file(cluster)
    for one in sorted(lost):
        if one.cluster and one.cluster not in waiting:
            old = shelf.get(ended.la, one.cluster).records[one.record]
            gone = _gone(old, ended, batch, ended.kappa)
            taken = facts.take(gone, calendars, nodes_of(gone), arrival)
            yield Step(taken.cluster, taken.changes)


def _lay(shelf: Shelf, ended: Event, lost: Iterable[Scoped]) -> None:
    """Let ghosts that a snapshot no longer holds stand no more, as if they could be read."""
    batch = ended.text("batch_id") or ""
    for one in lost:
        ghost = shelf.ghost(ended.la, one.record)
        if ghost is not None:
            gone = {"retracted": True, "batch": batch, "kappa": ended.kappa}
            shelf.file_ghost(msgspec.structs.replace(ghost, **gone))


def _why_not(ended: Event, lost: Sized, standing: Sized) -> str:
    """Return why a snapshot takes nothing back; empty where it may."""
    if len(lost) > LOSS_THAT_WAITS * len(standing):
        return LOST_TOO_MUCH
    return UNREADABLE_ROWS if lost and ended.number("unreadable_rows") else ""


def _for_a_person(shelf: Shelf, authority: Authority, ended: Event, reason: str) -> None:
    batch = ended.text("batch_id") or ""
    review = Review("snapshot-loss", ended.record, batch, reason, ended.kappa)
    authority.reviews = [*authority.reviews, review]
    shelf.file_authority(authority)


def _with_scope(ended: Event, scope: str) -> Event:
    """Return the end of a snapshot with its scope, which only its beginning is sure to name."""
    return msgspec.structs.replace(ended, data={**ended.data, "batch_scope": scope})


def _gone(old: Event, ended: Event, batch: str, at: int) -> Event:
    return msgspec.structs.replace(
        old, retracted=True, kappa=at, batch=batch, event_id=ended.event_id
    )
