"""A short part of ``make faults``: the same runs, a few of the faults, every promise held.

One of each kind of run in every test run; the others of these in ``make nightly``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stack import LocalStack
from tests.faults.account import Told
from tests.faults.live import live_faults, run_live
from tests.faults.matrix import UNDISTURBED, every_fault
from tests.faults.memory import peak_of
from tests.faults.run import Fault, register, run_year

EVENTS = 800
PLACEMENTS = 150
CHOSEN = ("every process killed once",)
NIGHTLY = ("Kafka killed", "intake stopped before its commit, replaced, and woken")
YEAR = {
    fault.name: pytest.param(fault, marks=[pytest.mark.nightly] if fault.name in NIGHTLY else [])
    for fault in every_fault()
    if fault.name in CHOSEN + NIGHTLY
}
assert len(YEAR) == len(CHOSEN + NIGHTLY)
LIVE = {fault.name: fault for fault in live_faults() if "a year ahead" in fault.name}


@pytest.fixture(scope="module")
def broken_stack(stack: LocalStack) -> Iterator[LocalStack]:
    """The session's stack, all of which runs again afterwards."""
    register(stack)
    yield stack
    stack.up()


@pytest.fixture(scope="module")
def undisturbed(broken_stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What is told when nothing breaks."""
    folder = tmp_path_factory.mktemp("undisturbed")
    outcome = run_year(broken_stack, folder, UNDISTURBED, EVENTS, None)
    assert outcome.faults == []
    assert sum(map(len, outcome.account.told.values())) > 300
    return outcome.account.told


@pytest.mark.parametrize("fault", YEAR.values(), ids=YEAR)
def test_a_year_under_a_fault_is_told_as_if_there_had_been_none(
    broken_stack: LocalStack, tmp_path: Path, undisturbed: Told, fault: Fault
) -> None:
    outcome = run_year(broken_stack, tmp_path, fault, EVENTS, undisturbed)
    assert outcome.faults == [], outcome


@pytest.mark.parametrize("fault", LIVE.values(), ids=LIVE)
def test_placements_of_today_under_a_fault_are_told_once_and_nothing_else_is(
    broken_stack: LocalStack, tmp_path: Path, fault: Fault
) -> None:
    outcome = run_live(broken_stack, tmp_path, fault, PLACEMENTS)
    assert outcome.faults == [], outcome


@pytest.mark.nightly
def test_a_backlog_eight_times_as_long_takes_hardly_more_memory(
    broken_stack: LocalStack, tmp_path: Path
) -> None:
    short = peak_of(broken_stack, tmp_path / "short", events=300, children=60)
    long = peak_of(broken_stack, tmp_path / "long", events=2_400, children=60)
    # The join keeps what it reads until its room is full, which takes both backlogs and more.
    assert {one: long.mib[one] <= short.mib[one] * 1.5 for one in long.mib} == dict.fromkeys(
        long.mib, True
    ), (short, long)
