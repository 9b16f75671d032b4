"""What the shelf in PostgreSQL holds in memory follows from its bound, not from what there is."""

from __future__ import annotations

from consumers.store.loading import Connection
from consumers.store.room import FEW, Room
from consumers.store.sealed import FactSeal
from consumers.store.shelf import PostgresShelf
from journey.cluster import Cluster
from tests.contract.store.shelves import TOKENS, AnyKeys, KeptInPostgres, a_cluster, nodes_of

LA = "999"
MOST = 20
PARTITION = 1_000_000


def test_the_shelf_holds_no_more_records_and_cases_than_it_may_and_finds_them_all(
    join_connection: Connection,
) -> None:
    kept = KeptInPostgres(join_connection, PARTITION, MOST)
    clusters = [a_cluster(f"m{number}", LA) for number in range(20 * MOST)]
    for cluster in clusters:
        kept.shelf.prefetch([(LA, node) for node in nodes_of(cluster)], 0)
        assert kept.shelf.find(LA, nodes_of(cluster)) == []
        kept.shelf.file(cluster, nodes_of(cluster))
        assert held(kept) <= MOST + MOST // 4 + size(cluster)
    every = [(LA, node) for cluster in clusters for node in nodes_of(cluster)]
    kept.shelf.prefetch(every, 0)
    for cluster in clusters:
        assert [one.id for one in kept.shelf.find(LA, nodes_of(cluster))] == [cluster.id]
        assert held(kept) <= MOST + FEW * size(cluster)


def test_what_one_call_finds_stays_until_the_next_however_much_it_is(
    join_connection: Connection,
) -> None:
    kept = KeptInPostgres(join_connection, PARTITION + 1, 1)
    clusters = [a_cluster(f"n{number}", LA) for number in range(5)]
    for cluster in clusters:
        kept.shelf.file(cluster, nodes_of(cluster))
    kept.reopened()
    nodes = [node for cluster in clusters for node in nodes_of(cluster)]
    found = kept.shelf.find(LA, nodes)
    into, *gone = found
    for one in gone:
        kept.shelf.absorb(into, one)
    assert len(gone) == 4


def test_partitions_keep_what_is_at_hand_in_one_room(join_connection: Connection) -> None:
    room, seal = Room(shelves=4, most=MOST), FactSeal(AnyKeys(), TOKENS)
    shelves = [
        PostgresShelf(join_connection, PARTITION + 10 + number, seal, room) for number in range(4)
    ]
    clusters = [a_cluster(f"o{number}", f"9{number % 4}") for number in range(20 * MOST)]
    for number, cluster in enumerate(clusters):
        shelf = shelves[number % 4]
        assert shelf.find(cluster.la, nodes_of(cluster)) == []
        shelf.file(cluster, nodes_of(cluster))
        shelf.write()
        assert sum(one.size for one in room) <= MOST + MOST // 4 + size(cluster)
    for number, cluster in enumerate(clusters):
        found = shelves[number % 4].find(cluster.la, nodes_of(cluster))
        assert [one.id for one in found] == [cluster.id]


def held(kept: KeptInPostgres) -> int:
    """Return how many records and cases are in memory."""
    return sum(one.size for one in kept.shelf._room)


def size(cluster: Cluster) -> int:
    """Return how many records and cases a cluster holds."""
    return len(cluster.records) + len(cluster.cases)
