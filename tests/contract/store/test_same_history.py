"""The machine tells the same on every shelf, wherever its work is cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count, islice

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumers.store.loading import Connection
from journey.cluster import ACTION, REDRIVE
from journey.events import Event
from journey.machine import Machine
from journey.moments import HOUR
from journey.shelf import MemoryShelf, Shelf
from journey.telling import alert_id
from journey.transition import Transition
from tests.contract.store.shelves import KeptInPostgres, stored_as, token
from tests.lengths import in_full
from tests.property.test_attending import attended
from tests.property.test_calendars import calendared
from tests.property.test_core import bytes_of, streams
from tests.property.test_erasing import a_child, erased, lives, told
from tests.property.test_rules import ruled
from tests.unit.journey import rule_sets, school_days
from tests.unit.journey.parks import fragile
from tests.unit.journey.streams import at, machine, run
from tests.unit.journey.test_parking import parked_streams, with_orders
from tests.unit.journey.test_places import an_order

FRESH = count(1000)


def in_batches(
    stream: Sequence[Event],
    end: int,
    kept: KeptInPostgres,
    size: int,
    machine: Callable[[Shelf, int], Machine] = machine,
) -> list[Transition]:
    """Return what is told by owners that each take one batch, commit it and end."""
    told: list[Transition] = []
    rest = iter([*stream, end])
    sequence = 0
    while batch := list(islice(rest, size)):
        it = machine(kept.reopened(), sequence)
        told += run(batch, it)
        sequence = it.sequence
    kept.committed()
    return told


def in_steps(
    stream: Sequence[Event], end: int, kept: KeptInPostgres, most: int
) -> list[Transition]:
    """Return what is told by owners that each commit and end once so much of what is due is told.

    So most end in the midst of what falls due before a record, and another one goes on with it.
    """
    told: list[Transition] = []
    it = machine(kept.shelf, 0)
    for one in [*stream, end]:
        before = one + 1 if isinstance(one, int) else one.kappa
        while not (passed := it.pass_time(before, most)).is_all:
            assert passed.transitions, "each owner tells something, or it would never end"
            told += passed.transitions
            it = machine(kept.reopened(), it.sequence)
        told += [*passed.transitions, *run([one], it)]
    kept.committed()
    return told


@given(attended(), st.integers(1, 3), st.sampled_from((1, 2, 20_000)))
@settings(
    max_examples=in_full(200, otherwise=20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_cut_in_the_midst_of_what_falls_due_together_the_history_is_the_same(
    join_connection: Connection, stream: list[Event], told: int, most: int
) -> None:
    number = next(FRESH)
    moved = [acted_as(event, f"{number}") for event in stream]
    end = moved[-1].kappa + 30 * 24 * HOUR
    kept = KeptInPostgres(join_connection, number, most)
    assert bytes_of(in_steps(moved, end, kept, told)) == bytes_of(run([*moved, end]))


@given(streams(), st.integers(1, 9), st.sampled_from((1, 2, 20_000)))
@settings(
    max_examples=in_full(300, otherwise=30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_history_is_the_same_in_postgresql_and_in_memory(
    join_connection: Connection, stream: list[Event], size: int, most: int
) -> None:
    number = next(FRESH)
    moved = [stored_as(event, f"{number}") for event in stream]
    end = moved[-1].kappa + 30 * 24 * HOUR
    kept = KeptInPostgres(join_connection, number, most)
    assert bytes_of(in_batches(moved, end, kept, size)) == bytes_of(run([*moved, end]))


@given(ruled(), st.integers(1, 9), st.sampled_from((1, 2, 20_000)))
@settings(
    max_examples=in_full(200, otherwise=20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_under_rule_sets_the_history_is_the_same_in_postgresql_and_in_memory(
    join_connection: Connection, stream: list[Event], size: int, most: int
) -> None:
    number = next(FRESH)
    moved = [stored_as(event, f"{number}") for event in stream]
    end = moved[-1].kappa + 30 * 24 * HOUR
    kept = KeptInPostgres(join_connection, number, most)
    plain = run([*moved, end], rule_sets.machine())
    assert bytes_of(in_batches(moved, end, kept, size, rule_sets.machine)) == bytes_of(plain)


@given(calendared(), st.integers(1, 9), st.sampled_from((1, 2, 20_000)))
@settings(
    max_examples=in_full(200, otherwise=20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_under_late_calendars_the_history_is_the_same_in_postgresql_and_in_memory(
    join_connection: Connection, stream: list[Event], size: int, most: int
) -> None:
    number = next(FRESH)
    moved = [stored_as(event, f"{number}") for event in stream]
    end = moved[-1].kappa + 30 * 24 * HOUR
    kept = KeptInPostgres(join_connection, number, most)
    plain = run([*moved, end], school_days.machine())
    assert bytes_of(in_batches(moved, end, kept, size, school_days.machine)) == bytes_of(plain)


@given(attended(), st.integers(1, 9), st.sampled_from((1, 2, 20_000)))
@settings(
    max_examples=in_full(200, otherwise=20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_people_do_has_the_same_history_in_postgresql_and_in_memory(
    join_connection: Connection, stream: list[Event], size: int, most: int
) -> None:
    number = next(FRESH)
    moved = [acted_as(event, f"{number}") for event in stream]
    end = moved[-1].kappa + 30 * 24 * HOUR
    kept = KeptInPostgres(join_connection, number, most)
    assert bytes_of(in_batches(moved, end, kept, size)) == bytes_of(run([*moved, end]))


def acted_as(event: Event, la: str) -> Event:
    """The event as a store holds it, the alert that an action is about under its name there."""
    stored = stored_as(event, la)
    if event.type != ACTION:
        return stored
    anchor = token(f"{la}{event.text('anchor')}")
    data = {**event.data, "anchor": anchor, "alert_id": alert_id("PLAN", anchor, "")}
    return msgspec.structs.replace(stored, data=data)


def test_a_store_of_an_older_release_that_knows_no_schools_tells_the_same(
    join_connection: Connection,
) -> None:
    number = next(FRESH)
    stream = [stored_as(one, f"{number}") for one in _two_children_and_two_calendars()]
    end = stream[-1].kappa + 30 * 24 * HOUR
    plain = run([*stream, end], school_days.machine())
    kept = KeptInPostgres(join_connection, number)
    it = school_days.machine(kept.shelf)
    first = run(stream[:2], it)
    kept.committed()
    join_connection.execute("UPDATE clusters SET schools = NULL WHERE la = %s", [f"{number}"])
    second = run([*stream[2:], end], school_days.machine(kept.reopened(), it.sequence))
    kept.committed()
    assert bytes_of([*first, *second]) == bytes_of(plain)
    (unknown,) = join_connection.execute(
        "SELECT count(*) FROM clusters WHERE la = %s AND schools IS NULL", [f"{number}"]
    ).fetchone() or (None,)
    assert unknown == 0, "what was asked says so from then on"


def _two_children_and_two_calendars() -> list[Event]:
    closed = (8, 14)
    return [
        school_days.started(at(1), "a", provider=school_days.KILN),
        school_days.started(at(1), "b", provider=school_days.MILL),
        school_days.published(at(2), closed, of=school_days.KILN),
        school_days.published(at(4), closed, of=school_days.MILL),
    ]


@given(parked_streams(), st.integers(1, 40), st.integers(1, 9), st.sampled_from((1, 2, 20_000)))
@settings(
    max_examples=in_full(150, otherwise=15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_is_parked_and_redriven_has_the_same_history_in_postgresql_and_in_memory(
    join_connection: Connection, stream: list[Event], when: int, size: int, most: int
) -> None:
    number = next(FRESH)
    whole = [parked_as(one, f"{number}") for one in with_orders(stream, when)]
    end = whole[-1].kappa + 30 * 24 * HOUR
    kept = KeptInPostgres(join_connection, number, most)
    plain = run([*whole, end], fragile())
    assert bytes_of(in_batches(whole, end, kept, size, fragile)) == bytes_of(plain)


@given(lives(), st.integers(0, 9), st.integers(1, 9), st.sampled_from((1, 20_000)))
@settings(
    max_examples=in_full(150, otherwise=15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_an_erased_child_leaves_the_same_history_in_postgresql_and_in_memory(
    join_connection: Connection, stream: list[Event], whom: int, size: int, most: int
) -> None:
    number = next(FRESH)
    moved = [stored_as(event, f"{number}") for event in stream]
    shelf = MemoryShelf()
    told(moved, machine(shelf))
    left = erased(moved, a_child(shelf, whom))
    kept, plain = KeptInPostgres(join_connection, number, most), told(left, machine())
    found: list[Transition] = []
    sequence = 0
    for start in range(0, len(left), size):
        it = machine(kept.reopened(), sequence)
        last = start + size >= len(left)
        found += told(left[start : start + size], it, ends=last)
        sequence = it.sequence
    kept.committed()
    assert bytes_of(found) == bytes_of(plain)


@given(lives(), st.integers(0, 9), st.integers(1, 60), st.integers(1, 9))
@settings(
    max_examples=in_full(150, otherwise=15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_an_order_to_erase_has_the_same_history_in_postgresql_and_in_memory(
    join_connection: Connection, stream: list[Event], whom: int, when: int, size: int
) -> None:
    number, when = next(FRESH), min(when, len(stream))
    moved = [stored_as(event, f"{number}") for event in stream]
    shelf = MemoryShelf()
    told(moved[:when], machine(shelf), ends=False)
    leaves = a_child(shelf, whom)
    if leaves:
        order = an_order(shelf, leaves, moved[when - 1].kappa)
        moved.insert(when, stored_as(order, order.la))
    end = moved[-1].kappa + 30 * 24 * HOUR
    kept = KeptInPostgres(join_connection, number)
    assert bytes_of(in_batches(moved, end, kept, size)) == bytes_of(run([*moved, end]))


def parked_as(event: Event, la: str) -> Event:
    """Return the event with tokens as in a store, an order naming the token of what waits."""
    moved = stored_as(event, la)
    if event.type != REDRIVE:
        return moved
    return msgspec.structs.replace(moved, data={"park": token(f"{la}{event.text('park')}")})
