"""A test event says which stage did not pass it on, and is no sign of life of anybody."""

from __future__ import annotations

from itertools import chain, count, repeat

import pytest

from joinedup.commands.ping import NotPassed, wait
from journey.shelf import MemoryShelf
from tests.unit.journey.streams import LA, SCHOOL, at, control, joined, machine, run


def test_a_stage_takes_until_it_was_passed() -> None:
    clock = count(0.0, 0.5)
    passed = chain([False, False], repeat(True))
    assert wait("join", lambda: next(passed), 60, "look there", lambda: next(clock)) == 1500


def test_a_stage_that_is_not_passed_in_time_says_where_to_look() -> None:
    clock = count(0.0, 5.0)
    with pytest.raises(NotPassed, match=r"^intake: it did not come through in 7 s: look there\.$"):
        wait("intake", lambda: False, 7, "look there", lambda: next(clock))


def test_a_ping_ends_no_silence_and_completes_nothing() -> None:
    quiet = [joined(SCHOOL, at(1), hours=48), at(6)]
    pinged = [*quiet[:1], control("SourcePinged", SCHOOL, at(2), {}), at(6)]
    assert run(pinged) == run(quiet)
    assert [(one.duty, one.as_of) for one in run(pinged)] == [("SOURCE_SILENT", at(3))]


def test_a_ping_of_a_source_that_nobody_heard_of_makes_it_known_to_nobody() -> None:
    shelf = MemoryShelf()
    run([control("SourcePinged", SCHOOL, at(2), {})], machine(shelf))
    assert shelf.authority(LA).sources == {}
