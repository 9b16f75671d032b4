"""What still counts of a record that nobody can read any more."""

from __future__ import annotations

import msgspec
import pytest

from journey.erasing import ghost_of
from journey.events import Event
from journey.ghost import Ghost
from journey.shelf import MemoryShelf
from tests.unit.journey.streams import (
    LA,
    SCHOOL,
    at,
    control,
    event,
    joined,
    kinds,
    machine,
    on,
    run,
    upn,
)


def a_start(name: str, kappa: int, **fields: object) -> Event:
    known = {"leaf": name, "identifiers": (upn(name),), "data": {"start_on": on(1)}, **fields}
    return event("ApPlacementStarted", kappa, f"start-{name}", **known)


def a_list(kappa: int, batch: str, rows: list[Event], complete_to: int = 0) -> list[Event]:
    """Return a whole snapshot of the school's list."""
    data = {"batch_id": batch, "snapshot": True, "batch_scope": "s", "complete_to": complete_to}
    marked = [msgspec.structs.replace(r, batch=batch, scope="s", kappa=kappa) for r in rows]
    return [
        control("BatchOpened", SCHOOL, kappa, data),
        *marked,
        control("BatchCompleted", SCHOOL, kappa, data),
    ]


def taken(stream: list[Event], erased: str, shelf: MemoryShelf) -> None:
    it = machine(shelf)
    for one in stream:
        if one.leaf == erased:
            it.ghost(ghost_of(one))
        else:
            it.record(one)


def test_a_ghost_keeps_its_source_from_being_silent() -> None:
    stream = [joined(SCHOOL, at(1, 0), hours=24), a_start("a", at(1, 20))]
    it = machine()
    run(stream[:1], it)
    it.ghost(ghost_of(stream[1]))
    assert it.tick(at(2, 10)) == []
    assert [one.kind for one in it.tick(at(2, 21))] == ["OPENED"]


def test_a_ghost_ends_the_silence_of_its_source() -> None:
    it = machine()
    run([joined(SCHOOL, at(1, 0), hours=24), at(3)], it)
    assert [one.kind for one in it.ghost(ghost_of(a_start("a", at(4))))] == ["RESOLVED"]


def test_a_ghost_counts_in_its_scope_when_a_snapshot_loses_records() -> None:
    rows = [a_start(name, at(1)) for name in "abcde"]
    stream = [*a_list(at(1), "b1", rows), *a_list(at(2), "b2", rows[:4])]
    shelf = MemoryShelf()
    taken(stream, "a", shelf)
    assert shelf.authority(LA).reviews == []  # one of five, not one of four
    assert sorted(one.record for one in shelf.scoped(LA, SCHOOL, "s")) == [
        f"start-{name}" for name in "abcd"
    ]


def test_a_ghost_that_a_snapshot_no_longer_holds_is_counted_no_more() -> None:
    rows = [a_start(name, at(1)) for name in "abcde"]
    shelf = MemoryShelf()
    taken([*a_list(at(1), "b1", rows), *a_list(at(2), "b2", rows[1:])], "a", shelf)
    assert len(list(shelf.scoped(LA, SCHOOL, "s"))) == 4
    ghost = shelf.ghost(LA, "start-a")
    assert ghost is not None and ghost.retracted


def test_a_snapshot_that_loses_too_much_waits_whoever_of_it_was_erased() -> None:
    rows = [a_start(name, at(1)) for name in "abcde"]
    shelf = MemoryShelf()
    taken([*a_list(at(1), "b1", rows), *a_list(at(2), "b2", rows[2:])], "a", shelf)
    assert [one.reason for one in shelf.authority(LA).reviews] == ["lost-too-much"]
    assert len(list(shelf.scoped(LA, SCHOOL, "s"))) == 5


def test_a_record_that_moved_to_an_erased_child_does_not_come_back_to_the_other() -> None:
    mine = a_start("b", at(1))
    moved = msgspec.structs.replace(mine, leaf="a", revision=2, kappa=at(2))
    shelf, it = MemoryShelf(), None
    it = machine(shelf)
    it.record(joined(SCHOOL, at(1, 0), hours=24 * 40))
    it.record(mine)
    it.ghost(ghost_of(moved))
    it.record(msgspec.structs.replace(mine, kappa=at(3)))  # told once more, late
    assert kinds(it.tick(at(30))) == []
    (cluster,) = shelf.find(LA, ["b"])
    assert cluster.identity.children == {}


def test_a_record_that_moved_from_an_erased_child_is_counted_once() -> None:
    row = a_start("a", at(1), batch="b1", scope="s")
    moved = msgspec.structs.replace(row, leaf="b", revision=2, kappa=at(2))
    shelf = MemoryShelf()
    taken([row, moved], "a", shelf)
    (one,) = shelf.scoped(LA, SCHOOL, "s")
    assert one.cluster == "b"
    assert shelf.ghost(LA, "start-a") is None


def test_a_record_that_moved_to_an_erased_child_and_was_retracted_is_counted_no_more() -> None:
    mine = a_start("b", at(1), batch="b1", scope="s")
    moved = msgspec.structs.replace(mine, leaf="a", revision=3, kappa=at(2))
    gone = msgspec.structs.replace(moved, retracted=True, kappa=at(3))
    shelf = MemoryShelf()
    taken([mine, moved, gone], "a", shelf)
    assert list(shelf.scoped(LA, SCHOOL, "s")) == []


@pytest.mark.parametrize("event_id", ["0", "z"], ids=["a lower id", "a higher id"])
def test_a_retraction_that_can_be_read_lays_the_ghost_to_which_its_record_moved(
    event_id: str,
) -> None:
    mine = a_start("b", at(1), batch="b1", scope="s", event_id="m", digest="1")
    moved = msgspec.structs.replace(mine, leaf="a", revision=3, kappa=at(2))
    gone = msgspec.structs.replace(
        mine, event_id=event_id, digest="2", revision=3, retracted=True, kappa=at(3)
    )
    shelf = MemoryShelf()
    taken([mine, moved, gone], "a", shelf)
    assert list(shelf.scoped(LA, SCHOOL, "s")) == []
    (cluster,) = shelf.find(LA, ["b"])
    assert cluster.flags == []  # nothing contradicts: the other revision is another child's


def test_a_retraction_that_can_be_read_lays_the_ghost_of_its_record() -> None:
    row = a_start("a", at(1), batch="b1", scope="s")
    gone = msgspec.structs.replace(row, leaf="start-a", identifiers=(), retracted=True)
    shelf = MemoryShelf()
    taken([row, msgspec.structs.replace(gone, kappa=at(2))], "a", shelf)
    assert list(shelf.scoped(LA, SCHOOL, "s")) == []


def test_a_ghost_of_an_older_revision_changes_nothing() -> None:
    row = a_start("a", at(1), batch="b1", scope="s")
    newer = msgspec.structs.replace(row, leaf="b", revision=2)
    shelf = MemoryShelf()
    taken([newer, msgspec.structs.replace(row, kappa=at(2))], "a", shelf)
    assert [one.cluster for one in shelf.scoped(LA, SCHOOL, "s")] == ["b"]
    assert shelf.ghost(LA, "start-a") is None


def test_a_ghost_moves_time_and_tells_what_was_due_before_it() -> None:
    stream = [joined(SCHOOL, at(1, 0), hours=24 * 40), a_start("b", at(1))]
    it = machine()
    run(stream, it)
    ghost = Ghost(la=LA, source=SCHOOL, record="r", kappa=at(20), revision=1)
    assert kinds(it.ghost(ghost)) == ["OPENED"]
