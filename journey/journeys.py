"""Children kept at hand, so that one more fact does not mean looking at all of them again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from datetime import date

from journey.calendars import Calendars
from journey.child import Journey, journey_of
from journey.cluster import Cluster
from journey.duties.duty import Case
from journey.events import Event, Identifier
from journey.identity import DECISIONS, Identity, links
from journey.rulebook import Rulebook

Mark = Identifier | date
MOST = 20_000
"""How many facts are kept at hand; beyond that the children seen longest ago are built afresh."""


class AtHand:
    """A child kept at hand.

    calendars: those by which all duties were asked last, None where that is not known.
    rules: those by which they were, None where that is not known.
    settled: by duty id, the cases that its cluster's case states were last settled with.
    """

    __slots__ = ("calendars", "journey", "rules", "settled")

    def __init__(
        self,
        journey: Journey,
        calendars: Calendars | None = None,
        rules: Rulebook | None = None,
    ) -> None:
        """Take the journey; nothing is known of what was settled."""
        self.journey = journey
        self.calendars = calendars
        self.rules = rules
        self.settled: dict[str, tuple[Case, ...]] = {}


class _Kept:
    __slots__ = ("children", "facts", "last", "supported")

    def __init__(self) -> None:
        self.facts = 0
        self.children: dict[str, AtHand] = {}
        self.supported: dict[str, frozenset[Mark]] = {}
        self.last: dict[str, Event] = {}


class Journeys:
    """The children of clusters seen lately, and what their leaves' records support."""

    def __init__(self, most: int = MOST) -> None:
        """Start with none; about ``most`` facts are kept."""
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._facts = 0
        self._most = most

    def forget(self, cluster: Cluster) -> None:
        """Drop what is kept of a cluster: its identity changed."""
        self.let_go((cluster.la, cluster.id))

    def let_go(self, place: tuple[str, str]) -> None:
        """Drop what is kept of the cluster of this authority and id."""
        kept = self._kept.pop(place, None)
        if kept is not None:
            self._facts -= kept.facts

    def adds_nothing(self, cluster: Cluster, event: Event) -> bool:
        """Return True where a new record supports no leaf, edge or birth that does not stand.

        Edges are taken in order, so an edge that stands must not stand earlier for it either: of
        records known at the same moment the id decides, and this one's may be the smaller.
        """
        leaf = event.leaf
        if event.retracted or leaf not in cluster.identity.children:
            return False
        kept = self._of(cluster)
        last = kept.last.get(leaf)
        if last is None or not _says_the_same(last, event) or not _comes_after(event, last):
            if not marks(event) <= _supported(kept, cluster, leaf):
                return False
            if not _changes_no_order(cluster, event):
                return False
            kept.last[leaf] = event
        return True

    def only_corrects(
        self, cluster: Cluster, old: Event, event: Event, calendars: Calendars
    ) -> bool:
        """Return True where another revision leaves identity, and all but its own type, as it is.

        It differs in its moment at least. The order of edges decides nothing where each was
        taken, nobody decided otherwise, and one leaf has one date of birth.
        """
        child = cluster.identity.children.get(event.leaf)
        kept = self._of(cluster)
        if child is None or (at_hand := kept.children.get(child)) is None:
            return False
        return (
            at_hand.calendars is calendars
            and _of_one_kind(old, event)
            and not cluster.identity.reviews
            and not any(one.type in DECISIONS for one in cluster.records.values())
            and len([m for m in _supported(kept, cluster, event.leaf) if isinstance(m, date)]) < 2
        )

    def corrected(self, cluster: Cluster, old: Event, event: Event) -> AtHand:
        """Return the child at hand with another revision of one of its facts."""
        found = self._of(cluster).children[cluster.identity.children[event.leaf]]
        found.journey.with_other(old, event)
        return found

    def after(self, cluster: Cluster, event: Event) -> AtHand:
        """Return the child with one more fact of its own, which is not in the cluster yet."""
        kept, child = self._of(cluster), cluster.identity.children[event.leaf]
        found = kept.children.get(child)
        if found is None:
            found = kept.children[child] = AtHand(
                built(child, cluster.identity, cluster.records.values())
            )
            self._count(kept, sum(map(len, found.journey.facts.values())))
        found.journey.with_one_more(event)
        self._count(kept, 1)
        return found

    def of(self, cluster: Cluster, child: str) -> AtHand | None:
        """Return the child if it is at hand; it is its journey in the records of the cluster."""
        kept = self._kept.get((cluster.la, cluster.id))
        return None if kept is None else kept.children.get(child)

    def keep(self, cluster: Cluster, child: str, at_hand: AtHand) -> None:
        """Keep a child, of which every duty was asked, in the place of what was kept of it."""
        kept = self._of(cluster)
        kept.children[child] = at_hand
        self._count(kept, sum(map(len, at_hand.journey.facts.values())))

    def _count(self, kept: _Kept, facts: int) -> None:
        kept.facts += facts
        self._facts += facts

    def _of(self, cluster: Cluster) -> _Kept:
        place = (cluster.la, cluster.id)
        kept = self._kept.get(place)
        if kept is None:
            kept = self._kept[place] = _Kept()
        else:
            self._kept.move_to_end(place)
        while self._facts >= self._most and len(self._kept) > 1:
            self.let_go(next(iter(self._kept)))
        return kept


def marks(event: Event) -> frozenset[Mark]:
    """Return what an event says of who the child is: linking identifiers, date of birth."""
    linking = filter(links, event.identifiers)
    if event.date_of_birth is None:
        return frozenset(linking)
    return frozenset((*linking, event.date_of_birth))


def built(child: str, identity: Identity, records: Iterable[Event]) -> Journey:
    """Return the child's journey in these records of its cluster."""
    leaves = identity.leaves_of(child)
    mine = (event for event in records if event.leaf in leaves)
    return journey_of(child, identity.anchors[child], identity.births.get(child), mine)


def _says_the_same(last: Event, event: Event) -> bool:
    return last.identifiers == event.identifiers and last.date_of_birth == event.date_of_birth


def _comes_after(event: Event, other: Event) -> bool:
    return (event.kappa, event.event_id) > (other.kappa, other.event_id)


def _changes_no_order(cluster: Cluster, event: Event) -> bool:
    """Return whether all that an event says of its leaf was said before it, one birth at most.

    Of two dates of birth the latest told wins, so telling the older one again changes it.
    """
    earlier = [
        marks(one)
        for one in cluster.records.values()
        if one.leaf == event.leaf and not one.retracted and _comes_after(event, one)
    ]
    said = frozenset[Mark]().union(*earlier)
    return marks(event) <= said and sum(isinstance(mark, date) for mark in said) < 2


def _of_one_kind(old: Event, event: Event) -> bool:
    """Return whether two standing revisions are of one type, one leaf and one source."""
    return (
        not (old.retracted or event.retracted)
        and (old.type, old.leaf, old.source, old.own_id)
        == (event.type, event.leaf, event.source, event.own_id)
        and _says_the_same(old, event)
    )


def _supported(kept: _Kept, cluster: Cluster, leaf: str) -> frozenset[Mark]:
    """Return the identifiers and births that the leaf's standing records support."""
    found = kept.supported.get(leaf)
    if found is None:
        standing = [e for e in cluster.records.values() if e.leaf == leaf and not e.retracted]
        found = kept.supported[leaf] = frozenset().union(*map(marks, standing))
    return found
