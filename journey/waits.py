"""What cases wait for, in order: found without looking at those that go on waiting."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple, Protocol

from journey.cluster import CaseState, Stage
from journey.moments import deadline

Reach = Callable[[str, str], int | None]
"""Returns until when (ms UTC) every source is complete that could hold what a duty, as the rules
of this name have it, asks for; None where nobody who joined could. It takes duty and rules."""


class Wait(NamedTuple):
    """That the sources which a duty asks, as rules of this name have it, are complete to a day.

    Cases that wait for the same are released together, whatever else they differ in.
    """

    duty: str
    rules: str
    due: date


def waits(state: CaseState) -> bool:
    """Return whether the case waits for a source."""
    return state.waiting and state.stage is not Stage.CLOSED


def waits_of(state: CaseState) -> tuple[Wait, ...]:
    """Return the days that sources have to be complete to before the case may be told.

    Of one that is owed and has warning days that is the last day before them, or the due day, as
    the moment may be. None where it waits for no source, or for one to join: nobody watches it.
    """
    is_owed = state.stage in (Stage.PENDING, Stage.WARNED)
    if not waits(state) or (state.wake is None and is_owed):
        return ()
    wait = Wait(state.duty, state.case.rules, state.case.due)
    if state.stage is Stage.PENDING and state.case.warns_on is not None:
        return (wait._replace(due=state.case.warns_on), wait)
    return (wait,)


class Clusters(Protocol):
    """Ids of clusters, which may come more than once."""

    def add(self, cluster: str, /) -> None:
        """Take one in."""

    def __iter__(self) -> Iterator[str]:
        """Yield them."""


class Waits:
    """The clusters of one local authority by what their cases wait for.

    What is added is found once, when it is released: who goes on waiting is to be added again. What
    waits no more is not taken out, so whoever is found may have nothing to be released.
    """

    def __init__(self, clusters: Callable[[], Clusters] = set[str]) -> None:
        """Start with none; ``clusters`` makes what is kept for each day of each duty."""
        self._make = clusters
        self._days: dict[tuple[str, str], list[date]] = {}
        self._clusters: dict[Wait, Clusters] = {}

    def add(self, wait: Wait, cluster: str) -> None:
        """Note that a case of the cluster waits for this."""
        found = self._clusters.get(wait)
        if found is None:
            found = self._clusters[wait] = self._make()
            heapq.heappush(self._days.setdefault(wait[:2], []), wait.due)
        found.add(cluster)

    def release(self, reach: Reach) -> Iterator[list[str]]:
        """Yield the clusters of each day that is reached, in order, and know them no more.

        Whoever is added again meanwhile is not found again.
        """
        for rule in sorted(self._days):
            for clusters in self._reached(rule, reach(*rule)):
                yield sorted(set(clusters))

    def _reached(self, rule: tuple[str, str], until: int | None) -> list[Clusters]:
        days, found = self._days[rule], list[Clusters]()
        while days and until is not None and deadline(days[0]) <= until:
            found.append(self._clusters.pop(Wait(*rule, heapq.heappop(days))))
        if not days:
            del self._days[rule]
        return found
