"""A replay beside a join that goes on compares what the join had told when it began."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from consumers.errors import BrokenPromise
from consumers.join.inputs import Input
from consumers.replay.comparing import Difference, Reached, Told
from consumers.replay.replaying import Beforehand, Scope
from consumers.replay.run import Outcome, Replay
from consumers.replay.shields import Shields
from journey.events import Event
from journey.shield import WITHHELD
from journey.transition import Transition
from tests.unit.consumers.replay.test_comparing import kept
from tests.unit.journey.streams import LA, SCHOOL, START, at, event, joined, on, shield

DAY = 86_400_000
STREAM = [
    joined(SCHOOL, START, hours=24 * 365),
    *(
        event(
            "ApPlacementStarted",
            at(2 + n),
            f"p{n}",
            leaf=f"child-{n}",
            data={"start_on": on(2 + n), "provider": "ap", "full_time": True},
        )
        for n in range(8)
    ),
]
INPUTS = [
    *(Input(offset=n, kappa=one.kappa, content=one) for n, one in enumerate(STREAM)),
    Input(offset=len(STREAM), kappa=START + 300 * DAY, content=START + 300 * DAY),
]
PARTITION = 2


class Records:
    """Journeys and its reader in one: the inputs of one partition."""

    def __init__(self, *shields: Event) -> None:
        self._shields = shields

    def ends(self) -> Mapping[int, int]:
        return {PARTITION: len(INPUTS)}

    def beforehand(self, partition: int, la: str | None) -> Beforehand:
        return Beforehand(shields=Shields(self._shields))

    def inputs(self, partition: int, until: int, scope: Scope) -> Iterator[list[Input]]:
        yield [one for one in INPUTS[:4] if one.offset < until]
        yield [one for one in INPUTS[4:] if one.offset < until]


class Watcher:
    def __init__(self) -> None:
        self.told_all: list[Transition] = []
        self.passed: list[int] = []

    def told(self, partition: int, transition: Transition) -> None:
        self.told_all.append(transition)

    def moved(self, records: int) -> None:
        self.passed.append(records)

    def is_shown(self, transition: Transition) -> bool:
        return True


class MovingStore:
    """A store whose join goes on while it is compared with."""

    may_lag = False
    keeps_erased = False

    def __init__(self, told: list[Told], next_offset: int, sequence: int) -> None:
        self._told = told
        self._reached = Reached(next_offset=next_offset, sequence=sequence)

    def reached(self) -> Mapping[int, Reached]:
        found = self._reached
        self._reached = Reached(next_offset=len(INPUTS), sequence=len(self._told))
        return {PARTITION: found}

    def transitions(self, partition: int, last: int, la: str | None) -> Iterator[Told]:
        yield from (one for one in self._told if one.sequence <= last)

    def shown_otherwise(self, la: str | None) -> list[Difference]:
        return []


def replay(
    store: Any = None, scope: Scope | None = None, *shields: Event
) -> tuple[Outcome, Watcher]:
    records: Any = Records(*shields)
    watcher = Watcher()
    work = Replay(records, records, scope or Scope(), watcher, store)
    return work.run(work.extents(None)), watcher


def test_a_replay_tells_watches_and_counts() -> None:
    outcome, watcher = replay()
    assert outcome.counts.transitions == len(watcher.told_all) > 0
    assert outcome.counts.read == len(INPUTS)
    assert watcher.passed[-1] == len(INPUTS)
    assert {one.transition.alert_id for one in outcome.standing} == {
        one.alert_id for one in watcher.told_all
    }


def test_what_the_join_tells_after_the_replay_began_is_not_compared() -> None:
    _, watcher = replay()
    told = kept(watcher.told_all)
    records: Any = Records()
    Replay(records, records, Scope(), before := Watcher()).run({PARTITION: len(INPUTS) - 1})
    assert 0 < len(before.told_all) < len(told)
    outcome, _ = replay(MovingStore(told, len(INPUTS) - 1, len(before.told_all)))
    assert (outcome.compared, outcome.differences) == (len(before.told_all), [])


def test_a_child_that_was_shielded_later_is_shown_without_details_at_every_moment_before() -> None:
    later = shield(START + 900 * DAY, "child-3")
    plain, _ = replay(scope=Scope(moment=START + 300 * DAY))
    outcome, watcher = replay(None, Scope(moment=START + 300 * DAY), later)
    hidden = {one.child for one in watcher.told_all if one.withheld}
    assert len(hidden) == 1
    for one in (*(stood.transition for stood in outcome.standing), *watcher.told_all):
        assert (one.child in hidden) == one.withheld == (one.detail == WITHHELD)
    assert len(outcome.standing) == len(plain.standing)
    assert 0 < len(outcome.facts) < len(plain.facts)


def test_what_is_compared_is_what_was_told_and_a_difference_is_shown_without_details() -> None:
    _, watcher = replay()
    told, later = kept(watcher.told_all), shield(START + 900 * DAY, "child-3")
    outcome, _ = replay(MovingStore(told, len(INPUTS), len(told)), None, later)
    assert (outcome.compared, outcome.differences) == (len(told), [])
    mine = {one.child for one in replay(None, None, later)[1].told_all if one.withheld}
    lost = next(one for one in watcher.told_all if one.child in mine)
    without = [one for one in told if one.key[1:] != (lost.alert_id, lost.number)]
    outcome, _ = replay(MovingStore(without, len(INPUTS), len(told)), None, later)
    texts = [one.replayed or "" for one in outcome.differences if one.alert_id == lost.alert_id]
    assert texts and all(WITHHELD in text and lost.arithmetic not in text for text in texts)


def test_what_the_join_has_told_is_compared_whole() -> None:
    _, watcher = replay()
    told = kept(watcher.told_all)
    outcome, _ = replay(MovingStore(told, len(INPUTS), len(told)))
    assert (outcome.compared, outcome.differences) == (len(told), [])
    outcome, _ = replay(MovingStore(told[:-1], len(INPUTS), len(told)))
    assert len(outcome.differences) == 1


def test_journeys_that_end_before_the_store_does_are_refused() -> None:
    with pytest.raises(BrokenPromise, match="the join has taken 99"):
        replay(MovingStore([], 99, 0))


def test_a_moment_passes_even_where_no_record_says_so() -> None:
    outcome, watcher = replay(scope=Scope(moment=START + 1_000 * DAY))
    everything, _ = replay()
    assert len(watcher.told_all) >= everything.counts.transitions
    assert all(one.local_authority == LA for one in watcher.told_all)
    assert outcome.facts
