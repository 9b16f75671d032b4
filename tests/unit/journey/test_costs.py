"""What an event costs the core, counted and not timed: no noisy machine can change a count.

The bounds are what was counted when they were written, and a tenth: who makes the core dearer than
that sees it here, and raises the bound with a reason, or finds another way.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from journey import facts
from journey.events import Event
from journey.machine import Machine
from journey.moments import DAY
from journey.shelf import MemoryShelf
from tests.unit.journey.invented import a_year, with_more_children

MOST_DUTIES = 5.5
"""Asked for each event, on average of a year; there are more than a hundred."""
MOST_CALLS = 352.0
"""Of functions, Python's own among them, for each event."""
CHILDREN, EVENTS = 6, 2_500
FEW = 250
"""Events of which more children's are made."""


@pytest.fixture(scope="module")
def year() -> list[Event]:
    return a_year(CHILDREN)[:EVENTS]


def taken(events: Iterable[Event]) -> Machine:
    """Return the machine that has taken these events, and let a month pass after them."""
    it, kappa = Machine(MemoryShelf()), 0
    for event in events:
        it.record(event)
        kappa = event.kappa
    it.tick(kappa + 30 * DAY)
    return it


def calls_in(work: Callable[[], object]) -> int:
    """Return how many functions are called, of Python's own too."""
    called = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal called
        called += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return called


def test_an_event_asks_few_of_the_duties(
    monkeypatch: pytest.MonkeyPatch, year: list[Event]
) -> None:
    asked, ask = 0, facts.cases_of

    def counted(*given: Any) -> Any:
        nonlocal asked
        asked += 1
        return ask(*given)

    monkeypatch.setattr(facts, "cases_of", counted)
    taken(year)
    assert 0 < asked / len(year) <= MOST_DUTIES


def test_an_event_calls_a_bounded_number_of_functions(year: list[Event]) -> None:
    assert calls_of(year) / len(year) <= MOST_CALLS


def test_an_event_costs_the_same_among_many_children_as_among_few(year: list[Event]) -> None:
    few = year[:FEW]
    two, four, eight = (calls_of(with_more_children(few, n)) for n in (2, 4, 8))
    assert (eight - four) / 4 <= 1.05 * (four - two) / 2


def calls_of(events: Iterable[Event]) -> int:
    """Return how many functions are called to take these events, and not to make them."""
    made = list(events)
    return calls_in(lambda: taken(made))
