"""What the benchmark fills stores with, and what it says of deadlines and of growth."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest

from consumers.tokens import Tokens
from joinedup.bench.deadlines import Deadlines, Passed, filling, told_at
from joinedup.bench.fill import Filled, events_of
from joinedup.bench.growth import Shared, Size, generations, growth_told, picture
from joinedup.bench.plot import Line, Panel, svg
from joinedup.bench.result import result
from journey.events import Event
from journey.machine import Machine
from journey.shelf import MemoryShelf
from journey.transition import Kind, Transition

TOKENS = Tokens(b"a pseudonym key for tests")


def machine_with(events: list[Event]) -> Machine:
    it = Machine(MemoryShelf())
    for event in events:
        it.record(event)
    return it


def a_size(children: int, cost_us: float, memory: int, recovery: float) -> Size:
    """Return a size at which each of the blocks of two thousand events cost so much."""
    blocks = [
        Filled(children=n * 1333, events=n * 2000, cpu=n * 2000 * cost_us / 1e6, memory=memory)
        for n in range(1, 6)
    ]
    return Size(children=children, blocks=blocks, recovery=recovery, memory=memory)


def test_a_child_has_three_and_a_half_open_deadlines_on_average() -> None:
    made = filling(40, 20)
    assert sum(many for _, many in made.days) == 40
    it = machine_with([event for _, event in events_of(made, TOKENS)])
    clusters = it._shelf._clusters.values()  # type: ignore[attr-defined]
    waking = [c for one in clusters for c in one.cases.values() if c.wake is not None]
    assert len(waking) == 140


def test_a_handful_is_told_of_at_one_moment_and_the_others_together_at_a_later_one() -> None:
    it = machine_with([event for _, event in events_of(filling(40, 20), TOKENS)])
    assert opened(it.tick(told_at(0) - 1)) == 0
    assert opened(it.tick(told_at(0))) == 10
    assert opened(it.tick(told_at(2) - 1)) == 0
    assert opened(it.tick(told_at(2))) == 20


def opened(told: list[Transition]) -> int:
    return sum(one.kind is Kind.OPENED for one in told)


def test_there_are_some_children_of_each_of_75_years_in_order() -> None:
    days = [date.fromisoformat(day) for day, _ in generations(900).days]
    assert days == sorted(days) and len({day.year for day in days}) == 75
    assert sum(many for _, many in generations(5_000).days) == 5_000
    known = [event.kappa for _, event in events_of(generations(300), TOKENS)]
    assert known == sorted(known)
    assert datetime.fromtimestamp(known[-1] / 1000, UTC).year <= 2026


def test_growth_is_told_as_ratios_of_the_largest_to_the_smallest() -> None:
    told = growth_told(
        [a_size(10_000, 500, 100_000_000, 2.0), a_size(100_000, 550, 120_000_000, 3.0)],
        [Shared(authorities=8, workers=2, rate=1234.5)],
    )
    growth = result([told.values], {})["growth"]
    assert growth == {"cost_ratio": 1.1, "memory_ratio": 1.2, "recovery_s": 3.0}
    assert "8 authorities, 2 workers: 1,234 events" in told.text


def test_deadlines_are_told_with_what_came_after_the_tick() -> None:
    few = Passed(alerts=10, first=20.0, last=21.5, after_tick=1.5)
    many = Passed(alerts=1000, first=30.0, last=40.0, after_tick=12.0)
    told = Deadlines(children=10_000, due=35_000, started=2.0, few=few, many=many).told()
    assert result([told.values], {})["deadline_to_alert_s"] == 21.5
    assert "35,000 open deadlines" in told.text and "1.5 s after the tick" in told.text


def test_the_picture_is_svg_with_a_panel_of_each_thing_that_may_grow() -> None:
    words = _words(picture([a_size(10, 5, 1, 2.0), a_size(100, 5, 1, 3.0)]))
    assert sum("as a store fills" in (one or "") for one in words) == 2


def test_the_few_events_that_are_left_at_the_end_are_drawn_with_those_before() -> None:
    size = a_size(10, 5, 1, 2.0)
    last = size.blocks[-1]
    rest = replace(last, events=last.events + 10, cpu=last.cpu + 10 * 500 / 1e6)
    with_rest = replace(size, blocks=[*size.blocks, rest])
    points = [drawn.count("<circle") for drawn in (picture([size]), picture([with_rest]))]
    assert points == [4 + 5 + 1, 4 + 6 + 1]
    highest = float(_words(picture([with_rest]))[1])
    assert highest < 1.15 * 2 * 5


def _words(drawn: str) -> list[str]:
    return [one.text for one in ElementTree.fromstring(drawn).iter() if one.text]


def test_a_panel_without_points_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="empty"):
        svg([Panel("nothing", "children", [Line("none", [])])])
