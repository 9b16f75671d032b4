"""What is kept at hand spares work and changes nothing that is told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings

from consumers.decode import to_event
from consumers.tokens import Tokens
from journey.events import Event
from journey.facts import Facts
from journey.journeys import Journeys
from journey.machine import Machine
from journey.shelf import MemoryShelf
from producers.event import milliseconds
from producers.simulate import simulate
from schemas.codec import Codec
from schemas.registry import MemoryRegistry
from tests.lengths import in_full
from tests.property.test_core import bytes_of, end_of, streams
from tests.unit.journey.streams import machine, run

CHILDREN = 40
MARK = "SessionAttendanceRecorded"
MARKS_TOLD = in_full(1, otherwise=10)
"""One mark of attendance in so many: they are most of a year, and each is like the next."""


def nothing_at_hand(*_: object) -> None:
    """Stands for ``_at_hand`` and ``_grown``: every fact is worked out from all that is known."""
    return


@given(streams())
@settings(max_examples=in_full(6_000, otherwise=120), deadline=None)
def test_any_stream_tells_the_same_with_nothing_at_hand(stream: list[Event]) -> None:
    kept = run([*stream, end_of(stream)], machine(MemoryShelf()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Facts, "_at_hand", nothing_at_hand)
        patch.setattr(Facts, "_grown", nothing_at_hand)
        afresh = run([*stream, end_of(stream)], machine(MemoryShelf()))
    assert bytes_of(afresh) == bytes_of(kept)


def test_an_invented_year_tells_the_same_with_nothing_at_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    year = a_year()
    kept = run([*year, end_of(year)], Machine(MemoryShelf()))
    monkeypatch.setattr(Facts, "_at_hand", nothing_at_hand)
    monkeypatch.setattr(Facts, "_grown", nothing_at_hand)
    afresh = run([*year, end_of(year)], Machine(MemoryShelf()))
    assert kept, "something is told"
    assert bytes_of(afresh) == bytes_of(kept)


def test_what_is_kept_at_hand_is_bounded_in_facts_and_the_bound_changes_nothing_told() -> None:
    year = a_year()
    kept = run([*year, end_of(year)], Machine(MemoryShelf()))
    few = Machine(MemoryShelf(), journeys=Journeys(100))
    told, most = [], 0
    for event in year:
        told += few.record(event).transitions
        most = max(most, at_hand(few))
    told += few.tick(end_of(year))
    assert bytes_of(told) == bytes_of(kept)
    assert len(year) > 1_000
    largest = max(len(one.records) for one in few._shelf._clusters.values())  # type: ignore[attr-defined]
    assert 50 < most <= 100 + largest


def at_hand(of: Machine) -> int:
    """Return how many facts are kept at hand."""
    return sum(
        len(facts)
        for kept in of._facts._journeys._kept.values()
        for child in kept.children.values()
        for facts in child.journey.facts.values()
    )


def a_year() -> Sequence[Event]:
    """Return what the agencies of an invented authority tell of some children in a year.

    Every fourth fact is repeated in a batch and then sent with a higher revision, as nightly
    files do.
    """
    codec, tokens = Codec(MemoryRegistry()), Tokens(b"a pseudonym key for tests")
    found = []
    for number, told in enumerate(simulate(count=CHILDREN).records):
        if told.event.kind.name == MARK and number % MARKS_TOLD:
            continue
        event, kappa = told.event, milliseconds(told.known_at)
        repeated = {**event.record, "batch": "a batch"}
        again = {**event.record, "revision": event.record["revision"] + 1}
        told_of = (event.record, repeated, again) if number % 4 == 0 else (event.record,)
        for record in told_of:
            wire = codec.encode(event.kind.full_name, dict(record))
            found.append(to_event(codec.decode(wire), kappa=kappa, tokens=tokens))
    return found
