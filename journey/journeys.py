"""Journeys kept at hand, so that one more fact does not mean sorting all of them again."""

from __future__ import annotations

from datetime import date

from journey.child import Journey, journey_of
from journey.cluster import Cluster
from journey.events import Event, Identifier
from journey.identity import Identity, links

Mark = Identifier | date
MOST = 20_000
"""How many clusters are kept at hand; beyond that all are built afresh when next needed."""


class _AtHand:
    __slots__ = ("journeys", "supported")

    def __init__(self) -> None:
        self.journeys: dict[str, Journey] = {}
        self.supported: dict[str, frozenset[Mark]] = {}


class Journeys:
    """The journeys of clusters seen lately, and what their leaves' records support."""

    def __init__(self) -> None:
        """Start with none."""
        self._kept: dict[tuple[str, str], _AtHand] = {}

    def forget(self, cluster: Cluster) -> None:
        """Drop what is kept of a cluster: its identity changed."""
        self._kept.pop((cluster.la, cluster.id), None)

    def supported(self, cluster: Cluster, leaf: str) -> frozenset[Mark]:
        """Return the identifiers and births that the leaf's standing records support."""
        at_hand = self._at_hand(cluster)
        found = at_hand.supported.get(leaf)
        if found is None:
            standing = [e for e in cluster.records.values() if e.leaf == leaf and not e.retracted]
            found = at_hand.supported[leaf] = frozenset().union(*map(marks, standing))
        return found

    def after(
        self,
        cluster: Cluster,
        child: str,
        identity: Identity,
        records: dict[str, Event],
        event: Event,
    ) -> Journey:
        """Return the child's journey in these records; one kept at hand lacks only the event."""
        at_hand = self._at_hand(cluster)
        journey = at_hand.journeys.get(child)
        if journey is None:
            journey = at_hand.journeys[child] = _built(child, identity, records)
        elif identity.children.get(event.leaf) == child:
            journey.with_one_more(event)
        return journey

    def _at_hand(self, cluster: Cluster) -> _AtHand:
        at_hand = self._kept.get((cluster.la, cluster.id))
        if at_hand is None:
            if len(self._kept) >= MOST:
                self._kept.clear()
            at_hand = self._kept[cluster.la, cluster.id] = _AtHand()
        return at_hand


def marks(event: Event) -> frozenset[Mark]:
    """Return what an event says of who the child is: linking identifiers, date of birth."""
    linking = filter(links, event.identifiers)
    if event.date_of_birth is None:
        return frozenset(linking)
    return frozenset((*linking, event.date_of_birth))


def _built(child: str, identity: Identity, records: dict[str, Event]) -> Journey:
    leaves = identity.leaves_of(child)
    mine = (event for event in records.values() if event.leaf in leaves)
    return journey_of(child, identity.anchors[child], identity.births.get(child), mine)
