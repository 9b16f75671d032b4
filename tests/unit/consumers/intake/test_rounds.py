"""Rounds: everything once, in one order, however it is cut and whoever does it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import takewhile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.errors import Fenced
from consumers.intake.examining import Examiner
from consumers.intake.incoming import Incoming
from consumers.intake.memory_log import MemoryPartition, MemoryPartitionLog
from consumers.intake.rounds import PartitionIntake, Rhythm, Tools
from consumers.intake.scribe import Scribe, Transaction
from consumers.intake.skew import SkewWatch, WatchedClock
from consumers.intake.ticking import LivePace, MidnightPace
from consumers.journeys_record import JourneysRecord, Kind, open_value, parse
from consumers.keystore import MemoryLeafKeys
from tests.unit.consumers.messages import (
    LEADS,
    MOMENT,
    NOW,
    PARTITION,
    SOURCES,
    TOKENS,
    TOPICS,
    a_message,
    a_record,
    a_review,
    codec,
)

INPUTS = (TOPICS.education, TOPICS.health, TOPICS.decisions)
LATER = NOW + 3_600_000


class Process:
    """An intake process over a partition in memory, its clock in our hand."""

    def __init__(self, partition: MemoryPartition, **rhythm: Any) -> None:
        simulated = rhythm.get("simulated", False)
        self.partition = partition
        self.now = LATER
        self.committed: list[Transaction] = []
        self.keys = MemoryLeafKeys()
        self.watch = SkewWatch(5_000)
        self.log = MemoryPartitionLog(partition, fetch_limit=rhythm.pop("fetch_limit", 1 << 30))
        self.rhythm = Rhythm(**{"until_end": True, **rhythm})
        self.tools = Tools(
            examiner=Examiner(TOPICS, codec(), SOURCES, TOKENS),
            tokens=TOKENS,
            keys=self.keys,
            scribe=Scribe(PARTITION, codec(), TOKENS, MidnightPace() if simulated else LivePace()),
            clock=lambda: self.now,
            watch=self.watch,
            told=self.committed.append,
        )

    def run(self, should_stop: Callable[[], bool] = lambda: False) -> None:
        asyncio.run(PartitionIntake(self.log, self.tools, self.rhythm).run(should_stop))


def a_partition(*records: Incoming) -> MemoryPartition:
    partition = MemoryPartition(TOPICS.inputs, codec())
    partition.append(records)
    return partition


def journeys(partition: MemoryPartition) -> list[JourneysRecord]:
    return [parse(one.headers, one.value) for one in partition.journeys]


def kinds(partition: MemoryPartition) -> list[Kind]:
    return [one.kind for one in journeys(partition)]


def opened(process: Process, *leave_out: Kind) -> list[tuple[Any, ...]]:
    """What stands on journeys, with the seals opened: each key store makes keys of its own."""
    return [
        (one.kind, one.kappa, one.source, one.record, open_value(one, _key(process, one)))
        for one in journeys(process.partition)
        if one.kind not in leave_out
    ]


def _key(process: Process, record: JourneysRecord) -> bytes:
    key = process.keys.keys.get(record.key_id, b"")
    assert isinstance(key, bytes)
    return key


# Some are good, some break the contract, some are forged: each is accounted for.
def _a_message(kind: int, topic: str, offset: int, time: int) -> Incoming:
    if kind == 0:
        return Incoming(
            topic=topic, partition=PARTITION, offset=offset, time=time, key=b"330", value=b"?"
        )
    record = a_review(held_on=None) if kind == 1 else a_review()
    return a_message(record, topic=topic, offset=offset, time=time)


@st.composite
def inputs(draw: st.DrawFn) -> list[Incoming]:
    steps = st.tuples(st.integers(0, 3), st.integers(-2_000, 90_000_000))
    made = []
    for topic in INPUTS:
        time = NOW - 400_000_000
        for offset, (kind, step) in enumerate(draw(st.lists(steps, max_size=6))):
            time += step
            made.append(_a_message(kind, topic, offset, min(time, NOW)))
    return made


@settings(max_examples=60, deadline=None)
@given(
    records=inputs(),
    transaction=st.integers(1, 5),
    fetch=st.integers(1, 4),
    simulated=st.booleans(),
)
def test_any_batching_gives_the_same_journeys_and_dead_letters(
    records: list[Incoming], transaction: int, fetch: int, simulated: bool
) -> None:
    whole = Process(a_partition(*records), simulated=simulated)
    cut = Process(
        a_partition(*records),
        simulated=simulated,
        transaction_records=transaction,
        fetch_limit=fetch,
    )
    whole.run()
    cut.run()
    assert opened(cut, Kind.POSITION) == opened(whole, Kind.POSITION)
    assert cut.partition.dead_letters == whole.partition.dead_letters
    assert cut.partition.last_ledger() == whole.partition.last_ledger()


@settings(max_examples=60, deadline=None)
@given(records=inputs(), stop_after=st.integers(0, 6), simulated=st.booleans())
def test_a_process_that_ends_anywhere_is_followed_by_one_that_goes_on(
    records: list[Incoming], stop_after: int, simulated: bool
) -> None:
    whole = Process(a_partition(*records), simulated=simulated, transaction_records=2)
    whole.run()
    first = Process(a_partition(*records), simulated=simulated, transaction_records=2)
    first.run(lambda: len(first.committed) >= stop_after)
    second = Process(first.partition, simulated=simulated, transaction_records=2)
    second.keys = first.keys
    second.tools = _with_keys(second.tools, first.keys)
    second.run()
    assert opened(second, Kind.POSITION) == opened(whole, Kind.POSITION)
    assert second.partition.dead_letters == whole.partition.dead_letters


def _with_keys(tools: Tools, keys: MemoryLeafKeys) -> Tools:
    from msgspec.structs import replace

    return replace(tools, keys=keys)


@settings(max_examples=60, deadline=None)
@given(records=inputs(), transaction=st.integers(1, 5))
def test_what_is_read_is_journeyed_or_dead_in_every_transaction(
    records: list[Incoming], transaction: int
) -> None:
    process = Process(a_partition(*records), transaction_records=transaction)
    process.run()
    for one in process.committed:
        assert one.ledger.read == one.ledger.journeyed + one.ledger.dead
    last = process.partition.last_ledger()
    assert (last.read, last.dead) == (len(records), len(process.partition.dead_letters))


@settings(max_examples=60, deadline=None)
@given(records=inputs(), simulated=st.booleans())
def test_known_time_follows_its_rule_record_by_record(
    records: list[Incoming], simulated: bool
) -> None:
    process = Process(a_partition(*records), simulated=simulated)
    process.run()
    stamps = {(one.topic, one.offset): one.time for one in records}
    last, tick = 0, -1
    for one in journeys(process.partition):
        if one.kind is Kind.TICK:
            assert one.kappa > tick
            assert one.kappa >= last
            tick = one.kappa
        elif one.source is not None:
            stamp = stamps[one.source.topic, one.source.offset]
            assert one.kappa == max(stamp, last, tick + 1)
        last = one.kappa


@settings(max_examples=40, deadline=None)
@given(records=inputs(), now=st.integers(NOW - 400_000_000, NOW))
def test_a_tick_stands_after_everything_appended_before_it(
    records: list[Incoming], now: int
) -> None:
    appended = [one for topic in INPUTS for one in until(now, records, topic)]
    process = Process(a_partition(*appended))
    process.now = now
    process.run()
    above: set[tuple[str, int]] = set()
    for one in journeys(process.partition):
        if one.source is not None:
            above.add((one.source.topic, one.source.offset))
    assert kinds(process.partition)[-2:] == [Kind.TICK, Kind.POSITION]
    assert above == {(one.topic, one.offset) for one in appended}


def until(now: int, records: list[Incoming], topic: str) -> Iterable[Incoming]:
    """The topic's records that were appended by then: append time may step back, offsets do not."""
    return takewhile(lambda one: one.time <= now, (one for one in records if one.topic == topic))


def test_a_quiet_partition_gets_its_tick() -> None:
    process = Process(a_partition())
    process.run()
    assert kinds(process.partition) == [Kind.TICK, Kind.POSITION]


def test_records_stamped_after_the_round_began_come_after_its_tick() -> None:
    early, late = (a_message(offset=at, time=NOW + 100 * at) for at in (0, 1))
    process = Process(a_partition(early, late))
    process.now = NOW + 50
    clock = iter([NOW, NOW + 50, NOW + 50])
    process.tools = _with_clock(process.tools, lambda: next(clock, NOW + 500))
    process.run()
    ticks = [one.kappa for one in journeys(process.partition) if one.kind is Kind.TICK]
    events = [one.kappa for one in journeys(process.partition) if one.kind is Kind.EVENT]
    assert events[0] <= ticks[0] < events[1] <= ticks[-1]


def _with_clock(tools: Tools, clock: Callable[[], int]) -> Tools:
    from msgspec.structs import replace

    return replace(tools, clock=clock)


def test_a_clock_that_is_behind_writes_no_tick_and_loses_no_record() -> None:
    process = Process(a_partition(*(a_message(offset=at, time=NOW) for at in range(3))))
    process.now = NOW - 60_000
    process.run()
    assert process.watch.is_skewed
    assert Kind.TICK not in kinds(process.partition)
    assert kinds(process.partition).count(Kind.EVENT) == 3


def test_a_clock_that_steps_back_stops_time_and_does_not_poison_it() -> None:
    process = Process(a_partition(a_message(time=NOW)))
    process.run()
    ticked = process.partition.last_ledger().tick
    restarted = Process(process.partition)
    restarted.now = ticked - 60_000
    restarted.run()
    assert process.partition.last_ledger().tick == ticked


YEAR = 365 * 24 * 3_600_000


def test_a_broker_whose_clock_is_a_year_ahead_makes_nothing_known_in_the_future() -> None:
    process = Process(a_partition(a_message(time=NOW), a_message(offset=1, time=NOW + YEAR)))
    process.now = NOW + 1_000
    process.run()
    assert process.watch.is_skewed
    assert [one.kappa for one in journeys(process.partition) if one.kind is Kind.EVENT] == [
        NOW,
        NOW + 1_000,
    ]
    process.partition.append([a_message(offset=2, time=NOW + 2_000)])
    again = Process(process.partition)
    again.now = NOW + 3_000
    again.run()
    assert kinds(process.partition)[-3:] == [Kind.EVENT, Kind.TICK, Kind.POSITION]
    assert process.partition.last_ledger().tick == NOW + 3_000


def test_a_clock_that_jumps_a_year_ahead_between_two_rounds_writes_no_tick_of_that_year() -> None:
    process = Process(a_partition(a_message(time=NOW)), until_end=False, idle_tick_ms=100)
    process.now = NOW + 1_000
    process.tools = _with_clock(
        process.tools, WatchedClock(lambda: process.now, lambda: 0, process.watch)
    )
    rounds = 0

    def jump_after_a_round() -> bool:
        nonlocal rounds
        rounds += 1
        if process.partition.last_ledger().tick > 0:
            process.now = NOW + YEAR
        return rounds > 40

    process.run(jump_after_a_round)
    assert process.partition.last_ledger().tick == NOW + 1_000
    assert process.watch.is_skewed


def test_a_clock_that_was_a_year_ahead_when_asked_ticks_no_such_year_once_it_is_right() -> None:
    process = Process(a_partition(a_message(time=NOW)))
    process.now = NOW + 1_000
    clock = WatchedClock(lambda: process.now, lambda: 0, process.watch)
    clock()
    asks_of_ends = process.log.ends

    async def put_right_while_the_ends_are_asked_for() -> Mapping[str, int]:
        process.now = NOW + 2_000
        return await asks_of_ends()

    process.now = NOW + YEAR
    process.log.ends = put_right_while_the_ends_are_asked_for  # type: ignore[method-assign]
    process.tools = _with_clock(process.tools, clock)
    process.run()
    assert not process.watch.is_skewed
    assert kinds(process.partition) == [Kind.EVENT, Kind.POSITION]


def test_a_simulated_set_is_one_round_that_a_second_run_does_not_lengthen() -> None:
    process = Process(a_partition(a_message(time=NOW)), simulated=True)
    process.run()
    assert kinds(process.partition) == [Kind.EVENT, Kind.TICK, Kind.POSITION]
    Process(process.partition, simulated=True).run()
    assert kinds(process.partition) == [Kind.EVENT, Kind.TICK, Kind.POSITION]


def test_a_transaction_holds_no_more_records_than_it_may() -> None:
    records = [a_message(offset=at) for at in range(7)]
    process = Process(a_partition(*records), transaction_records=3)
    process.run()
    reads = [one.ledger.read for one in process.committed]
    assert reads == [3, 6, 7]


def test_an_owner_that_was_fenced_writes_nothing_more() -> None:
    partition = a_partition(*(a_message(offset=at) for at in range(4)))
    first = Process(partition, transaction_records=2)

    def take_over_after_one(transaction: Transaction) -> None:
        first.committed.append(transaction)
        if len(first.committed) == 1:
            partition.epoch += 1

    first.tools = _telling(first.tools, take_over_after_one)
    with pytest.raises(Fenced):
        first.run()
    second = Process(partition, transaction_records=2)
    second.run()
    offsets = _offsets(journeys(partition))
    assert offsets == [0, 1, 2, 3]


def _telling(tools: Tools, told: Callable[[Transaction], None]) -> Tools:
    from msgspec.structs import replace

    return replace(tools, told=told)


def _offsets(records: Iterable[JourneysRecord]) -> Sequence[int]:
    return [one.source.offset for one in records if one.source is not None]


def test_the_keys_of_a_child_are_held_no_more_once_its_erasure_is_ordered() -> None:
    leaves = ["0f" * 16, "1e" * 16]
    order = a_record(
        "ErasureOrdered",
        LEADS,
        child=str(uuid.uuid5(uuid.NAMESPACE_URL, "child")),
        leaves=leaves,
        reason="COURT_ORDER",
        approved_by="head",
        ordered_on=MOMENT.date(),
    )
    message = a_message(order, name="ErasureOrdered", source=LEADS, topic=TOPICS.decisions)
    process = Process(a_partition(message))
    gone: list[str] = []
    process.keys.let_go = gone.extend  # type: ignore[method-assign]
    process.run()
    assert gone == [TOKENS.key_id(leaf) for leaf in leaves]
    assert kinds(process.partition)[0] is Kind.CONTROL
