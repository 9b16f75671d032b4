"""The shelf in PostgreSQL: clusters by node and by moment, held in memory while they are used."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import chain, islice

from consumers.store import loading
from consumers.store.agenda import Agenda
from consumers.store.agreements import KeptAgreements
from consumers.store.changes import Changes, Held
from consumers.store.ghosts import Ghosts
from consumers.store.loading import Connection, Place, StoredAgenda
from consumers.store.room import Room
from consumers.store.sealed import FactSeal
from consumers.store.writing import remove, write
from journey.cluster import Cluster
from journey.ghost import Ghost
from journey.shelf import Authority, Due, Scoped
from journey.waits import Reach, Waits, waits_of


class PostgresShelf:
    """Keeps the clusters of one partition (the port ``journey.shelf.Shelf``).

    Reads and writes happen in the transaction that is open on the connection; whoever opened
    it commits. After a rollback the shelf is worth nothing: make another.
    """

    def __init__(
        self, connection: Connection, partition: int, seal: FactSeal, room: Room | None = None
    ) -> None:
        """Work through this connection; keep clusters at hand in a room, which others may share."""
        self._connection = connection
        self._partition = partition
        self._seal = seal
        self._room = room or Room()
        self._agenda = Agenda(StoredAgenda(connection, partition), self._room.moments)
        self._changes = Changes()
        self._ghosts = Ghosts(connection, partition)
        self._agreements = KeptAgreements()
        self._nodes: dict[Place, str | None] = {}
        self._moved: dict[Place, str] = {}
        self._authorities = loading.authorities(connection, partition)
        self._coming: deque[Place] = deque()
        self._hints: deque[Place] = deque()
        self._until = 0

    def prefetch(self, nodes: Iterable[Place], until: int) -> None:
        """Look up at once whom the next records are about, so that they are loaded many at a time.

        nodes: in the order in which they will be asked for. until: the last moment (ms UTC) that
        these records reach.
        """
        self._until = until
        self._seal.forget()
        if len(self._nodes) > self._room.nodes:
            self._nodes, self._moved = {}, {}
        wanted = dict.fromkeys(nodes)
        self._ghosts.prefetch(wanted)
        self._look_up(wanted)
        found = ((la, self._nodes[la, node]) for la, node in wanted)
        known = (self._final(la, cluster) for la, cluster in found if cluster is not None)
        self._coming = deque(dict.fromkeys(known))

    def write(self) -> None:
        """Store every change, in the open transaction."""
        write(self._connection, self._seal, self._partition, self._changes, self._agenda.changed)
        self._agreements.keep(self._connection, self._changes.authorities.values())
        self._ghosts.write()
        self._agenda.written()
        self._changes = Changes()

    def leaf_of(self, la: str, record: str) -> str | None:
        """Return the leaf of the record's winning revision, if the record is known and so is it."""
        for cluster in self.find(la, [record]):
            event = cluster.records.get(record)
            return event.leaf if event else None
        return None

    # The port

    def authority(self, la: str) -> Authority:
        """Return the LA's state, empty where it is new."""
        return self._authorities.setdefault(la, Authority(la=la))

    def file_authority(self, authority: Authority) -> None:
        """Keep the LA's state."""
        self._authorities[authority.la] = self._changes.authorities[authority.la] = authority

    def authorities(self) -> Iterable[Authority]:
        """Return the state of every LA of the partition."""
        return self._authorities.values()

    def find(self, la: str, nodes: Iterable[str]) -> list[Cluster]:
        """Return the distinct clusters that hold any of these nodes, ordered by id."""
        places = [(la, node) for node in nodes]
        self._look_up(places)
        found = {self._final(la, c) for place in places if (c := self._nodes[place]) is not None}
        return self._brought(found)

    def get(self, la: str, cluster: str) -> Cluster:
        """Return the cluster of this id."""
        return self._brought({self._final(la, cluster)})[0]

    def file(
        self, cluster: Cluster, nodes: Iterable[str] = (), cases: Collection[str] | None = None
    ) -> None:
        """Keep the cluster, its cases' moments, and these nodes as its own.

        Of its records those are stored that are among the nodes, of its moments those of the cases.
        """
        place = (cluster.la, cluster.id)
        held = self._room.get(place) or Held(cluster, None)
        self._room.keep(place, held)
        if cases is None:
            held.wishes = self._agenda.note(cluster, held.wishes)
        else:
            self._agenda.renew(cluster, held.wishes, cases)
        self._changes.held[place] = held
        for node in nodes:
            key = (cluster.la, node)
            if node in cluster.records:
                held.changed.add(node)
            if self._nodes.get(key) != cluster.id:
                self._nodes[key] = self._changes.nodes[key] = cluster.id

    def absorb(self, into: Cluster, gone: Cluster) -> None:
        """Forget a cluster whose content was moved: its nodes and moments are ``into``'s."""
        place = (gone.la, gone.id)
        held = self._room.pop(place)
        self._changes.held.pop(place, None)
        self._agenda.drop(gone.la, held.wishes)
        heir = self._room.get((into.la, into.id))
        assert heir is not None, "what one call returns stays until the next"
        heir.inherit(held)
        self._moved[place] = self._changes.absorbed[place] = into.id

    def remove(self, cluster: Cluster) -> None:
        """Forget a cluster with all that it holds, its nodes and its moments."""
        self.write()
        held = self._room.pop((cluster.la, cluster.id))
        self._agenda.drop(cluster.la, held.wishes)
        remove(self._connection, cluster)
        self._nodes = {}

    def next_due(self) -> Due | None:
        """Return the first moment that any case is to be looked at."""
        return self._agenda.first()

    def waiting(self, la: str, reach: Reach | None) -> Iterable[str]:
        """Return the clusters of the LA with a case that waits for what ``reach`` says is come.

        All of them where that was never asked; from then on it is known without asking the store.
        """
        waits = self._agenda.waits(la)
        if reach is None or waits is None:
            return self._all_that_wait(la)
        return self._in_turn(la, waits, waits.release(reach))

    def _all_that_wait(self, la: str) -> Iterator[str]:
        self.write()
        waits = self._agenda.look_up_waits(la)
        yield from self._in_turn(la, waits, loading.waiting(self._connection, la))

    def _in_turn(self, la: str, waits: Waits, pages: Iterable[list[str]]) -> Iterator[str]:
        """Yield those of these clusters that are still there, and note which go on waiting."""
        for page in pages:
            places = [self._final(la, cluster) for cluster in page]
            self._hints = deque(places)
            for place in places:
                if self._brought({place}):
                    yield place[1]
                    for state in self.get(*place).cases.values():
                        for wait in waits_of(state):
                            waits.add(wait, place[1])

    def scoped(self, la: str, source: str, scope: str) -> Iterable[Scoped]:
        """Return the standing records of a snapshot's scope, ghosts among them."""
        self.write()
        found = loading.scoped(self._connection, la, source, scope)
        self._hints = deque(self._final(la, one.cluster) for one in found if one.cluster)
        return found

    def parked(self, la: str) -> Iterable[str]:
        """Return the clusters of the LA of which anything is parked, in order."""
        self.write()
        return loading.parked_clusters(self._connection, la)

    def ghost(self, la: str, record: str) -> Ghost | None:
        """Return the ghost that stands for this record, if one does."""
        return self._ghosts.of((la, record))

    def file_ghost(self, ghost: Ghost) -> None:
        """Keep the ghost, in the place of any other of its record."""
        self._ghosts.keep(ghost)

    def drop_ghost(self, la: str, record: str) -> None:
        """Let no ghost stand for this record any more."""
        self._ghosts.drop((la, record))

    def since(self, la: str, day: date) -> Iterable[str]:
        """Return the clusters of the LA with a record of what occurred on or after a day, in order.

        Those whose records an older release stored are among them.
        """
        self.write()
        found = loading.clusters_since(self._connection, la, day)
        self._hints = deque(self._final(la, cluster) for cluster in found)
        return found

    def schooled(self, la: str, school: str) -> Iterable[str]:
        """Return the clusters of the LA with a record that names a school or provider, in order.

        Those that an older release stored are among them.
        """
        self.write()
        found = loading.clusters_schooled(self._connection, la, self._seal.school(la, school))
        self._hints = deque(self._final(la, cluster) for cluster in found)
        return found

    # Memory

    def _final(self, la: str, cluster: str) -> Place:
        while (la, cluster) in self._moved:
            cluster = self._moved[la, cluster]
        return (la, cluster)

    def _look_up(self, places: Iterable[Place]) -> None:
        unknown = [place for place in places if place not in self._nodes]
        if unknown:
            found = loading.nodes(self._connection, unknown)
            self._nodes |= {place: found.get(place) for place in unknown}

    def _brought(self, places: set[Place]) -> list[Cluster]:
        """Return these clusters, in order; they stay at hand until the next are asked for."""
        missing = {place for place in places if place not in self._room}
        if self._room.is_full or (missing and self._room.is_crowded):
            self.write()
            self._room.let_go(places.__contains__)
        if missing:
            self._load(missing | self._next_wanted())
        found = ((place, self._room.get(place)) for place in sorted(places))
        return [held.cluster for _, held in found if held is not None]

    def _next_wanted(self) -> set[Place]:
        """Return what will probably be asked for next, so that it comes in one query.

        What of it is at hand counts as used, or it would be let go before its turn.
        """
        count = self._room.together // 2
        asked = islice(chain(_popped(self._coming), _popped(self._hints)), count)
        return {p for p in chain(self._soon(count), asked) if self._room.get(p) is None}

    def _soon(self, count: int) -> Iterator[Place]:
        return (self._final(due.la, due.cluster) for due in self._agenda.soon(count, self._until))

    def _load(self, places: Iterable[Place]) -> None:
        for cluster, state, schools in loading.clusters(self._connection, self._seal, places):
            self._room.keep((cluster.la, cluster.id), Held(cluster, state, schools))


def _popped(places: deque[Place]) -> Iterator[Place]:
    while places:
        yield places.popleft()
