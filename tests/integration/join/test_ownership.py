"""A partition has one owner: who lost it can commit nothing, and offset and effects are one."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import psycopg
import pytest

from consumers.errors import Fenced
from consumers.join.partition import PartitionJoin
from consumers.store import partitions
from journey.child import Journey
from journey.duties.duty import Case
from journey.machine import Machine
from tests.integration.join.stories import (
    DAYS,
    FIRST_DAY,
    Told,
    a_record,
    identifiers,
    moment_of,
    stories,
)
from tests.integration.join.workbench import Workbench
from tests.unit.journey.streams import PLAN

LA = "999"
STATE = "SELECT next_offset, events, timeline, sequence FROM partition_state"


@pytest.fixture
def owner(bench: Workbench) -> PartitionJoin:
    """The owner of a partition of 300 events, none of them joined yet."""
    bench.write(stories(LA, 20, 300))
    return bench.partition_join(LA, "the first")


def test_a_worker_that_lost_its_partition_cannot_commit(
    bench: Workbench, owner: PartitionJoin
) -> None:
    inputs = bench.inputs(LA)
    owner.apply(inputs[:100])
    second = bench.partition_join(LA, "the second")
    before = (bench.rows(STATE), bench.one("SELECT count(*) FROM timeline"))
    with pytest.raises(Fenced):
        owner.apply(inputs[100:200])
    assert (bench.rows(STATE), bench.one("SELECT count(*) FROM timeline")) == before
    second.apply(inputs[second.next_offset :])
    assert bench.transitions() == bench.expected()


def test_a_worker_that_stands_still_before_its_commit_keeps_nobody_from_taking_over(
    bench: Workbench, owner: PartitionJoin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "STANDSTILL_SECONDS", 1)
    inputs, seconds = bench.inputs(LA), list[PartitionJoin]()

    def replaced(step: str) -> None:
        if step == "before-commit":
            seconds.append(bench.partition_join(LA, "the second"))

    first = bench.partition_join(LA, "the first", fail=replaced)
    with pytest.raises(psycopg.OperationalError):
        first.apply(inputs[:100])
    (second,) = seconds
    assert second.next_offset == 0, "what was not committed is undone"
    second.apply(inputs)
    assert bench.transitions() == bench.expected()


def test_a_new_owner_goes_on_where_the_store_stands(bench: Workbench, owner: PartitionJoin) -> None:
    inputs = bench.inputs(LA)
    owner.apply(inputs[:77])
    assert bench.partition_join(LA).next_offset == 77


def test_a_batch_that_fails_leaves_neither_offset_nor_effect(
    bench: Workbench, owner: PartitionJoin
) -> None:
    inputs = bench.inputs(LA)
    owner.apply(inputs[:100])
    before = bench.rows(STATE)
    owner._fail = _cut(bench)
    with pytest.raises(psycopg.OperationalError):
        owner.apply(inputs[100:])
    assert bench.rows(STATE) == before
    assert bench.one("SELECT count(*) FROM timeline") == before[0][2]
    again = bench.partition_join(LA)
    again.apply(inputs[again.next_offset :])
    assert bench.transitions() == bench.expected()


def _cut(bench: Workbench) -> object:
    """Return a fail point at which PostgreSQL ends every session of the join before its commit."""

    def fail(name: str) -> None:
        if name == "before-commit":
            bench.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = 'joinedup_join' AND datname = current_database()"
            )

    return fail


def test_a_child_whose_key_is_shredded_is_counted_and_nothing_of_it_is_kept(
    bench: Workbench, owner: PartitionJoin
) -> None:
    with bench.changing_keys() as keys:
        keys.execute("UPDATE leaf_keys SET wrapped = NULL, shredded_at = now()")
    owner.apply(bench.inputs(LA))
    assert bench.rows("SELECT events, timeline, erased FROM partition_state") == [(306, 0, 306)]
    assert bench.one("SELECT count(*) FROM records") == 0
    assert bench.transitions() == {}


def test_a_child_that_the_core_cannot_take_stands_still_and_the_others_go_on(
    bench: Workbench, owner: PartitionJoin
) -> None:
    bench.write([_of(1, "HealthDischarged", 1), _of(1, "HealthContactHeld", 2)])
    bench.write([_of(2, "HealthContactHeld", 3)])
    owner._machine = Machine(owner._shelf, duties=(BROKEN,))
    owner.apply(bench.inputs(LA))
    assert bench.rows("SELECT type FROM parked ORDER BY position") == [
        ("HealthDischarged",),
        ("HealthContactHeld",),
    ]
    assert bench.rows("SELECT timeline, parked FROM partition_state") == [(300 + 1, 2)]
    assert bench.rows("SELECT kind, standing FROM reviews") == [("parked", True)]
    again = bench.partition_join(LA)
    bench.write([_of(1, "HealthContactHeld", 4)])
    again.apply(bench.inputs(LA)[again.next_offset :])
    assert bench.one("SELECT parked FROM partition_state") == 3


def _broken(journey: Journey, *_: object) -> list[Case]:
    """Fail for a child that was discharged."""
    return [] if not journey.of("HealthDischarged") else [][1]


BROKEN = msgspec.structs.replace(PLAN, reads=frozenset({"HealthDischarged"}), cases=_broken)


def _of(child: int, type_: str, number: int) -> Told:
    """Return an event of a child of whom nothing else is known."""
    day = FIRST_DAY + timedelta(days=DAYS)
    field = "discharged_on" if type_ == "HealthDischarged" else "held_on"
    given = {"identifiers": identifiers("health", 700 + child), field: day, "day": day}
    record = a_record(LA, type_, "health", f"late-{number}", **given)
    return Told(type_, record, moment_of(day) + number)
