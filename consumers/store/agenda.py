"""When each case is to be looked at: the near future in memory, the rest in PostgreSQL."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from consumers.store.packed import Packed
from journey.cluster import CaseState, Cluster
from journey.shelf import Due
from journey.waits import Wait, Waits, waits, waits_of

CHUNK = 2_000


class Wish(NamedTuple):
    """When a case is to be looked at (ms UTC, or None), and whether it waits for a source.

    days: what has to be complete to when; empty where nobody watches or nothing is waited for.
    """

    wake: int | None
    waiting: bool
    days: tuple[Wait, ...] = ()


class Stored(Protocol):
    """The agenda as PostgreSQL holds it, for one partition."""

    def after(self, wake: int, alert_id: str, limit: int) -> list[Due]:
        """Return the next moments after this one, in order."""


Key = tuple[str, str]
_START = (-1, "")


class Agenda:
    """The moments of one partition's cases.

    Up to ``_window`` every stored moment is in memory too; what is changed in memory counts
    before what is stored, until ``written`` says that both are the same.
    """

    def __init__(self, stored: Stored, most: int) -> None:
        """Start with nothing in memory, and keep at most about ``most`` moments there."""
        self._stored = stored
        self._most = most
        self._chunk = min(CHUNK, most // 2)
        self._heap: list[Due] = []
        self._standing: dict[Key, Due] = {}
        self._window: tuple[int, str] = _START
        self._whole = False
        self._waits: dict[str, Waits] = {}
        self.changed: dict[Key, tuple[Wish, str] | None] = {}

    def note(self, cluster: Cluster, before: Mapping[str, Wish]) -> dict[str, Wish]:
        """Take in the cluster's cases and return their wishes; ``before`` are those noted last."""
        wishes = wishes_of(cluster)
        if wishes != before:
            for alert_id in before.keys() - wishes.keys():
                self._drop(cluster.la, alert_id)
            for alert_id, wish in wishes.items():
                if before.get(alert_id) != wish:
                    self._set(cluster, alert_id, wish)
        return wishes

    def renew(self, cluster: Cluster, wishes: dict[str, Wish], cases: Iterable[str]) -> None:
        """Take in these of the cluster's cases, and change what was noted last, ``wishes``."""
        for alert_id in cases:
            before, now = wishes.get(alert_id), wish_of(cluster.cases.get(alert_id))
            if now == before:
                continue
            if now is None:
                del wishes[alert_id]
                self._drop(cluster.la, alert_id)
            else:
                wishes[alert_id] = now
                self._set(cluster, alert_id, now)

    def drop(self, la: str, alert_ids: Iterable[str]) -> None:
        """Drop the moments of a cluster that was absorbed: its heir notes them as its own."""
        for alert_id in alert_ids:
            self._drop(la, alert_id)

    def first(self) -> Due | None:
        """Return the first moment of all."""
        while True:
            while self._heap and not self._stands(self._heap[0]):
                heapq.heappop(self._heap)
            if self._heap and (self._whole or self._heap[0][:2] <= self._window):
                return self._heap[0]
            if self._whole:
                return None
            self._load()

    def soon(self, count: int, until: int) -> list[Due]:
        """Return some of the moments that come first, up to ``until`` (ms UTC)."""
        found: list[Due] = []
        while self._heap and len(found) < count and self._heap[0].wake <= until:
            found.append(heapq.heappop(self._heap))
        for due in found:
            heapq.heappush(self._heap, due)
        return [due for due in found if self._stands(due)]

    def waits(self, la: str) -> Waits | None:
        """Return what cases of the LA wait for; None where that was never looked up."""
        return self._waits.get(la)

    def look_up_waits(self, la: str) -> Waits:
        """Return what cases of the LA wait for, empty: what is stored is to be added to it."""
        found = self._waits[la] = Waits(Packed)
        return found

    def written(self) -> None:
        """Note that every change is stored; let the far future go where there is too much."""
        self.changed = {}
        if len(self._standing) > self._most:
            self._heap = heapq.nsmallest(self._most // 2, self._standing.values())
            self._standing = {(due.la, due.alert_id): due for due in self._heap}
            # Beyond the old window not all was in memory, so the new one cannot reach further.
            last = self._heap[-1][:2]
            self._window = last if self._whole else min(last, self._window)
            self._whole = False
        elif len(self._heap) > len(self._standing) + self._chunk:
            self._heap = sorted(self._standing.values())

    def _set(self, cluster: Cluster, alert_id: str, wish: Wish) -> None:
        key = (cluster.la, alert_id)
        self.changed[key] = (wish, cluster.id)
        if wish.wake is None:
            self._standing.pop(key, None)
        else:
            self._stand(Due(wish.wake, alert_id, cluster.la, cluster.id))
        if wish.days and (known := self._waits.get(cluster.la)) is not None:
            for wait in wish.days:
                known.add(wait, cluster.id)

    def _drop(self, la: str, alert_id: str) -> None:
        self.changed[la, alert_id] = None
        self._standing.pop((la, alert_id), None)

    def _stand(self, due: Due) -> None:
        self._standing[due.la, due.alert_id] = due
        heapq.heappush(self._heap, due)

    def _stands(self, due: Due) -> bool:
        return self._standing.get((due.la, due.alert_id)) == due

    def _load(self) -> None:
        chunk = self._stored.after(*self._window, self._chunk)
        for due in chunk:
            key = (due.la, due.alert_id)
            if key not in self.changed and self._standing.get(key) != due:
                self._stand(due)
        self._whole = len(chunk) < self._chunk
        if chunk:
            self._window = chunk[-1][:2]


def wishes_of(cluster: Cluster) -> dict[str, Wish]:
    """Return when each case of the cluster is to be looked at, where it is at all."""
    found = ((alert_id, wish_of(state)) for alert_id, state in cluster.cases.items())
    return {alert_id: wish for alert_id, wish in found if wish is not None}


def wish_of(state: CaseState | None) -> Wish | None:
    """Return when a case is to be looked at; None where it is not, or is gone."""
    if state is None or not (state.wake is not None or waits(state)):
        return None
    return Wish(state.wake, waits(state), waits_of(state))
