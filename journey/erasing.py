"""An order to erase a child: its cluster goes, and ghosts stand where its records stood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from journey.cluster import Cluster
from journey.events import Event
from journey.facts import Facts
from journey.ghost import Ghost
from journey.shelf import Shelf


class Outcome(StrEnum):
    """What became of an order to erase a child."""

    DONE = "done"
    NOTHING = "nothing"
    SHARED = "shared"
    MOVED = "moved"
    HELD = "held"


class Erasing(NamedTuple):
    """What an order came to, and the cluster that went with it, where one did."""

    order: Event
    outcome: Outcome
    cluster: Cluster | None = None

    @property
    def subjects(self) -> frozenset[str]:
        """The leaf (or record) tokens whose keys sealed what was known of the child."""
        return self.leaves | (subjects_of(self.cluster) if self.cluster else frozenset())

    @property
    def leaves(self) -> frozenset[str]:
        """The leaf tokens that the order names."""
        return frozenset(self.order.data.get("leaves") or ())

    @property
    def alerts(self) -> list[str]:
        """The ids of the alerts that were told of the child."""
        cases = self.cluster.cases if self.cluster else {}
        return sorted(name for name, state in cases.items() if state.number)


def erase(shelf: Shelf, facts: Facts, order: Event) -> Erasing:
    """Erase the child of the order; changes nothing where it is held, or shares its records.

    Children who share a cluster go together, where the order names the leaves of all of them.

    What comes later of its leaves is a ghost, whether or not it can be read.
    """
    erasing = _found(shelf, order)
    if shelf.authority(order.la).held & erasing.subjects:
        return Erasing(order, Outcome.HELD)
    if order.retracted or erasing.outcome in (Outcome.SHARED, Outcome.MOVED):
        return erasing
    if erasing.cluster is not None:
        ghosts = _ghosts(shelf, erasing.cluster)
        facts.forget(erasing.cluster)
        shelf.remove(erasing.cluster)
        for ghost in ghosts:
            shelf.file_ghost(ghost)
    authority = shelf.authority(order.la)
    authority.erased = authority.erased | erasing.subjects
    shelf.file_authority(authority)
    return erasing


def hold(shelf: Shelf, decision: Event) -> None:
    """Hold the leaves that a decision names, or hold them no longer; the last decision counts."""
    if decision.retracted:
        return
    authority = shelf.authority(decision.la)
    leaves = frozenset(decision.data.get("leaves") or ())
    held = authority.held
    authority.held = held | leaves if decision.flag("held") else held - leaves
    shelf.file_authority(authority)


def _found(shelf: Shelf, order: Event) -> Erasing:
    named = Erasing(order, Outcome.NOTHING)
    clusters = shelf.find(order.la, sorted(named.leaves))
    if order.retracted or not clusters:
        return named
    children = {child for one in clusters for child in one.identity.anchors}
    if order.text("child") not in children:
        return Erasing(order, Outcome.MOVED)
    of_all = {leaf for one in clusters for leaf in one.identity.children} <= named.leaves
    if len(clusters) > 1 or (len(children) > 1 and not of_all):
        return Erasing(order, Outcome.SHARED)
    return Erasing(order, Outcome.DONE, clusters[0])


def subjects_of(cluster: Cluster) -> frozenset[str]:
    """Return the tokens whose keys seal anything of the cluster."""
    records = {event.leaf or event.record for event in cluster.records.values()}
    waiting = {one.event.leaf or one.record for one in cluster.parked if one.event}
    return frozenset((*cluster.first_seen, *records, *waiting))


def ghost_of(event: Event) -> Ghost:
    """Return what is left of an event when it is to be read no more."""
    return Ghost(
        la=event.la,
        source=event.source,
        record=event.record,
        kappa=event.kappa,
        revision=event.revision,
        retracted=event.retracted,
        scope=event.scope,
        batch=event.batch,
    )


def _ghosts(shelf: Shelf, cluster: Cluster) -> list[Ghost]:
    """Return the ghosts of all that the cluster holds; what waits counts as it would have."""
    standing = {record: ghost_of(event) for record, event in cluster.records.items()}
    for ghost in _waiting(cluster):
        known = standing.get(ghost.record)
        if known is None or ghost.rank > known.rank:
            standing[ghost.record] = ghost
    return [ghost for ghost in standing.values() if _wins(shelf, ghost)]


def _waiting(cluster: Cluster) -> Iterator[Ghost]:
    events: Iterable[Event | None] = (one.event for one in cluster.parked)
    return (ghost_of(one) for one in events if one is not None and one.agency != "source")


def _wins(shelf: Shelf, ghost: Ghost) -> bool:
    other = shelf.ghost(ghost.la, ghost.record)
    return other is None or ghost.rank > other.rank
