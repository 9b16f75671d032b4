"""The platform in memory, from signed messages to transitions, whose workers may die anywhere.

What Kafka and PostgreSQL hold survives; what a worker has in hand does not. Every worker is new,
takes over from the store, and is fenced by whoever comes after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from copy import deepcopy
from enum import Enum
from typing import Any

from consumers.errors import Fenced
from consumers.intake.examining import Examiner
from consumers.intake.incoming import Incoming
from consumers.intake.memory_log import MemoryPartition, MemoryPartitionLog
from consumers.intake.rounds import PartitionIntake, Rhythm, Tools
from consumers.intake.scribe import Scribe, Transaction
from consumers.intake.skew import SkewWatch
from consumers.intake.ticking import LivePace
from consumers.join.inputs import Input, Opener, Raw, key_ids, parse_all
from consumers.keystore import MemoryLeafKeys
from journey.cluster import Gap
from journey.duties.duty import Duty
from journey.events import Event
from journey.machine import Machine, Result, Told
from journey.shelf import MemoryShelf
from journey.transition import Transition
from tests.unit.consumers.messages import PARTITION, SOURCES, TOKENS, TOPICS, codec


class Fate(Enum):
    """What happens to a worker at a commit."""

    LIVES = "lives"
    DIES_BEFORE = "dies before it"
    DIES_AFTER = "dies after it"
    OVERTAKEN = "another worker takes over before it"


class Died(Exception):
    """The end of a worker."""


class MortalLog(MemoryPartitionLog):
    """A worker's way to the partition, and what becomes of it at one of its commits."""

    def __init__(
        self,
        partition: MemoryPartition,
        fate: Fate,
        commits: int,
        other: Callable[[], PartitionIntake],
    ) -> None:
        super().__init__(partition, fetch_limit=3)
        self._fate = fate
        self._left = commits
        self._other = other

    async def commit(self, transaction: Transaction) -> None:
        if self._left or self._fate is Fate.LIVES:
            self._left -= 1
            return await super().commit(transaction)
        if self._fate is Fate.DIES_BEFORE:
            raise Died
        if self._fate is Fate.OVERTAKEN:
            await self._other().run(lambda: False)
        await super().commit(transaction)
        raise Died


class Store:
    """What the join has committed."""

    def __init__(self) -> None:
        self.shelf = MemoryShelf()
        self.transitions: list[Transition] = []
        self.next_offset = 0
        self.epoch = 0
        self.results: list[Result] = []


class World:
    """One partition of the platform, and the time."""

    def __init__(self, now: int, duties: Iterable[Duty]) -> None:
        self.now = now
        self.duties = tuple(duties)
        self.codec = codec()
        self.partition = MemoryPartition(TOPICS.inputs, self.codec)
        self.keys = MemoryLeafKeys()
        self.store = Store()

    # Producers

    def append(self, message: Incoming) -> None:
        """Let a message reach the broker, now."""
        self.partition.append([message])

    def offset(self, topic: str) -> int:
        """Return the offset that the next message will have."""
        return len(self.partition.inputs[topic])

    # Intake

    def intake(self, fate: Fate = Fate.LIVES, commits: int = 0) -> None:
        """Let a new worker read all that is there, unless it comes to an end before."""
        log = MortalLog(self.partition, fate, commits, lambda: self._intake(self._log()))
        try:
            asyncio.run(self._intake(log).run(lambda: False))
        except Died:
            assert fate in (Fate.DIES_BEFORE, Fate.DIES_AFTER)
        except Fenced:
            assert fate is Fate.OVERTAKEN

    def _log(self) -> MemoryPartitionLog:
        return MemoryPartitionLog(self.partition)

    def _intake(self, log: MemoryPartitionLog) -> PartitionIntake:
        tools = Tools(
            examiner=Examiner(TOPICS, self.codec, SOURCES, TOKENS),
            tokens=TOKENS,
            keys=self.keys,
            scribe=Scribe(PARTITION, self.codec, TOKENS, LivePace()),
            clock=lambda: self.now,
            watch=SkewWatch(5_000),
            told=lambda transaction: None,
        )
        return PartitionIntake(log, tools, Rhythm(until_end=True, transaction_records=2))

    # Join

    def inputs(self, start: int = 0) -> list[Input]:
        """Return what stands on journeys from an offset on, opened."""
        raws = [
            Raw(offset, one.headers, one.value)
            for offset, one in enumerate(self.partition.journeys)
            if offset >= start
        ]
        parsed = parse_all(raws)
        keys = asyncio.run(self.keys.get(key_ids(parsed)))
        return Opener(self.codec, TOKENS).open(parsed, keys)

    def join(self, size: int, fate: Fate = Fate.LIVES) -> None:
        """Let a new worker take a batch and commit it, unless it comes to an end before."""
        self.store.epoch += 1
        epoch, batch = self.store.epoch, self.inputs(self.store.next_offset)[:size]
        shelf = copied(self.store.shelf)
        machine = Machine(shelf, len(self.store.transitions), self.duties)
        told = [take(machine, one) for one in batch]
        if fate is Fate.OVERTAKEN:
            self.join(size + 1)
        if fate is Fate.DIES_BEFORE or epoch != self.store.epoch or not batch:
            return
        self.store.shelf = shelf
        self.store.transitions += [t for one in told for t in one.transitions]
        self.store.results += [one.result for one in told if one.result is not Result.CONTROL]
        self.store.next_offset = batch[-1].offset + 1


def take(machine: Machine, one: Input) -> Told:
    """Let the machine take an input; nothing that it tells may lie after it."""
    told = _taken(machine, one.content, one.offset)
    assert all(t.as_of <= one.kappa for t in told.transitions)
    return told


def _taken(machine: Machine, content: Any, offset: int) -> Told:
    if isinstance(content, Event):
        return machine.record(content, offset)
    if isinstance(content, Gap):
        return Told(Result.CONTROL, machine.gap(content))
    if isinstance(content, int):
        return Told(Result.CONTROL, machine.tick(content))
    return Told(Result.CONTROL, [])


def copied(shelf: MemoryShelf) -> MemoryShelf:
    """Return what a new worker reads of a store."""
    fresh = MemoryShelf()
    for authority in shelf.authorities():
        fresh.file_authority(deepcopy(authority))
    for cluster in list(shelf._clusters.values()):
        fresh.file(deepcopy(cluster), shelf._held[cluster.la, cluster.id])
    return fresh
