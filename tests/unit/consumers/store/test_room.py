"""What a process keeps at hand, and of what it lets go first."""

from __future__ import annotations

import pytest

from consumers.store.changes import Held
from consumers.store.loading import Place
from consumers.store.room import MOST as ALL
from consumers.store.room import Room
from journey.child import Journey
from journey.cluster import Cluster
from journey.journeys import AtHand
from tests.unit.journey.streams import event

LA = "999"
MOST = 40


@pytest.fixture
def places() -> list[Place]:
    """Return one place more than there is room for."""
    return [(LA, f"c{number}") for number in range(MOST + 1)]


@pytest.fixture
def room(places: list[Place]) -> Room:
    """Return a room with a cluster of one record in each place, kept in their order."""
    room = Room(most=MOST)
    for number, (la, name) in enumerate(places):
        record = event("Note", number, f"record-{number}")
        room.keep((la, name), Held(Cluster(id=name, la=la, records={record.record: record}), None))
    return room


def test_what_was_used_longest_ago_goes_until_a_quarter_is_free(
    room: Room, places: list[Place]
) -> None:
    used = places[0]
    room.get(used)
    room.let_go(lambda place: False)
    assert [one.cluster.id for one in room] == [name for _, name in [*places[12:], used]]
    assert not room.is_crowded


def test_what_must_stay_stays_and_others_go_in_its_place(room: Room, places: list[Place]) -> None:
    room.let_go(set(places[:5]).__contains__)
    left = {one.cluster.id for one in room}
    assert {name for _, name in places[:5]} <= left
    assert len(left) == MOST * 3 // 4


def test_a_child_whose_cluster_is_at_hand_stays_built_however_many_facts_others_have() -> None:
    room, clusters = Room(), [Cluster(id=f"c{number}", la=LA) for number in range(3)]
    fact = event("Note", 0, "record")
    for cluster in clusters:
        journey = Journey(
            key="child", anchor="leaf", date_of_birth=None, facts={"Note": [fact] * (ALL // 3)}
        )
        room.journeys.keep(cluster, "child", AtHand(journey))
    built = [room.journeys.of(cluster, "child") is not None for cluster in clusters]
    assert built == [True, True, True]
