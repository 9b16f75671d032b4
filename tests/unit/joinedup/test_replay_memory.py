"""A replay that would exhaust the machine ends in a sentence instead."""

from __future__ import annotations

import pytest

from consumers.errors import ConsumerError
from joinedup.commands.replay_memory import within_memory

MIB = 1024 * 1024


def test_a_replay_goes_on_within_its_bound_and_ends_above_it_with_what_to_do() -> None:
    passed: list[int] = []
    taken = iter((50 * MIB, 100 * MIB, 101 * MIB))
    moved = within_memory(passed.append, 100, lambda: next(taken))
    moved(1)
    moved(2)
    with pytest.raises(ConsumerError, match=r"more than 100 MiB .* Replay one authority \(--la\)"):
        moved(3)
    assert passed == [1, 2]


def test_unless_it_is_told_a_replay_may_take_a_share_of_this_machine() -> None:
    passed: list[int] = []
    within_memory(passed.append, None)(1)
    assert passed == [1], "these tests take less than that"
    with pytest.raises(ConsumerError, match="more than 1 MiB"):
        within_memory(passed.append, 1)(2)
