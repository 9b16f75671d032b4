"""Whom a source's word concerns: the same is told as if everybody were looked at each time."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.events import Event
from journey.shelf import MemoryShelf
from journey.transition import Kind
from journey.waits import Reach
from tests.lengths import in_full
from tests.property.test_core import bytes_of, end_of, streams
from tests.property.test_stages import staged, told
from tests.unit.journey.streams import (
    CARE,
    SCHOOL,
    at,
    beat,
    event,
    joined,
    kinds,
    machine,
    on,
    run,
)

CLINIC = "clinic/epr"


class Everybody(MemoryShelf):
    """Says of every case that waits that what it waits for may have come."""

    def waiting(self, la: str, reach: Reach | None) -> Iterable[str]:
        return super().waiting(la, None)


class Counting(MemoryShelf):
    """Counts who is looked at when a source is heard."""

    def __init__(self) -> None:
        super().__init__()
        self.looked_at = 0

    def waiting(self, la: str, reach: Reach | None) -> Iterable[str]:
        for name in super().waiting(la, reach):
            self.looked_at += 1
            yield name


@st.composite
def joinings(draw: st.DrawFn, found: st.SearchStrategy[list[Event]]) -> list[Event]:
    """Return one of these streams, whose sources join late, or again and say other things."""
    stream = draw(found)
    stream = stream[draw(st.integers(0, 2)) :]
    for number in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(stream) - 1))
        source, mode = draw(st.sampled_from((SCHOOL, CARE, CLINIC))), draw(st.sampled_from(MODES))
        one = joined(source, stream[place].kappa, mode, draw(st.sampled_from((24, 999))))
        kinds = draw(st.sampled_from((["ExitPlanAgreed"], ["ApPlacementStarted"], [])))
        data = {**one.data, "event_types": kinds}
        stream.insert(place, msgspec.structs.replace(one, revision=2 + number, data=data))
    return stream


MODES = ("STREAMING", "BATCH")


@given(joinings(streams()))
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_any_stream_tells_the_same_as_if_all_that_waits_were_looked_at(
    stream: list[Event],
) -> None:
    alone = run([*stream, end_of(stream)], machine(MemoryShelf()))
    assert bytes_of(alone) == bytes_of(run([*stream, end_of(stream)], machine(Everybody())))


@given(joinings(staged()))
@settings(max_examples=in_full(5_000, otherwise=100), deadline=None)
def test_it_does_with_warnings_steps_and_holds_too(stream: list[Event]) -> None:
    alone = told([*stream, end_of(stream)], MemoryShelf())
    assert bytes_of(alone) == bytes_of(told([*stream, end_of(stream)], Everybody()))


def test_a_source_that_is_heard_has_nobody_looked_at_who_goes_on_waiting() -> None:
    shelf = Counting()
    it = machine(shelf)
    run([joined(SCHOOL, at(1, 0), "BATCH")], it)
    for child in range(20):
        start = {"start_on": on(child + 1)}
        leaf = f"leaf-{child}"
        run([event("ApPlacementStarted", at(1), f"s{child}", leaf=leaf, data=start)], it)
    run([at(40)], it)  # each is owed by then, waits for its grace, and is told
    shelf.looked_at = 0
    for day in range(11, 31):
        before = shelf.looked_at
        found = run([beat(SCHOOL, at(40 + day), at(day + 1, 0)), at(40 + day, 13)], it)
        assert kinds(found) == [Kind.CONFIRMED]
        assert shelf.looked_at - before == 1
