"""The promises of the core hold with warnings, steps and holds switched on."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.calendars import Calendars
from journey.child import journey_of
from journey.cluster import Stage
from journey.duties import cases_of
from journey.duties.duty import Duty, Severity
from journey.evaluate import evaluate, next_due, standing
from journey.events import Event
from journey.facts import Facts
from journey.machine import Machine
from journey.rulebooks import Rulebooks
from journey.shelf import MemoryShelf, Shelf
from journey.transition import Transition
from tests.lengths import in_full
from tests.property.test_at_hand import nothing_at_hand
from tests.property.test_core import Store, bytes_of, end_of, folded, streams
from tests.unit.journey.rule_sets import PACED, SPARE, a_set, published
from tests.unit.journey.streams import LA, at, on, run

HIGHER = msgspec.structs.replace(
    PACED, id="HIGHER", parameters={"days": 7}, severity=Severity.CRITICAL
)
LOWER = msgspec.structs.replace(
    PACED, id="LOWER", severity=Severity.LOW, inhibited_by=frozenset({"HIGHER", "SPARE"})
)
DUTIES: tuple[Duty, ...] = (HIGHER, LOWER, SPARE)


def machine(shelf: Shelf | None = None, sequence: int = 0) -> Machine:
    """Return a machine with the three duties."""
    return Machine(shelf or MemoryShelf(), sequence, duties=DUTIES)


@st.composite
def parameters(draw: st.DrawFn, days: int, *, held: bool = False) -> dict[str, int | str]:
    """Return days, some warning, some steps and, where asked for, a hold."""
    found: dict[str, int | str] = {"days": days}
    if (warn := draw(st.integers(0, 9))) > 2:
        found["warn_days"] = warn
    if steps := sorted(draw(st.sets(st.integers(1, 20), max_size=3))):
        found["escalate_days"] = " ".join(map(str, steps))
    if held and draw(st.integers(0, 3)):
        found["inhibited_by"] = draw(st.sampled_from(("HIGHER", "HIGHER SPARE")))
    return found


@st.composite
def staged(draw: st.DrawFn) -> list[Event]:
    """Return a stream whose first record, and perhaps a later one, switches stages on."""
    found = list(draw(streams()))
    for version in "ab"[: draw(st.integers(1, 2))]:
        where = 0 if version == "a" else draw(st.integers(1, len(found)))
        kappa = found[max(where - 1, 0)].kappa
        changes = {
            "HIGHER": {"parameters": draw(parameters(draw(st.integers(4, 14))))},
            "LOWER": {"parameters": draw(parameters(draw(st.integers(4, 14)), held=True))},
            "SPARE": {"enabled": True, "parameters": draw(parameters(draw(st.integers(0, 9))))},
        }
        since = on(-12 if version == "a" else draw(st.integers(-12, 30)))
        rules = a_set(version, since, tightens=draw(st.booleans()), **changes)
        found.insert(where, published(rules, kappa))
    return found


def told(stream: Sequence[Event | int], shelf: Shelf | None = None) -> list[Transition]:
    """Return what follows from a stream."""
    return run(stream, machine(shelf))


@given(staged(), st.data())
@settings(max_examples=in_full(3_000, otherwise=60), deadline=None)
def test_removing_any_tick_but_the_last_changes_no_byte(
    stream: list[Event], data: st.DataObject
) -> None:
    plain = told([*stream, end_of(stream)])
    ticked: list[Event | int] = []
    for one, after in zip(stream, [*stream[1:], None], strict=True):
        ticked.append(one)
        room = (after.kappa if after else end_of(stream)) - one.kappa
        for step in sorted(data.draw(st.lists(st.integers(0, max(room - 1, 0)), max_size=2))):
            if room > 0:
                ticked.append(one.kappa + step)
    assert bytes_of(told([*ticked, end_of(stream)])) == bytes_of(plain)


@given(staged(), st.integers(0, 30))
@settings(max_examples=in_full(3_000, otherwise=60), deadline=None)
def test_a_crash_at_any_point_changes_no_byte(stream: list[Event], cut: int) -> None:
    plain = told([*stream, end_of(stream)])
    store = Store()
    first = machine(store.shelf)
    before = run(stream[:cut], first)
    second = machine(store.reopened(), first.sequence)
    after = run([*stream[cut:], end_of(stream)], second)
    assert bytes_of([*before, *after]) == bytes_of(plain)


@given(staged(), st.data())
@settings(max_examples=in_full(3_000, otherwise=60), deadline=None)
def test_a_record_delivered_again_changes_no_alert(
    stream: list[Event], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(stream) - 1))
    again = [*stream[: index + 1], stream[index], *stream[index + 1 :], end_of(stream)]
    assert bytes_of(told(again)) == bytes_of(told([*stream, end_of(stream)]))


@given(staged())
@settings(max_examples=in_full(3_000, otherwise=60), deadline=None)
def test_any_stream_tells_the_same_with_nothing_at_hand(stream: list[Event]) -> None:
    kept = told([*stream, end_of(stream)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Facts, "_at_hand", nothing_at_hand)
        patch.setattr(Facts, "_grown", nothing_at_hand)
        afresh = told([*stream, end_of(stream)])
    assert bytes_of(afresh) == bytes_of(kept)


FOLLOWS = {
    "NONE": {"DUE_SOON", "OPENED"},
    "DUE_SOON": {"OPENED", "REOPENED", "AMENDED", "REASSIGNED", "RESOLVED", "WITHDRAWN"},
    "OPEN": {"CONFIRMED", "AMENDED", "ESCALATED", "REASSIGNED", "RESOLVED", "WITHDRAWN"},
    "RESOLVED": {"DUE_SOON", "OPENED", "REOPENED"},
    "WITHDRAWN": {"DUE_SOON", "OPENED", "REOPENED"},
}
"""What may be told of an alert, by where it stands."""


@given(staged())
@settings(max_examples=in_full(3_000, otherwise=60), deadline=None)
def test_an_alert_and_its_warning_are_one_and_never_open_twice(stream: list[Event]) -> None:
    stands: dict[str, str] = {}
    was_open: set[str] = set()
    moments: list[int] = []
    for one in told([*stream, end_of(stream)]):
        before = stands.get(one.alert_id, "NONE")
        assert one.kind in FOLLOWS[before], (before, one)
        assert (one.kind == "REOPENED") == (
            one.alert_id in was_open and one.kind in ("OPENED", "REOPENED")
        )
        stands[one.alert_id] = one.status
        if one.status == "OPEN":
            was_open.add(one.alert_id)
        if one.kind == "DUE_SOON":
            assert one.status == "DUE_SOON"
            assert one.escalation == 0
        moments.append(one.as_of)
    assert moments == sorted(moments), "moments are told in their order"


@given(staged())
@settings(max_examples=in_full(3_000, otherwise=60), deadline=None)
def test_what_is_missed_at_the_end_is_told_or_held_by_what_is(stream: list[Event]) -> None:
    shelf = MemoryShelf()
    end = end_of(stream)
    told([*stream, end], shelf)
    asked = Rulebooks(shelf, DUTIES).of(LA).asked.values()
    for cluster in shelf._clusters.values():
        opened = {
            (state.duty, state.child, state.case.anchor, state.case.period): state
            for state in cluster.cases.values()
            if state.stage is Stage.OPEN
        }
        for child in cluster.identity.anchors:
            for duty, case in evaluate(cluster.journey(child), end, Calendars.default(), asked):
                held = any(
                    (other, child, case.anchor) == place[:3]
                    for other in case.held_by
                    for place in opened
                )
                assert held or (duty.id, child, case.anchor, case.period) in opened
        held_now = [state for state in cluster.cases.values() if state.held]
        assert all(state.stage is Stage.PENDING for state in held_now)
        assert all(
            any((other, state.child, state.case.anchor) == place[:3] for place in opened)
            for state in held_now
            for other in [next(o for o in state.case.held_by if any(p[0] == o for p in opened))]
        )


@given(staged(), st.integers(1, 80), st.integers(1, 80))
@settings(max_examples=in_full(3_000, otherwise=60), deadline=None)
def test_nothing_changes_before_next_due(stream: list[Event], day: int, later: int) -> None:
    shelf = MemoryShelf()
    run([one for one in stream if one.agency == "governance"], machine(shelf))
    asked = tuple(Rulebooks(shelf, DUTIES).of(LA).asked.values())
    facts = [e for e in folded(stream)[0].values() if e.agency == "education"]
    journey = journey_of("child", "leaf", None, facts)
    now, calendars, then = at(day), Calendars.default(), at(day + later)
    following = next_due(journey, now, calendars, asked)
    stood = standing(journey, now, calendars, asked)
    if following is None or then < following:
        assert standing(journey, then, calendars, asked) == stood
    else:
        assert standing(journey, following, calendars, asked) != stood


@given(staged())
@settings(max_examples=in_full(3_000, otherwise=60), deadline=None)
def test_stages_change_what_is_said_and_never_what_a_child_is_owed(stream: list[Event]) -> None:
    shelf = MemoryShelf()
    told(stream, shelf)
    for cluster in shelf._clusters.values():
        for child in cluster.identity.anchors:
            for duty in (HIGHER, LOWER):
                cases = cases_of(duty, cluster.journey(child), Calendars.default())
                assert not any(case.warns_on or case.steps or case.held_by for case in cases)
