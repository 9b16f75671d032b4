"""What every shelf promises the machine, in memory and in PostgreSQL alike."""

from __future__ import annotations

import msgspec

from journey.calendars import Calendars
from journey.cluster import Cluster
from journey.ghost import Ghost
from journey.rulebook import Published
from journey.shelf import Due, Scoped, Shelf, calendars_of
from journey.sources import Source
from tests.contract.store.shelves import (
    Kept,
    a_cluster,
    a_parked,
    alert_named,
    nodes_of,
    stored_as,
    token,
)
from tests.unit.journey.rule_sets import a_set
from tests.unit.journey.streams import event, on

LA = "999"


def test_a_cluster_is_found_by_each_of_its_nodes(kept: Kept) -> None:
    cluster = a_cluster("a", LA)
    kept.shelf.file(cluster, nodes_of(cluster))
    for shelf in (kept.shelf, kept.reopened()):
        for node in nodes_of(cluster):
            assert [found.id for found in shelf.find(LA, [node])] == [cluster.id]


def test_a_cluster_comes_back_as_it_was_filed(kept: Kept) -> None:
    cluster = a_cluster("a", LA, wake=7)
    cluster.flags, cluster.parked = [], [a_parked(1, "late"), a_parked(2, "later")]
    kept.shelf.file(cluster, nodes_of(cluster))
    found = kept.reopened().get(LA, cluster.id)
    assert found.records == cluster.records
    assert found.first_seen == cluster.first_seen
    assert found.cases == cluster.cases
    assert found.parked == cluster.parked


def test_what_waits_goes_with_the_cluster_that_absorbs_and_is_gone_once_it_waits_no_more(
    kept: Kept,
) -> None:
    into, gone, other = (a_cluster(name, LA) for name in "abc")
    gone.parked = [a_parked(1, "late"), a_parked(2, "later")]
    for cluster in (into, gone, other):
        kept.shelf.file(cluster, nodes_of(cluster))
    for shelf in (kept.shelf, kept.reopened()):
        assert list(shelf.parked(LA)) == [gone.id]
    shelf = kept.reopened()
    into, gone = shelf.get(LA, into.id), shelf.get(LA, gone.id)
    into.parked = gone.parked[1:]
    _absorb(shelf, into, gone)
    for one in (shelf, kept.reopened()):
        assert list(one.parked(LA)) == [into.id]
        assert one.get(LA, into.id).parked == [a_parked(2, "later")]
    shelf = kept.reopened()
    into = shelf.get(LA, into.id)
    into.parked = []
    shelf.file(into)
    assert list(kept.reopened().parked(LA)) == []


def test_another_authority_finds_nothing_under_the_same_node(kept: Kept) -> None:
    cluster = a_cluster("a", LA)
    kept.shelf.file(cluster, nodes_of(cluster))
    for shelf in (kept.shelf, kept.reopened()):
        assert shelf.find("998", nodes_of(cluster)) == []


def test_clusters_are_found_once_each_and_in_order(kept: Kept) -> None:
    clusters = [a_cluster(name, LA) for name in "abc"]
    for cluster in clusters:
        kept.shelf.file(cluster, nodes_of(cluster))
    nodes = [node for cluster in clusters for node in nodes_of(cluster)]
    for shelf in (kept.shelf, kept.reopened()):
        found = [cluster.id for cluster in shelf.find(LA, [*nodes, *nodes])]
        assert found == sorted(cluster.id for cluster in clusters)


def test_what_absorbs_a_cluster_has_its_nodes_and_its_moments(kept: Kept) -> None:
    into, gone = a_cluster("a", LA, wake=9), a_cluster("b", LA, wake=7, waiting=True)
    for cluster in (into, gone):
        kept.shelf.file(cluster, nodes_of(cluster))
    shelf = kept.reopened()
    into, gone = shelf.get(LA, into.id), shelf.get(LA, gone.id)
    _absorb(shelf, into, gone)
    for one in (shelf, kept.reopened()):
        assert [found.id for found in one.find(LA, nodes_of(gone))] == [into.id]
        assert one.next_due() == Due(7, alert_named("b"), LA, into.id)
        assert list(one.waiting(LA, None)) == [into.id]


def test_of_the_cases_that_are_named_the_moments_move_come_and_go(kept: Kept) -> None:
    cluster, other = a_cluster("a", LA, wake=7), a_cluster("b", LA, wake=9)
    for one in (cluster, other):
        kept.shelf.file(one, nodes_of(one))
    shelf = kept.reopened()
    cluster, name = shelf.get(LA, cluster.id), alert_named("a")
    assert shelf.next_due() == Due(7, name, LA, cluster.id)
    cluster.cases[name].wake = 8
    shelf.file(cluster, (), [name])
    for one in (shelf, kept.reopened()):
        assert one.next_due() == Due(8, name, LA, cluster.id)
    shelf = kept.reopened()
    cluster = shelf.get(LA, cluster.id)
    kept_case = cluster.cases.pop(name)
    shelf.file(cluster, (), [name])
    for one in (shelf, kept.reopened()):
        assert one.next_due() == Due(9, alert_named("b"), LA, other.id)
    shelf = kept.reopened()
    cluster = shelf.get(LA, cluster.id)
    cluster.cases[name] = kept_case
    shelf.file(cluster, (), [name])
    for one in (shelf, kept.reopened()):
        assert one.next_due() == Due(8, name, LA, cluster.id)


def _absorb(shelf: Shelf, into: Cluster, gone: Cluster) -> None:
    into.records = {**into.records, **gone.records}
    into.first_seen = {**into.first_seen, **gone.first_seen}
    into.cases = {**into.cases, **gone.cases}
    shelf.absorb(into, gone)
    shelf.file(into)


def test_absorbing_goes_on_through_what_was_absorbed_before(kept: Kept) -> None:
    clusters = [a_cluster(name, LA) for name in "abc"]
    for cluster in clusters:
        kept.shelf.file(cluster, nodes_of(cluster))
    shelf = kept.reopened()
    first, second, third = (shelf.get(LA, cluster.id) for cluster in clusters)
    for into, gone in ((second, first), (third, second)):
        _absorb(shelf, into, gone)
    for one in (shelf, kept.reopened()):
        assert [found.id for found in one.find(LA, nodes_of(clusters[0]))] == [third.id]
        assert one.get(LA, third.id).records.keys() == third.records.keys()


def test_moments_come_in_order_and_a_case_has_one(kept: Kept) -> None:
    for name, wake in (("a", 30), ("b", 10), ("c", 20)):
        cluster = a_cluster(name, LA, wake=wake)
        kept.shelf.file(cluster, nodes_of(cluster))
    assert _turns(kept, [40, None, None]) == [
        (10, alert_named("b")),
        (20, alert_named("c")),
        (30, alert_named("a")),
        (40, alert_named("b")),
    ]


def _turns(kept: Kept, later: list[int | None]) -> list[tuple[int, str]]:
    """Take each moment in turn, from a new owner each time, moving its case to a later one."""
    turns, shelf = [], kept.reopened()
    while (due := shelf.next_due()) is not None:
        turns.append((due.wake, due.alert_id))
        cluster = shelf.get(due.la, due.cluster)
        cluster.cases[due.alert_id].wake = later.pop(0) if later else None
        shelf.file(cluster)
        shelf = kept.reopened()
    return turns


def test_a_case_that_is_dropped_has_no_moment(kept: Kept) -> None:
    cluster = a_cluster("a", LA, wake=10, waiting=True)
    kept.shelf.file(cluster, nodes_of(cluster))
    shelf = kept.reopened()
    cluster = shelf.get(LA, cluster.id)
    cluster.cases = {}
    shelf.file(cluster)
    for one in (shelf, kept.reopened()):
        assert one.next_due() is None
        assert list(one.waiting(LA, None)) == []


def test_a_record_of_a_scope_is_found_until_it_is_retracted(kept: Kept) -> None:
    cluster = _scoped(a_cluster("a", LA))
    kept.shelf.file(cluster, nodes_of(cluster))
    (record,) = cluster.records
    for shelf in (kept.shelf, kept.reopened()):
        assert list(shelf.scoped(LA, "school/mis", "s")) == [Scoped(record, cluster.id, "b")]
        assert list(shelf.scoped(LA, "school/mis", "t")) == []
    shelf = kept.reopened()
    cluster = shelf.get(LA, cluster.id)
    gone = msgspec.structs.replace(cluster.records[record], retracted=True)
    cluster.records = {record: gone}
    shelf.file(cluster, [record])
    for one in (shelf, kept.reopened()):
        assert list(one.scoped(LA, "school/mis", "s")) == []


def test_a_cluster_that_is_removed_is_found_by_nothing_and_leaves_the_others(kept: Kept) -> None:
    gone, other = _scoped(a_cluster("a", LA, wake=7, waiting=True)), a_cluster("b", LA, wake=9)
    gone.parked = [a_parked(1, "late")]
    for cluster in (gone, other):
        kept.shelf.file(cluster, nodes_of(cluster))
    shelf = kept.reopened()
    shelf.remove(shelf.get(LA, gone.id))
    for one in (shelf, kept.reopened()):
        assert list(one.find(LA, nodes_of(gone))) == []
        assert [found.id for found in one.find(LA, nodes_of(other))] == [other.id]
        assert one.next_due() == Due(9, alert_named("b"), LA, other.id)
        assert list(one.waiting(LA, None)) == []
        assert list(one.scoped(LA, "school/mis", "s")) == []
        assert list(one.parked(LA)) == []


def test_a_cluster_can_be_removed_before_it_was_ever_stored(kept: Kept) -> None:
    cluster = a_cluster("a", LA, wake=7)
    kept.shelf.file(cluster, nodes_of(cluster))
    kept.shelf.remove(cluster)
    for shelf in (kept.shelf, kept.reopened()):
        assert list(shelf.find(LA, nodes_of(cluster))) == []
        assert shelf.next_due() is None


def a_ghost(word: str, **given: object) -> Ghost:
    known = {"source": "school/mis", "kappa": 5, "revision": 1, "scope": "s", "batch": "b"} | given
    return Ghost(la=LA, record=token(word), **known)  # type: ignore[arg-type]


def test_a_ghost_stands_for_its_record_until_it_is_dropped(kept: Kept) -> None:
    ghost = a_ghost("g", retracted=True)
    assert kept.shelf.ghost(LA, ghost.record) is None
    kept.shelf.file_ghost(a_ghost("g"))
    kept.shelf.file_ghost(ghost)
    for shelf in (kept.shelf, kept.reopened()):
        assert shelf.ghost(LA, ghost.record) == ghost
        assert shelf.ghost("998", ghost.record) is None
    shelf = kept.reopened()
    shelf.drop_ghost(LA, ghost.record)
    for one in (shelf, kept.reopened()):
        assert one.ghost(LA, ghost.record) is None


def test_a_ghost_is_found_in_its_scope_while_it_is_not_retracted(kept: Kept) -> None:
    ghost, other = a_ghost("g"), a_ghost("h", scope="t", batch=None)
    for one in (ghost, other, a_ghost("i", scope=None)):
        kept.shelf.file_ghost(one)
    for shelf in (kept.shelf, kept.reopened()):
        assert list(shelf.scoped(LA, "school/mis", "s")) == [Scoped(ghost.record, "", "b")]
        assert list(shelf.scoped(LA, "school/mis", "t")) == [Scoped(other.record, "", None)]
        assert list(shelf.scoped(LA, "care/system", "s")) == []
    shelf = kept.reopened()
    shelf.file_ghost(msgspec.structs.replace(ghost, retracted=True))
    for one_shelf in (shelf, kept.reopened()):
        assert list(one_shelf.scoped(LA, "school/mis", "s")) == []


def _scoped(cluster: Cluster) -> Cluster:
    cluster.records = {
        record: msgspec.structs.replace(fact, scope="s", batch="b")
        for record, fact in cluster.records.items()
    }
    return cluster


def test_an_authority_keeps_its_sources_its_calendars_and_its_agreements(kept: Kept) -> None:
    closed = [{"first": on(60), "last": on(65)}]
    data = {"academic_year": "2025/26", "from_on": on(1), "to_on": on(200), "closed": closed}
    published = event("SchoolCalendarPublished", 5, "calendar", leaf="", data=data)
    published = stored_as(published, LA)
    authority = kept.shelf.authority(LA)
    authority.sources = {"school/mis": Source(id="school/mis", mode="BATCH", complete_to=77)}
    authority.calendar_records = {published.record: published}
    agreed = event("DataSharingAgreementRecorded", 6, "a", leaf="", data={"in_force_from": on(1)})
    agreed = stored_as(agreed, LA)
    authority.agreement_records = {agreed.event_id: agreed}
    authority.chain = "ab"
    kept.shelf.file_authority(authority)
    found = kept.reopened().authority(LA)
    assert found.chain == "ab"
    assert found.sources["school/mis"].complete_to == 77
    assert found.calendar_records == {published.record: published}
    assert found.agreement_records == {agreed.event_id: agreed}
    assert isinstance(calendars_of(found), Calendars)


def test_an_authority_keeps_its_rule_sets(kept: Kept) -> None:
    change = {"enabled": True, "severity": "low", "parameters": {"weeks": 6, "words": "A B"}}
    rules = a_set("summer", on(30), AP_REVIEW_OVERDUE=change)
    one = Published(
        record="r", rank=(1, False, "e", "d"), known_at=5, since=on(31), rules=rules, refused="x"
    )
    gone = Published(record="s", rank=(2, True, "f", ""), known_at=6, since=on(2), withdrawn=True)
    authority = kept.shelf.authority(LA)
    authority.rule_sets = [one, gone]
    kept.shelf.file_authority(authority)
    assert kept.reopened().authority(LA).rule_sets == [one, gone]


def test_the_clusters_are_found_in_which_anything_occurred_since_a_day(kept: Kept) -> None:
    clusters = [a_cluster(name, LA) for name in "abc"]
    for number, cluster in enumerate(clusters):
        cluster.records = {
            record: msgspec.structs.replace(fact, occurred_on=on(10 * number))
            for record, fact in cluster.records.items()
        }
        kept.shelf.file(cluster, nodes_of(cluster))
    expected = sorted(cluster.id for cluster in clusters[1:])
    for shelf in (kept.shelf, kept.reopened()):
        assert list(shelf.since(LA, on(10))) == expected
        assert list(shelf.since(LA, on(21))) == []
        assert list(shelf.since("998", on(1))) == []
    shelf = kept.reopened()
    late = shelf.get(LA, clusters[0].id)
    (record,) = late.records
    late.records[record] = msgspec.structs.replace(late.records[record], occurred_on=on(40))
    shelf.file(late, [record])
    for one in (shelf, kept.reopened()):
        assert list(one.since(LA, on(21))) == [late.id]


def test_the_clusters_are_found_whose_records_ever_named_a_school(kept: Kept) -> None:
    clusters = [_at(a_cluster(name, LA), f"School {name}") for name in "abc"]
    for cluster in clusters:
        kept.shelf.file(cluster, nodes_of(cluster))
    for shelf in (kept.shelf, kept.reopened()):
        assert list(shelf.schooled(LA, "School b")) == [clusters[1].id]
        assert list(shelf.schooled(LA, "school b")) == [], "a name is what it is written as"
        assert list(shelf.schooled("998", "School b")) == []
    shelf = kept.reopened()
    moved = _at(shelf.get(LA, clusters[0].id), "School b", field="establishment")
    shelf.file(moved, list(moved.records))
    for one in (shelf, kept.reopened()):
        assert list(one.schooled(LA, "School b")) == sorted([moved.id, clusters[1].id])


def test_what_absorbs_a_cluster_has_its_schools(kept: Kept) -> None:
    into, gone = (_at(a_cluster(name, LA), f"School {name}") for name in "ab")
    for cluster in (into, gone):
        kept.shelf.file(cluster, nodes_of(cluster))
    shelf = kept.reopened()
    into, gone = shelf.get(LA, into.id), shelf.get(LA, gone.id)
    _absorb(shelf, into, gone)
    for one in (shelf, kept.reopened()):
        assert list(one.schooled(LA, "School b")) == [into.id]


def _at(cluster: Cluster, school: str, field: str = "provider") -> Cluster:
    cluster.records = {
        record: msgspec.structs.replace(fact, data={field: school})
        for record, fact in cluster.records.items()
    }
    return cluster


def test_an_unknown_authority_is_empty(kept: Kept) -> None:
    assert kept.shelf.authority("998").sources == {}
    assert list(kept.reopened().find("998", ["ab" * 16])) == []
