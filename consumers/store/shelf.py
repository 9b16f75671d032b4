"""The shelf in PostgreSQL: clusters by node and by moment, held in memory while they are used."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from datetime import date

from consumers.store import loading
from consumers.store.agenda import Agenda
from consumers.store.changes import Changes, Held
from consumers.store.ghosts import Ghosts
from consumers.store.loading import Connection, Place, StoredAgenda
from consumers.store.sealed import FactSeal
from consumers.store.writing import remove, write
from journey.cluster import Cluster
from journey.ghost import Ghost
from journey.shelf import Authority, Due, Scoped

NODES_FOR_EACH_RECORD = 10
TOGETHER = 256


class PostgresShelf:
    """Keeps the clusters of one partition (the port ``journey.shelf.Shelf``).

    Reads and writes happen in the transaction that is open on the connection; whoever opened
    it commits. After a rollback the shelf is worth nothing: make another.
    """

    def __init__(
        self, connection: Connection, partition: int, seal: FactSeal, most: int = 20_000
    ) -> None:
        """Work through this connection; hold clusters of about ``most`` records between batches.

        Records are what takes memory: a child has a dozen of them in one year, hundreds in ten.
        """
        self._connection = connection
        self._partition = partition
        self._seal = seal
        self._most = most
        self._agenda = Agenda(StoredAgenda(connection, partition))
        self._changes = Changes()
        self._ghosts = Ghosts(connection, partition)
        self._held: OrderedDict[Place, Held] = OrderedDict()
        self._records = 0  # of the clusters held; never fewer than there are
        self._nodes: dict[Place, str | None] = {}
        self._moved: dict[Place, str] = {}
        self._authorities = loading.authorities(connection, partition)
        self._hints: deque[Place] = deque()
        self._until = 0

    def prefetch(self, nodes: Iterable[Place], until: int) -> None:
        """Load at once what the next records ask for; let go what was not used lately.

        until: the last moment (ms UTC) that these records reach.
        """
        self._until = until
        self._seal.forget()
        self._let_go(self._most)
        if len(self._nodes) > NODES_FOR_EACH_RECORD * self._most:
            self._nodes, self._moved = {}, {}
        wanted = set(nodes)
        self._ghosts.prefetch(wanted)
        self._look_up(wanted)
        found = {(la, self._nodes[la, node]) for la, node in wanted}
        self._load({self._final(la, cluster) for la, cluster in found if cluster is not None})

    def write(self) -> None:
        """Store every change, in the open transaction."""
        write(self._connection, self._seal, self._partition, self._changes, self._agenda.changed)
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
        self._make_room()
        self._look_up(places)
        found = {self._final(la, c) for place in places if (c := self._nodes[place]) is not None}
        return [self._get(place) for place in sorted(found)]

    def get(self, la: str, cluster: str) -> Cluster:
        """Return the cluster of this id."""
        self._make_room()
        return self._get(self._final(la, cluster))

    def file(self, cluster: Cluster, nodes: Iterable[str] = ()) -> None:
        """Keep the cluster, its cases' moments, and these nodes as its own.

        Of its records those are stored that are among the nodes.
        """
        place = (cluster.la, cluster.id)
        held = self._held.get(place)
        if held is None:
            held = self._held[place] = Held(cluster, None)
        self._records += 1
        held.wishes = self._agenda.note(cluster, held.wishes)
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
        held = self._held.pop(place)
        self._changes.held.pop(place, None)
        self._agenda.drop(gone.la, held.wishes)
        self._held[into.la, into.id].inherit(held)
        self._moved[place] = self._changes.absorbed[place] = into.id

    def remove(self, cluster: Cluster) -> None:
        """Forget a cluster with all that it holds, its nodes and its moments."""
        self.write()
        held = self._held.pop((cluster.la, cluster.id))
        self._agenda.drop(cluster.la, held.wishes)
        remove(self._connection, cluster)
        self._nodes = {}

    def next_due(self) -> Due | None:
        """Return the first moment that any case is to be looked at."""
        return self._agenda.first()

    def waiting(self, la: str) -> Iterable[tuple[str, str]]:
        """Return (alert id, cluster) of every case of the LA that waits for a source."""
        found = self._agenda.waiting(la)
        self._hints = deque(self._final(la, cluster) for _, cluster in found)
        return found

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

    def _get(self, place: Place) -> Cluster:
        held = self._held.get(place)
        if held is None:
            self._load({place, *self._next_wanted()})
            held = self._held[place]
        self._held.move_to_end(place)
        return held.cluster

    def _next_wanted(self) -> Iterator[Place]:
        """Yield what will probably be asked for next, so that it comes in one query."""
        for due in self._agenda.soon(TOGETHER, self._until):
            yield self._final(due.la, due.cluster)
        for _ in range(min(TOGETHER, len(self._hints))):
            yield self._hints.popleft()

    def _load(self, places: Iterable[Place]) -> None:
        missing = [place for place in places if place not in self._held]
        if missing:
            for cluster, state, schools in loading.clusters(self._connection, self._seal, missing):
                self._held[cluster.la, cluster.id] = Held(cluster, state, schools)
                self._records += len(cluster.records)

    def _make_room(self) -> None:
        """Store and let go in the midst of a batch; what one call returns stays until the next."""
        if self._records > 2 * self._most:
            self.write()
            self._let_go(self._most)

    def _let_go(self, most: int) -> None:
        """Let go of what was used longest ago and is stored, but for about ``most`` records."""
        if self._records <= most:
            return
        self._records = sum(len(held.cluster.records) for held in self._held.values())
        for place in list(self._held):
            if self._records <= most:
                return
            if place not in self._changes.held:
                self._records -= len(self._held.pop(place).cluster.records)
