"""What the shelves of one process keep at hand, bounded together however many there are."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator

from consumers.store.changes import Held
from consumers.store.loading import Place
from journey.journeys import Journeys

MOST = 120_000
"""Records and cases of the clusters at hand."""
NODES = 40_000
"""Nodes of which it is known whose they are."""
MOMENTS = 64_000
"""Moments at which to look at a case."""
FEW, MANY = 8, 1_024
"""Clusters that are loaded at once."""
FEWEST = 1_000
"""Nodes, and moments, of each partition: with fewer a batch would ask for each of them anew."""


class Room:
    """The clusters at hand, those used longest ago first, and the children built of them.

    An authority is in one partition, so no two shelves keep the same cluster. With a cluster go
    the children that the core keeps at hand of it.
    """

    def __init__(self, shelves: int = 1, most: int | None = None) -> None:
        """Keep about ``most`` records and cases (120,000), of so many shelves together."""
        most = MOST if most is None else most
        self.journeys = Journeys(most)  # no fewer, or who is at hand would be built anew each time
        self.nodes = max(FEWEST, NODES // max(1, shelves))
        self.moments = max(FEWEST, MOMENTS // max(1, shelves))
        self._most = most
        self._spare = most // 4  # for what is loaded at once
        self._taken = 0
        self._held: OrderedDict[Place, Held] = OrderedDict()

    @property
    def is_crowded(self) -> bool:
        """Whether what is to be loaded finds no place any more."""
        return self._taken > self._most - self._spare

    @property
    def is_full(self) -> bool:
        """Whether what was only added to, and never loaded, leaves no place any more."""
        return self._taken > self._most + self._spare

    @property
    def together(self) -> int:
        """How many clusters to load at once: together about what ``let_go`` makes room for."""
        if not self._held:
            return MANY
        return max(FEW, min(MANY, self._spare * len(self._held) // max(1, self._taken)))

    def __contains__(self, place: Place) -> bool:
        """Return whether this cluster is at hand."""
        return place in self._held

    def __iter__(self) -> Iterator[Held]:
        """Yield what is at hand, that used longest ago first."""
        return iter(self._held.values())

    def get(self, place: Place) -> Held | None:
        """Return the cluster, used now, if it is at hand."""
        held = self._held.get(place)
        if held is not None:
            self._held.move_to_end(place)
        return held

    def keep(self, place: Place, held: Held) -> None:
        """Keep a cluster, or count anew what it holds."""
        self._held[place] = held
        size = held.size
        self._taken += size - held.counted
        held.counted = size

    def pop(self, place: Place) -> Held:
        """Keep a cluster no more, and return it."""
        held = self._held.pop(place)
        self._taken -= held.counted
        self.journeys.let_go(place)
        return held

    def let_go(self, must_stay: Callable[[Place], object]) -> None:
        """Let go of what was used longest ago and need not stay, until a quarter is free.

        Ask it when all is stored, and shortly before something is loaded: what was loaded together
        and is not used yet counts as used long ago.
        """
        taken, gone = self._taken, list[Place]()
        for place, held in self._held.items():
            if taken <= self._most - self._spare:
                break
            if not must_stay(place):
                gone.append(place)
                taken -= held.counted
        for place in gone:
            self.pop(place)
