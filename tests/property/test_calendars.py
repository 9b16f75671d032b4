"""The promises of the core hold with school calendars that come late and are corrected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey import recounting
from journey.duties import cases_of
from journey.events import Event
from journey.facts import Facts
from journey.machine import Machine
from journey.moments import day_of
from journey.shelf import Authority, MemoryShelf, Shelf, calendars_of
from journey.telling import is_over
from tests.builders import a_calendar
from tests.lengths import in_full
from tests.property.test_at_hand import a_year, nothing_at_hand
from tests.property.test_core import Store, bytes_of, end_of, streams
from tests.unit.journey.school_days import BOTH, KILN, MILL, machine, published
from tests.unit.journey.streams import LA, event, on, run

SCHOOLS = (None, KILN, MILL)


@st.composite
def calendars(draw: st.DrawFn, kappa: int, *, older: bool) -> Event:
    """Return a calendar of the authority or one of two schools, or what takes it back."""
    school = draw(st.sampled_from(SCHOOLS))
    first = draw(st.integers(-5, 25))
    return published(
        kappa,
        (first, first + draw(st.integers(0, 12))),
        of=school,
        record=draw(st.sampled_from(("a", "b", f"calendar/{school}"))),
        revision=draw(st.integers(1, 4)),
        retracted=draw(st.integers(0, 5)) == 0,
        again=draw(st.booleans()) if older else True,
        last=draw(st.sampled_from((320, 320, 12, -3))),
    )


@st.composite
def calendared(draw: st.DrawFn, *, older: bool = True) -> list[Event]:
    """Return a stream with calendars in it, its placements at one of two schools or at none.

    older: whether some calendars are an older publisher's, and do not count again.
    """
    found = [_somewhere(one, draw(st.sampled_from(SCHOOLS))) for one in draw(streams())]
    for _ in range(draw(st.integers(1, 5))):
        where = draw(st.integers(1, len(found)))
        found.insert(where, draw(calendars(found[where - 1].kappa, older=older)))
    if draw(st.booleans()):
        where = draw(st.integers(1, len(found)))
        found.insert(where, _joins(found[where - 1], draw(st.sampled_from((KILN, MILL)))))
    return found


def _somewhere(fact: Event, school: str | None) -> Event:
    if school is None or fact.type != "ApPlacementStarted":
        return fact
    data = {**fact.data, "provider": school}
    return msgspec.structs.replace(fact, data=data, digest=f"{fact.digest}{school}")


def _joins(before: Event, school: str) -> Event:
    """Return the joining of a roll by a child of the stream."""
    source = "school/mis"
    data = {"establishment": school, "entry_on": on(-20)}
    whom = {"source": source, "leaf": f"{source}-0", "own_id": True}
    return event("PupilJoinedRoll", before.kappa, f"roll-{school}", day=-20, data=data, **whom)


@given(calendared(), st.data())
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_removing_any_tick_but_the_last_changes_no_byte(
    stream: list[Event], data: st.DataObject
) -> None:
    plain = run([*stream, end_of(stream)], machine())
    ticked: list[Event | int] = []
    for one, after in zip(stream, [*stream[1:], None], strict=True):
        ticked.append(one)
        room = (after.kappa if after else end_of(stream)) - one.kappa
        for step in sorted(data.draw(st.lists(st.integers(0, max(room - 1, 0)), max_size=2))):
            if room > 0:
                ticked.append(one.kappa + step)
    assert bytes_of(run([*ticked, end_of(stream)], machine())) == bytes_of(plain)


@given(calendared(), st.integers(0, 30))
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_a_crash_at_any_point_changes_no_byte(stream: list[Event], cut: int) -> None:
    plain = run([*stream, end_of(stream)], machine())
    store = Store()
    first = machine(store.shelf)
    before = run(stream[:cut], first)
    second = machine(store.reopened(), first.sequence)
    after = run([*stream[cut:], end_of(stream)], second)
    assert bytes_of([*before, *after]) == bytes_of(plain)


@given(calendared(), st.data())
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_a_record_delivered_again_changes_no_alert_and_no_calendar(
    stream: list[Event], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(stream) - 1))
    again = [*stream[: index + 1], stream[index], *stream[index + 1 :], end_of(stream)]
    once, twice = MemoryShelf(), MemoryShelf()
    plain = run([*stream, end_of(stream)], machine(once))
    assert bytes_of(run(again, machine(twice))) == bytes_of(plain)
    assert _without_volumes(twice) == _without_volumes(once)


def _without_volumes(shelf: Shelf) -> Authority:
    """Return the authority's state but for what was counted of each source: it came twice."""
    return msgspec.structs.replace(shelf.authority(LA), volumes={})


@given(calendared(older=False))
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_any_stream_tells_the_same_with_nothing_at_hand(stream: list[Event]) -> None:
    kept = run([*stream, end_of(stream)], machine())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Facts, "_at_hand", nothing_at_hand)
        patch.setattr(Facts, "_grown", nothing_at_hand)
        afresh = run([*stream, end_of(stream)], machine())
    assert bytes_of(afresh) == bytes_of(kept)


@given(calendared(older=False))
@settings(max_examples=in_full(6_000, otherwise=120), deadline=None)
def test_the_machine_s_cases_are_what_the_final_records_and_calendars_say(
    stream: list[Event],
) -> None:
    shelf = MemoryShelf()
    run(stream, machine(shelf))
    counted, last = calendars_of(shelf.authority(LA)), stream[-1].kappa
    for cluster in shelf._clusters.values():
        for child in cluster.identity.anchors:
            journey = cluster.journey(child)
            owed = {
                (duty.id, case.anchor, case.period): case
                for duty in BOTH
                for case in cases_of(duty, journey, counted)
                if case.met is None and not is_over(case, last)
            }
            states = {
                (state.duty, state.case.anchor, state.case.period): state.case
                for state in cluster.cases.values()
                if state.child == child and state.stage != "C" and not is_over(state.case, last)
            }
            assert states == owed


@given(calendared(older=False), st.permutations(range(5)))
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_the_order_of_calendars_decides_nothing_of_what_is_owed_in_the_end(
    stream: list[Event], order: Sequence[int]
) -> None:
    places = [n for n, one in enumerate(stream) if one.type == recounting.CALENDAR]
    turned = list(stream)
    for place, other in zip(places, (n for n in order if n < len(places)), strict=True):
        turned[place] = msgspec.structs.replace(stream[places[other]], kappa=stream[place].kappa)
    first, second = MemoryShelf(), MemoryShelf()
    run(stream, machine(first))
    run(turned, machine(second))
    assert calendars_of(first.authority(LA)) == calendars_of(second.authority(LA))
    last = stream[-1].kappa
    assert _owed(first, last) == _owed(second, last)


def _owed(shelf: MemoryShelf, moment: int) -> dict[str, object]:
    """Return what is owed at a moment (ms UTC): what is over stays until its turn comes, or not."""
    return {
        name: state.case.due
        for cluster in shelf._clusters.values()
        for name, state in cluster.cases.items()
        if state.stage != "C" and not is_over(state.case, moment)
    }


@given(calendared(older=False))
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_asking_everybody_would_tell_the_same(stream: list[Event]) -> None:
    asked = run([*stream, end_of(stream)], machine())
    with pytest.MonkeyPatch.context() as patch:
        _ask_everybody(patch)
        everybody = run([*stream, end_of(stream)], machine())
    assert bytes_of(asked) == bytes_of(everybody)


def _ask_everybody(patch: pytest.MonkeyPatch) -> None:
    """Let every child be asked whenever any calendar changes."""
    whose = recounting._changed
    patch.setattr(recounting, "_changed", lambda *of: whose(*of) and frozenset({None}))


@pytest.fixture(scope="module")
def year() -> Sequence[Event]:
    return a_year()


def test_an_invented_year_with_late_calendars_tells_the_same_however_it_is_worked_out(
    year: Sequence[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = [*_with_late_calendars(year), end_of(year)]
    kept = run(stream, Machine(MemoryShelf()))
    moved = {t.duty for t in kept if "until" in t.arithmetic and "calendar" in t.arithmetic}
    assert len(moved) >= 2, "deadlines were moved"
    with pytest.MonkeyPatch.context() as patch:
        _ask_everybody(patch)
        everybody = run(stream, Machine(MemoryShelf()))
    assert bytes_of(everybody) == bytes_of(kept)
    monkeypatch.setattr(Facts, "_at_hand", nothing_at_hand)
    monkeypatch.setattr(Facts, "_grown", nothing_at_hand)
    assert bytes_of(run(stream, Machine(MemoryShelf()))) == bytes_of(kept)


def _with_late_calendars(year: Sequence[Event]) -> list[Event]:
    """Return the year with a calendar of every school that it names, each corrected once."""
    schools = sorted({school for one in year for school in one.schools})
    places = [len(year) // 3, len(year) // 2]
    found = list(year)
    for revision, place in reversed(list(enumerate(places, 1))):
        kappa = year[place].kappa
        off = day_of(kappa) + timedelta(days=3)
        closed = (off.isoformat(), (off + timedelta(days=5 + revision)).isoformat())
        found[place:place] = [
            msgspec.structs.replace(
                published(kappa, of=school, revision=revision),
                la=year[0].la,
                data={
                    **a_calendar("2024-09-03", "2025-07-22", closed, establishment=school),
                    "counts_again": True,
                },
            )
            for school in schools
        ]
    return found


def test_without_a_calendar_nothing_is_said_of_any(year: Sequence[Event]) -> None:
    shelf: Shelf = MemoryShelf()
    told = run([*year, end_of(year)], Machine(shelf))
    assert told and not any("calendar" in one.arithmetic for one in told)
