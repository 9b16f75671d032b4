"""Latencies are measured once the join keeps up, while others publish at an even rate."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from joinedup.bench import background
from joinedup.bench.background import is_told, paced_by, words_of
from joinedup.bench.latency import keeps_up
from producers.results import Accepted


class Clock:
    """A clock that goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Publisher:
    """Accepts each event at once."""

    def __init__(self) -> None:
        self._sent: list[Any] = []

    @property
    def in_flight(self) -> int:
        return len(self._sent)

    def send(self, event: Any) -> None:
        self._sent.append(event)

    def results(self, *, leaving: int = 0) -> Iterator[Any]:
        while len(self._sent) > leaving:
            yield Accepted("topic", 0, 0, self._sent.pop(0))

    def results_so_far(self) -> Iterator[Any]:
        return self.results()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(background, "time", found)
    return found


def test_others_are_published_evenly_until_they_are_told_to_end(clock: Clock) -> None:
    publisher: Any = Publisher()
    paced = paced_by(publisher, map(str, count()), 200, lambda: clock.now >= 103)
    assert paced.seconds == pytest.approx(3, abs=0.02)
    assert paced.accepted == pytest.approx(600, abs=4)


def test_whoever_has_no_more_to_publish_waits_to_be_told_all_the_same(clock: Clock) -> None:
    publisher: Any = Publisher()
    paced = paced_by(publisher, iter(["one", "two"]), 200, lambda: clock.now >= 103)
    assert paced.accepted == 2
    assert paced.seconds == pytest.approx(3, abs=0.02)


@pytest.mark.parametrize(
    ("joined", "passed", "does"), [(60, 0.5, False), (100, 1.0, True), (149, 2.0, False)]
)
def test_the_join_keeps_up_once_it_has_nearly_all_that_was_published(
    joined: int, passed: float, does: bool
) -> None:
    assert keeps_up(joined, 100, passed) is does


def test_a_word_that_came_together_with_the_one_before_is_seen() -> None:
    end, begin = os.pipe()
    try:
        os.write(begin, b"100\nend\n")
        told = words_of(end)
        assert told.readline() == b"100\n"
        assert is_told(told)
        assert told.readline() == b"end\n"
        assert not is_told(told)
    finally:
        os.close(begin)
        os.close(end)
