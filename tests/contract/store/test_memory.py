"""What the shelf in PostgreSQL holds in memory follows from its bound, not from what there is."""

from __future__ import annotations

from consumers.store.loading import Connection
from tests.contract.store.shelves import KeptInPostgres, a_cluster, nodes_of

LA = "999"
MOST = 10
PARTITION = 1_000_000


def test_the_shelf_holds_no_more_records_than_it_may_and_finds_them_all(
    join_connection: Connection,
) -> None:
    kept = KeptInPostgres(join_connection, PARTITION, MOST)
    clusters = [a_cluster(f"m{number}", LA) for number in range(20 * MOST)]
    records = sum(len(cluster.records) for cluster in clusters)
    assert records >= 20 * MOST
    for cluster in clusters:
        kept.shelf.prefetch([(LA, node) for node in nodes_of(cluster)], 0)
        kept.shelf.file(cluster, nodes_of(cluster))
        kept.shelf.write()
        assert held(kept) <= MOST + len(cluster.records)
    for cluster in clusters:
        assert [one.id for one in kept.shelf.find(LA, nodes_of(cluster))] == [cluster.id]
        assert held(kept) <= 2 * MOST + len(cluster.records)


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


def held(kept: KeptInPostgres) -> int:
    """Return how many records are in memory."""
    return sum(len(one.cluster.records) for one in kept.shelf._held.values())
