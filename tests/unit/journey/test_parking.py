"""A record that cannot be taken: its child waits in order, a person is told, an order resumes."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.cluster import Cluster, Stage
from journey.events import Event
from journey.machine import Machine, Result
from journey.moments import HOUR
from journey.parking import RECORDS_PARKED
from journey.redrive import Redriven
from journey.shelf import MemoryShelf
from journey.transition import Transition
from tests.property.test_core import Store, bytes_of, end_of, facts, streams
from tests.unit.journey.parks import fragile, marked, mend, order
from tests.unit.journey.streams import LA, SCHOOL, at, control, event, joined, on, run, upn


def told_of_parks(transitions: list[Transition]) -> list[Transition]:
    return [t for t in transitions if t.duty == RECORDS_PARKED.id]


def started(kappa: int, **fields: object) -> Event:
    return event("ApPlacementStarted", kappa, "placement", data={"start_on": on(1)}, **fields)


def planned(kappa: int, **fields: object) -> Event:
    return event("ExitPlanAgreed", kappa, "plan", day=5, **fields)


def cluster_of(it: Machine, node: str) -> Cluster:
    (cluster,) = it._shelf.find(LA, [node])
    return cluster


def waiting(it: Machine, node: str) -> list[str]:
    return [one.event.record for one in cluster_of(it, node).parked if one.event]


def test_later_records_of_the_child_wait_in_order_and_others_go_on() -> None:
    it = fragile()
    assert it.record(marked(at(1))).result is Result.PARKED
    assert it.record(started(at(2))).result is Result.PARKED
    assert it.record(planned(at(2))).result is Result.PARKED
    assert it.record(event("Note", at(2), "other", leaf="leaf-b")).result is Result.ACCEPTED
    assert waiting(it, "leaf-a") == ["marked", "placement", "plan"]


def test_a_person_is_told_at_once_which_child_waits_and_why_and_nothing_of_the_fault_s_text() -> (
    None
):
    it = fragile()
    (told,) = told_of_parks(run([started(at(1)), marked(at(2)), planned(at(3))], it))
    assert told.kind == "OPENED"
    assert told.child == cluster_of(it, "leaf-a").identity.children["leaf-a"]
    assert told.detail == "a record of type ApReviewHeld could not be taken in (Unmended)"
    assert (told.as_of, told.because) == (at(2), ("marked@1",))
    assert "Robin" not in repr(told)


def test_a_child_of_whom_nothing_else_is_known_has_the_key_that_it_will_have() -> None:
    it = fragile()
    (told,) = told_of_parks(run([marked(at(1))], it))
    run([mend(at(2)), order(at(3))], it)
    assert told.child == cluster_of(it, "leaf-a").identity.children["leaf-a"]


def test_an_order_takes_all_that_waits_in_order_and_closes_the_alert() -> None:
    it = fragile()
    run([marked(at(1)), started(at(2)), planned(at(3)), mend(at(4))], it)
    told = it.record(order(at(5)), 77)
    assert [one.parked.record for one in told.redriven] == ["marked", "placement", "plan"]
    assert told.result is Result.CONTROL
    assert waiting(it, "leaf-a") == []
    assert cluster_of(it, "leaf-a").flags == []
    (closed,) = told_of_parks(told.transitions)
    assert (closed.kind, closed.outcome, closed.as_of) == ("RESOLVED", "MET_LATE", at(5))
    assert it.record(planned(at(6), revision=2)).result is Result.ACCEPTED


def test_a_record_that_fails_again_stays_parked_with_all_behind_it_and_tells_nothing_new() -> None:
    it = fragile()
    run([marked(at(1)), started(at(2))], it)
    told = it.record(order(at(3)))
    assert (told.redriven, told.transitions) == ([], [])
    assert waiting(it, "leaf-a") == ["marked", "placement"]
    assert [one.number for one in cluster_of(it, "leaf-a").parked] == [1, 2]
    assert [flag.kind for flag in cluster_of(it, "leaf-a").flags] == ["parked"]


def test_a_second_order_finds_nothing_and_does_nothing() -> None:
    it = fragile()
    run([marked(at(1)), mend(at(2)), order(at(3))], it)
    told = it.record(order(at(4)))
    assert (told.redriven, told.transitions) == ([], [])


def test_an_order_that_names_nothing_known_or_was_taken_back_does_nothing() -> None:
    it = fragile()
    run([marked(at(1)), mend(at(2))], it)
    assert it.record(order(at(3), "nobody")).redriven == []
    assert it.record(event(order(at(4)).type, at(4), "o", leaf="", data={})).redriven == []
    back = event(order(at(4)).type, at(4), "o", leaf="", data={"park": "marked"}, retracted=True)
    assert it.record(back).redriven == []
    assert waiting(it, "leaf-a") == ["marked"]


def test_what_was_known_late_is_told_from_the_order_on_and_not_from_before() -> None:
    it = fragile()
    run([joined(SCHOOL, at(1, 0), hours=999), marked(at(1)), started(at(2)), mend(at(20))], it)
    told = run([order(at(21)), at(23)], it)
    (opened,) = [t for t in told if t.duty == "PLAN"]
    assert opened.known_at == at(21)
    assert opened.as_of == at(21) + HOUR


def test_an_alert_told_while_a_record_waits_that_may_be_the_plan_says_so() -> None:
    it = fragile()
    told = run([joined(SCHOOL, at(1, 0)), started(at(1)), marked(at(2)), planned(at(3))], it)
    told += run([at(20)], it)
    (opened,) = [t for t in told if t.duty == "PLAN"]
    assert opened.unreadable
    back = run([mend(at(21)), order(at(22))], it)
    assert [t.kind for t in back if t.duty == "PLAN"] == ["CONFIRMED", "RESOLVED"]
    assert back[-1].outcome == "MET_IN_TIME_REPORTED_LATE"


def test_two_parked_children_that_turn_out_to_be_one_wait_as_one_in_order_of_arrival() -> None:
    one, two = (upn("1"),), (upn("2"),)
    it = fragile()
    run(
        [
            marked(at(1), "first", leaf="leaf-a", identifiers=one),
            marked(at(2), "second", leaf="leaf-b", identifiers=two),
            event("Note", at(3), "third", leaf="leaf-a", identifiers=one),
            event("Note", at(4), "both", leaf="leaf-c", identifiers=(*one, *two)),
            mend(at(5)),
        ],
        it,
    )
    assert waiting(it, "leaf-b") == ["first", "second", "third", "both"]
    told = it.record(order(at(6), "second"))
    assert [one.parked.record for one in told.redriven] == ["first", "second", "third", "both"]
    assert [t.kind for t in told_of_parks(told.transitions)] == ["RESOLVED", "RESOLVED"]


def test_what_was_erased_while_it_waited_is_passed_over_and_its_alert_withdrawn() -> None:
    it = fragile()
    run([marked(at(1)), started(at(2)), mend(at(3))], it)
    cluster = cluster_of(it, "leaf-a")
    cluster.parked = [msgspec.structs.replace(one, event=None) for one in cluster.parked]
    told = it.record(order(at(4)))
    assert [one.result for one in told.redriven] == [None, None]
    assert [t.kind for t in told_of_parks(told.transitions)] == ["WITHDRAWN"]


def a_snapshot(batch: str, day: int, *rows: Event) -> list[Event]:
    opened = {"batch_id": batch, "batch_scope": "ap", "snapshot": True}
    done = {"batch_id": batch, "complete_to": at(day, 9)}
    return [
        control("BatchOpened", SCHOOL, at(day, 1), opened),
        *rows,
        control("BatchCompleted", SCHOOL, at(day, 9), done),
    ]


def row(record: str, leaf: str, day: int, batch: str) -> Event:
    return event(
        "ApPlacementStarted",
        at(day, 2),
        record,
        leaf=leaf,
        batch=batch,
        scope="ap",
        data={"start_on": on(1)},
    )


def many(day: int, batch: str, kept: int = 8) -> list[Event]:
    return [row(f"p{n}", f"leaf-{n}", day, batch) for n in range(kept)]


def standing(it: Machine, node: str, record: str) -> bool:
    return not cluster_of(it, node).records[record].retracted


def test_a_snapshot_s_end_waits_behind_the_rows_that_wait_so_that_none_of_them_seems_lost() -> None:
    it = fragile()
    mine = {"leaf": "leaf-a"}
    run(a_snapshot("one", 1, *many(1, "one"), row("mine", "leaf-a", 1, "one")), it)
    run([marked(at(2), **mine)], it)
    run(a_snapshot("two", 3, *many(3, "two"), row("mine", "leaf-a", 3, "two")), it)
    run([mend(at(4))], it)
    told = it.record(order(at(5)))
    assert standing(it, "leaf-a", "mine")
    assert [one.parked.leaf for one in told.redriven] == ["leaf-a", "leaf-a", ""]


def test_a_snapshot_s_end_retracts_in_its_turn_what_it_did_not_repeat_of_a_child_that_waits() -> (
    None
):
    it = fragile()
    run(a_snapshot("one", 1, *many(1, "one"), row("mine", "leaf-a", 1, "one")), it)
    run([marked(at(2), leaf="leaf-a")], it)
    run(a_snapshot("two", 3, *many(3, "two")), it)
    assert standing(it, "leaf-a", "mine")
    run([mend(at(4)), order(at(5))], it)
    assert not standing(it, "leaf-a", "mine")


@st.composite
def parked_streams(draw: st.DrawFn) -> list[Event]:
    """Return a stream with reviews here and there that cannot be taken."""
    found = []
    for number, one in enumerate(draw(streams())):
        found.append(one)
        if one.agency != "source" and draw(st.integers(0, 4)) == 0:
            like = draw(facts(one.kappa))
            given = {"leaf": like.leaf, "source": like.source, "identifiers": like.identifiers}
            found.append(marked(one.kappa, f"marked-{number}", own_id=True, **given))
    return found


def orders(it: Machine, kappa: int) -> list[Event]:
    """Return an order for each record at fault."""
    shelf = it._shelf
    assert isinstance(shelf, MemoryShelf)
    return [
        order(kappa, one.record)
        for name in shelf.parked(LA)
        for one in shelf.get(LA, name).parked
        if one.fault
    ]


def state(it: Machine) -> object:
    """Return what stands: facts, children, and which alerts are open or pending."""
    shelf = it._shelf
    assert isinstance(shelf, MemoryShelf)
    clusters = [c for c in shelf._clusters.values()]
    return (
        {record: event for c in clusters for record, event in c.records.items()},
        {leaf: child for c in clusters for leaf, child in c.identity.children.items()},
        {
            (name, s.child, s.case)
            for c in clusters
            for name, s in c.cases.items()
            if s.stage is Stage.OPEN or (s.stage is Stage.PENDING and s.wake is None)
        },
    )


@given(parked_streams())
@settings(max_examples=80, deadline=None)
def test_once_redriven_a_child_stands_as_if_it_had_never_waited(stream: list[Event]) -> None:
    end = end_of(stream)
    sound = fragile()
    run([mend(stream[0].kappa), *stream, end, end + 60 * 24 * HOUR], sound)
    it = fragile()
    run(stream, it)
    counts = [it.record(mend(end - 2)).redriven]
    counts += [it.record(one).redriven for one in orders(it, end - 1)]
    run([end, end + 60 * 24 * HOUR], it)
    assert not list(it._shelf.parked(LA))
    assert state(it) == state(sound)


@given(parked_streams(), st.integers(0, 60))
@settings(max_examples=80, deadline=None)
def test_every_record_is_taken_once_or_waits_once(stream: list[Event], cut: int) -> None:
    it = fragile()
    parked: list[Event] = []
    redriven: list[Redriven] = []
    whole = [*stream[:cut], mend(stream[-1].kappa), *stream[cut:]]
    for one in whole:
        if it.record(one).result is Result.PARKED:
            parked.append(one)
    for one in orders(it, end_of(stream)):
        redriven += it.record(one).redriven
    assert sorted(id(one.parked.event) for one in redriven) == sorted(map(id, parked))


def with_orders(stream: list[Event], when: int) -> list[Event]:
    """Return the stream with orders in its midst, too early, and at its end, after the mending."""
    it = fragile()
    run(stream[:when], it)
    early = orders(it, stream[min(when, len(stream)) - 1].kappa)
    rest = [*early, *stream[when:], mend(stream[-1].kappa)]
    run(rest, it)
    return [*stream[:when], *rest, *orders(it, stream[-1].kappa)]


@given(parked_streams(), st.integers(1, 60), st.integers(0, 90))
@settings(max_examples=80, deadline=None)
def test_a_crash_at_any_point_among_parks_and_orders_changes_no_byte(
    stream: list[Event], when: int, cut: int
) -> None:
    whole = with_orders(stream, when)
    plain = run([*whole, end_of(whole)], fragile())
    store = Store()
    first = fragile(store.shelf)
    before = run(whole[:cut], first)
    second = fragile(store.reopened(), first.sequence)
    assert bytes_of(before + run([*whole[cut:], end_of(whole)], second)) == bytes_of(plain)
