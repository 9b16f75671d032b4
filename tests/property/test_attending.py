"""The promises of acting on alerts, for any stream of facts and actions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from journey.acting import LONGEST_ASIDE
from journey.cluster import Stage
from journey.events import Event
from journey.machine import Machine
from journey.moments import DAY, day_of
from journey.shelf import MemoryShelf
from journey.standing import Act
from journey.telling import alert_id
from tests.lengths import in_full
from tests.property.test_core import Store, bytes_of, end_of, streams
from tests.unit.journey.acts import action
from tests.unit.journey.streams import CARE, SCHOOL, machine, run

ANCHORS = [f"ApPlacementStarted-{n}-{source}" for n in (0, 1) for source in (SCHOOL, CARE)]
PEOPLE = ("a.lead", "b.lead")


@st.composite
def acts(draw: st.DrawFn, kappa: int) -> Event:
    """Return an action of one of two people on one of the alerts, sensible or not."""
    anchor = draw(st.sampled_from(ANCHORS))
    return action(
        draw(st.sampled_from(Act)),
        kappa,
        draw(st.integers(1, 3)),
        draw(st.sampled_from(PEOPLE)),
        alert_id=alert_id("PLAN", anchor, ""),
        anchor=anchor,
        recipient=draw(st.sampled_from(PEOPLE)),
        until=day_of(kappa) + timedelta(days=draw(st.integers(0, 5))),
        reason="OTHER",
        outcome="OTHER",
    )


@st.composite
def attended(draw: st.DrawFn) -> list[Event]:
    """Return a stream of facts with actions between them, in order of known time."""
    found: list[Event] = []
    for one in draw(streams()):
        found.append(one)
        if draw(st.integers(0, 2)) == 0:
            found.append(draw(acts(one.kappa)))
    return found


def taken(it: Machine) -> tuple[Any, Any]:
    """Return what every action came to, and how every alert stands."""
    return it.acted(), sorted(it.stood(), key=lambda one: one.alert_id)


@given(attended(), st.data())
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_removing_any_tick_but_the_last_changes_neither_a_byte_nor_an_effect(
    stream: list[Event], data: st.DataObject
) -> None:
    one, two = machine(), machine()
    plain = run([*stream, end_of(stream)], one)
    ticked: list[Event | int] = []
    for event, after in zip(stream, [*stream[1:], None], strict=True):
        ticked.append(event)
        room = (after.kappa if after else end_of(stream)) - event.kappa
        if room > 0:
            ticked.append(event.kappa + data.draw(st.integers(0, room - 1)))
    assert bytes_of(run([*ticked, end_of(stream)], two)) == bytes_of(plain)
    assert taken(one) == taken(two)


@given(attended(), st.integers(0, 80))
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_a_crash_at_any_point_changes_no_byte(stream: list[Event], cut: int) -> None:
    plain = run([*stream, end_of(stream)])
    store = Store()
    first = machine(store.shelf)
    before = run(stream[:cut], first)
    second = machine(store.reopened(), first.sequence)
    after = run([*stream[cut:], end_of(stream)], second)
    assert bytes_of([*before, *after]) == bytes_of(plain)


@given(attended())
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_whatever_people_do_no_open_alert_stays_set_aside_or_unattended(
    stream: list[Event],
) -> None:
    shelf = MemoryShelf()
    it = machine(shelf)
    run([*stream, stream[-1].kappa + (LONGEST_ASIDE + 40) * DAY], it)
    if not shelf.authority("999").attended:
        return
    for cluster in shelf._clusters.values():
        for state in cluster.cases.values():
            if state.stage is Stage.OPEN:
                standing = state.standing
                assert standing is not None and standing.aside is None
                assert standing.seen_by or standing.escalated
                assert standing.assignee or standing.escalated


@given(attended())
@settings(max_examples=in_full(3_000, otherwise=60), deadline=None)
def test_actions_decide_how_an_alert_stands_and_never_whether_it_is_open(
    stream: list[Event],
) -> None:
    facts = [one for one in stream if one.type != "AlertActionRecorded"]
    with_people, without = MemoryShelf(), MemoryShelf()
    run([*stream, end_of(stream)], machine(with_people))
    run([*facts, end_of(stream)], machine(without))
    assert stages(with_people) == stages(without)


def stages(shelf: MemoryShelf) -> dict[str, tuple[Stage, str]]:
    return {
        name: (state.stage, state.outcome)
        for cluster in shelf._clusters.values()
        for name, state in cluster.cases.items()
    }
