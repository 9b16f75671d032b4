"""What ours is compared with does the same work, on the real services."""

from __future__ import annotations

from pathlib import Path

import pytest

from joinedup.bench.peers import Peer, Programs, compared
from stack import LocalStack

EVENTS = 8_000
"""So many of the invented year that deadlines of it have passed with nothing done."""


@pytest.mark.nightly
def test_every_program_writes_our_rows_and_raises_the_alerts_of_the_others(
    stack: LocalStack, cache: Path, tmp_path: Path
) -> None:
    programs = Programs.built(tuple(Peer), cache.parent / "benchmarks", None, print)
    found = compared(stack, tmp_path, programs, EVENTS, print)
    assert found.unfair() == []
    assert all(one.alerts for one in found.peers)
