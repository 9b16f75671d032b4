"""Where the machine keeps its clusters: a port, and the memory that serves tests and replay."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple, Protocol

import msgspec

from journey.calendars import Calendars
from journey.cluster import CaseState, Cluster
from journey.events import Event
from journey.ghost import Ghost
from journey.identity import Review
from journey.rulebook import Published
from journey.sources import Source
from journey.volumes import Volumes
from journey.waits import Reach, Waits, waits, waits_of


class Authority(msgspec.Struct, kw_only=True):
    """What is known of one local authority as a whole.

    chain: the last value of the LA's hash chain of transitions.
    calendar_records: winning revisions of school calendars, by record.
    agreement_records: every version of every data-sharing agreement, by event id.
    silences: open alerts on silent sources, by source id.
    reviews: what a person has to look at that is about no single child.
    parked: how many records were ever parked.
    rule_sets: every rule set that it published, in the order in which they became known.
    erased: leaves of erased children: what still comes of them is not read.
    held: leaves of children who may not be erased.
    volumes: how much came, by source id.
    attended: since when (ms UTC) people work with its alerts here; 0 where nobody ever has.
    """

    la: str
    sources: dict[str, Source] = {}
    calendar_records: dict[str, Event] = {}
    agreement_records: dict[str, Event] = {}
    silences: dict[str, CaseState] = {}
    reviews: list[Review] = []
    parked: int = 0
    chain: str = ""
    rule_sets: list[Published] = []
    erased: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    volumes: dict[str, Volumes] = {}
    attended: int = 0

    def count(self, source: str, kappa: int, refused_for: str = "") -> None:
        """Count a record of this source about a child; refused for this reason, if it was."""
        volumes = self.volumes.get(source)
        if volumes is None:
            volumes = self.volumes[source] = Volumes()
        volumes.count(kappa, refused_for)


class Due(NamedTuple):
    """A moment (ms UTC) at which to look at a case; ordered by (moment, alert id)."""

    wake: int
    alert_id: str
    la: str
    cluster: str


class Scoped(NamedTuple):
    """A standing record of a snapshot's scope, and the batch that last repeated it.

    cluster: empty where the record is a ghost, which is in none.
    """

    record: str
    cluster: str
    batch: str | None


class Shelf(Protocol):
    """Clusters of one partition, found by node, by moment and by what they wait for.

    The machine changes clusters in place and then calls ``file``: nothing is kept before.
    """

    def authority(self, la: str) -> Authority:
        """Return the LA's state, empty where it is new."""

    def file_authority(self, authority: Authority) -> None:
        """Keep the LA's state."""

    def authorities(self) -> Iterable[Authority]:
        """Return the state of every LA of the partition."""

    def find(self, la: str, nodes: Iterable[str]) -> list[Cluster]:
        """Return the distinct clusters that hold any of these nodes, ordered by id."""

    def get(self, la: str, cluster: str) -> Cluster:
        """Return the cluster of this id."""

    def file(
        self, cluster: Cluster, nodes: Iterable[str] = (), cases: Collection[str] | None = None
    ) -> None:
        """Keep the cluster, its cases' moments, and these nodes as its own.

        A record of the cluster that is new or was changed must be among the nodes.
        cases: alert ids of all cases that are new, changed or gone; None where any may be.
        """

    def absorb(self, into: Cluster, gone: Cluster) -> None:
        """Forget a cluster whose content was moved: its nodes and moments are ``into``'s."""

    def remove(self, cluster: Cluster) -> None:
        """Forget a cluster with all that it holds, its nodes and its moments."""

    def next_due(self) -> Due | None:
        """Return the first moment that any case is to be looked at."""

    def waiting(self, la: str, reach: Reach | None) -> Iterable[str]:
        """Return the clusters of the LA with a case that waits for what ``reach`` says is come.

        reach: None for every case that waits, for a source to join too. Each must be got, and where
        it changes filed, before the next is asked for. There may be others among them: whoever
        asks looks at the cases.
        """

    def scoped(self, la: str, source: str, scope: str) -> Iterable[Scoped]:
        """Return the standing records of a snapshot's scope, ghosts among them."""

    def parked(self, la: str) -> Iterable[str]:
        """Return the clusters of the LA of which anything is parked, in order."""

    def ghost(self, la: str, record: str) -> Ghost | None:
        """Return the ghost that stands for this record, if one does."""

    def file_ghost(self, ghost: Ghost) -> None:
        """Keep the ghost, in the place of any other of its record."""

    def drop_ghost(self, la: str, record: str) -> None:
        """Let no ghost stand for this record any more."""

    def since(self, la: str, day: date) -> Iterable[str]:
        """Return the clusters of the LA with a record of what occurred on or after a day, in order.

        There may be others among them: whoever asks looks at the records.
        """

    def schooled(self, la: str, school: str) -> Iterable[str]:
        """Return the clusters of the LA with a record that names a school or provider, in order.

        There may be others among them: whoever asks looks at the records.
        """


def calendars_of(authority: Authority) -> Calendars:
    """Return the school calendars in force for this LA.

    Of two records of one school and year the later revision stands.
    """
    calendars = Calendars.default()
    for event in sorted(authority.calendar_records.values(), key=_later_last):
        if not event.retracted:
            calendars = calendars.with_published(event.data)
    return calendars


def _later_last(event: Event) -> tuple[int, str, str]:
    """Sort key of calendars; those of older publishers have the order that they always had."""
    if not event.flag("counts_again"):
        return (-1, "", event.record)
    return (max(event.revision, 0), event.event_id, event.record)


class MemoryShelf:
    """The shelf in memory: complete, unbounded, for tests, replay and what-if."""

    def __init__(self) -> None:
        """Start empty."""
        self._authorities: dict[str, Authority] = {}
        self._nodes: dict[tuple[str, str], str] = {}
        self._clusters: dict[tuple[str, str], Cluster] = {}
        self._held: dict[tuple[str, str], set[str]] = {}
        self._heap: list[Due] = []
        self._queued: dict[tuple[str, str], int] = {}
        self._waiting: dict[str, set[str]] = {}
        self._waits: dict[str, Waits] = {}
        self._ghosts: dict[tuple[str, str], Ghost] = {}
        self._schools: dict[tuple[str, str], set[str]] = {}

    def authority(self, la: str) -> Authority:
        """Return the LA's state, empty where it is new."""
        found = self._authorities.get(la)
        if found is None:
            found = self._authorities[la] = Authority(la=la)
        return found

    def file_authority(self, authority: Authority) -> None:
        """Keep the LA's state."""
        self._authorities[authority.la] = authority

    def authorities(self) -> Iterable[Authority]:
        """Return the state of every LA."""
        return self._authorities.values()

    def find(self, la: str, nodes: Iterable[str]) -> list[Cluster]:
        """Return the distinct clusters that hold any of these nodes, ordered by id."""
        found = {self._nodes[la, node] for node in nodes if (la, node) in self._nodes}
        return [self._clusters[la, cluster] for cluster in sorted(found)]

    def get(self, la: str, cluster: str) -> Cluster:
        """Return the cluster of this id."""
        return self._clusters[la, cluster]

    def file(
        self, cluster: Cluster, nodes: Iterable[str] = (), cases: Collection[str] | None = None
    ) -> None:
        """Keep the cluster, its cases' moments, and these nodes as its own."""
        nodes = tuple(nodes)
        self._clusters[cluster.la, cluster.id] = cluster
        self._hold(cluster, nodes)
        self._note_schools(cluster, (cluster.records[n] for n in nodes if n in cluster.records))
        changed = cluster.cases
        if cases is not None:
            changed = {name: cluster.cases[name] for name in cases if name in cluster.cases}
        self._note_waiting(cluster, changed)
        for alert_id, state in changed.items():
            if state.wake is not None and self._queued.get((alert_id, cluster.id)) != state.wake:
                self._queued[alert_id, cluster.id] = state.wake
                heapq.heappush(self._heap, Due(state.wake, alert_id, cluster.la, cluster.id))

    def _hold(self, cluster: Cluster, nodes: Iterable[str]) -> None:
        held = self._held.setdefault((cluster.la, cluster.id), set())
        for node in nodes:
            held.add(node)
            self._nodes[cluster.la, node] = cluster.id

    def _note_schools(self, cluster: Cluster, records: Iterable[Event]) -> None:
        for event in records:
            for school in event.schools:
                self._schools.setdefault((cluster.la, school), set()).add(cluster.id)

    def absorb(self, into: Cluster, gone: Cluster) -> None:
        """Forget a cluster whose content was moved: its nodes and moments are ``into``'s."""
        self._note_schools(into, gone.records.values())
        del self._clusters[gone.la, gone.id]
        self._waiting.get(gone.la, set()).discard(gone.id)
        self._hold(into, self._held.pop((gone.la, gone.id), set()))

    def remove(self, cluster: Cluster) -> None:
        """Forget a cluster with all that it holds, its nodes and its moments."""
        place = (cluster.la, cluster.id)
        del self._clusters[place]
        self._waiting.get(cluster.la, set()).discard(cluster.id)
        for node in self._held.pop(place, ()):
            self._nodes.pop((cluster.la, node), None)

    def next_due(self) -> Due | None:
        """Return the first moment that any case is to be looked at."""
        while self._heap and not self._stands(self._heap[0]):
            due = heapq.heappop(self._heap)
            if self._queued.get((due.alert_id, due.cluster)) == due.wake:
                del self._queued[due.alert_id, due.cluster]
        return self._heap[0] if self._heap else None

    def _stands(self, due: Due) -> bool:
        cluster = self._clusters.get((due.la, due.cluster))
        state = cluster.cases.get(due.alert_id) if cluster else None
        return state is not None and state.wake == due.wake

    def _note_waiting(self, cluster: Cluster, changed: Mapping[str, CaseState]) -> None:
        if changed is cluster.cases:
            self._waiting.get(cluster.la, set()).discard(cluster.id)
        for state in changed.values():
            if waits(state):
                self._waiting.setdefault(cluster.la, set()).add(cluster.id)
                for wait in waits_of(state):
                    self._waits.setdefault(cluster.la, Waits()).add(wait, cluster.id)

    def waiting(self, la: str, reach: Reach | None) -> Iterable[str]:
        """Return the clusters of the LA with a case that waits for what ``reach`` says is come."""
        if reach is None:
            return sorted(self._waiting.get(la, ()))
        return self._released(la, reach)

    def _released(self, la: str, reach: Reach) -> Iterator[str]:
        found = [name for day in self._waits.get(la, Waits()).release(reach) for name in day]
        for name in found:
            if (la, name) in self._clusters:
                yield name
                found_now = self._clusters[la, name]
                self._note_waiting(found_now, found_now.cases)

    def scoped(self, la: str, source: str, scope: str) -> Iterable[Scoped]:
        """Return the standing records of a snapshot's scope, ghosts among them."""
        found = [
            Scoped(event.record, cluster.id, event.batch)
            for cluster in self._clusters.values()
            if cluster.la == la
            for event in cluster.records.values()
            if not event.retracted and event.source == source and event.scope == scope
        ]
        ghosts = (one for one in self._ghosts.values() if one.la == la and not one.retracted)
        return found + [
            Scoped(one.record, "", one.batch)
            for one in ghosts
            if (one.source, one.scope) == (source, scope)
        ]

    def parked(self, la: str) -> Iterable[str]:
        """Return the clusters of the LA of which anything is parked, in order."""
        return sorted(one.id for one in self._clusters.values() if one.la == la and one.parked)

    def ghost(self, la: str, record: str) -> Ghost | None:
        """Return the ghost that stands for this record, if one does."""
        return self._ghosts.get((la, record))

    def file_ghost(self, ghost: Ghost) -> None:
        """Keep the ghost, in the place of any other of its record."""
        self._ghosts[ghost.la, ghost.record] = ghost

    def drop_ghost(self, la: str, record: str) -> None:
        """Let no ghost stand for this record any more."""
        self._ghosts.pop((la, record), None)

    def since(self, la: str, day: date) -> Iterable[str]:
        """Return the clusters of the LA with a record of what occurred on or after a day."""
        return sorted(
            one.id
            for one in self._clusters.values()
            if one.la == la and any(event.occurred_on >= day for event in one.records.values())
        )

    def schooled(self, la: str, school: str) -> Iterable[str]:
        """Return the clusters of the LA with a record that names a school or provider, in order."""
        found = self._schools.get((la, school), set())
        return sorted(name for name in found if (la, name) in self._clusters)
