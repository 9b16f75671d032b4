"""The rounds of one partition: read every input to its end, write it down, tick."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import msgspec
from opentelemetry.trace import Span, Tracer

from consumers.failpoint import FailPoint, nothing_fails
from consumers.intake import traces
from consumers.intake.examining import Accepted, Examined, Examiner
from consumers.intake.incoming import Incoming
from consumers.intake.ledger import Ledger
from consumers.intake.merging import Merger
from consumers.intake.ports import PartitionLog
from consumers.intake.scribe import RoundEnd, Scribe, Transaction, keys_wanted
from consumers.intake.skew import Asked, SkewWatch
from consumers.keystore import LeafKeyMaker
from consumers.tokens import Tokens

WAIT_SECONDS = 0.5
#: Between rounds, so that a trickle of records does not make a transaction of each.
PAUSE_SECONDS = 0.05
#: Records examined before others on the event loop (heartbeats, other partitions) get a turn.
TURN_RECORDS = 200


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """How rounds follow each other.

    simulated: the records' own time is the time, and everything is one round.
    until_end: end once every input was read to its end.
    fetch_records: how many are put in order at one time, over all inputs.
    """

    simulated: bool = False
    until_end: bool = False
    fetch_records: int = 10_000
    transaction_records: int = 2000
    idle_tick_ms: int = 60_000


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """What rounds are made with.

    clock: returns our time in ms since 1970 UTC. told: is given each committed transaction.
    unread: is given how many records of the inputs are still to be read.
    tracer: where traces are on.
    """

    examiner: Examiner
    tokens: Tokens
    keys: LeafKeyMaker
    scribe: Scribe
    clock: Callable[[], int]
    watch: SkewWatch
    told: Callable[[Transaction], None]
    unread: Callable[[int], None] = lambda records: None
    fail: FailPoint = nothing_fails
    tracer: Tracer | None = None


class PartitionIntake:
    """Intake of one partition, from taking it over to letting it go."""

    def __init__(self, log: PartitionLog, tools: Tools, rhythm: Rhythm) -> None:
        """Take the partition's log; nothing is opened before ``run``."""
        self._log = log
        self._tools = tools
        self._rhythm = rhythm
        self._ledger = Ledger(next_offsets={})
        self._merger = Merger({})
        self._before: Asked | None = None

    async def run(self, should_stop: Callable[[], bool]) -> None:
        """Do round after round until told to stop, or (until_end) until all is read.

        Raises Fenced when another process takes the partition over.
        """
        try:
            self._ledger = await self._log.open()
            self._merger = Merger(self._ledger.next_offsets)
            if not self._rhythm.simulated:
                self._tools.watch.look_back(self._ledger.kappa, self._tools.clock())
            while not should_stop():
                await self._round(should_stop)
                if self._is_done():
                    return
                await self._rest(should_stop)
        finally:
            await self._log.close()

    def _is_done(self) -> bool:
        ends = self._rhythm.until_end or self._rhythm.simulated
        return ends and not self._merger.is_holding

    async def _round(self, should_stop: Callable[[], bool]) -> None:
        moment, steps = self._tools.clock(), self._tools.watch.steps
        asked = Asked(moment, await self._log.ends(), steps)
        self._merger.begin(asked.ends, None if self._ignores_clock() else moment)
        self._tell_unread(asked)
        finished = False
        while not finished and not should_stop():
            batch = await self._gather(should_stop)
            finished = self._merger.is_finished
            await self._write(batch, asked if finished else None)
            self._tell_unread(asked)
        self._before = asked

    def _tell_unread(self, asked: Asked) -> None:
        offsets = self._ledger.next_offsets
        self._tools.unread(sum(max(0, end - offsets[at]) for at, end in asked.ends.items()))

    def _ignores_clock(self) -> bool:
        # While clocks disagree no tick is promised, so records need not wait for one.
        return self._rhythm.simulated or self._tools.watch.is_skewed

    async def _gather(self, should_stop: Callable[[], bool]) -> list[Incoming]:
        """Return the next transaction's records: as many as it may hold, or all of the round."""
        limit = self._rhythm.transaction_records
        batch = self._merger.take(limit)
        while (hungry := self._merger.hungry) and len(batch) < limit and not should_stop():
            await self._fetch(hungry, WAIT_SECONDS)
            batch += self._merger.take(limit - len(batch))
        return batch

    async def _fetch(self, topics: Sequence[str], wait_seconds: float) -> None:
        fetched = await self._log.fetch(topics, self._rhythm.fetch_records, wait_seconds)
        now = self._tools.clock()
        for topic, (records, position) in fetched.items():
            if not self._rhythm.simulated:
                self._tools.watch.look(records, now, self._before)
                records = self._tools.watch.known(records, now)
            self._merger.offer(topic, records, position)

    async def _write(self, batch: Sequence[Incoming], asked: Asked | None) -> None:
        """Commit these records, and the round's tick where ``asked`` is given."""
        examined = await self._examine(batch)
        # From the order on no key of the child may stay in memory, or shredding it would be a word.
        leaves = [leaf for one in examined if isinstance(one, Accepted) for leaf in one.erases]
        self._tools.keys.let_go(self._tools.tokens.key_id(leaf) for leaf in leaves)
        spans: Sequence[Span] = ()
        if self._tools.tracer is not None:
            examined, spans = traces.follow(self._tools.tracer, examined)
        self._tools.fail("before-keys")
        keys = await self._tools.keys.get_or_create(keys_wanted(examined, self._tools.tokens))
        ends = RoundEnd(self._tick(asked)) if asked is not None else None
        transaction = self._tools.scribe.write(self._ledger, examined, keys, ends)
        if batch or transaction.ticks:
            await self._log.commit(transaction)
            self._ledger = transaction.ledger
            self._tools.told(transaction)
            traces.end(spans)

    def _tick(self, asked: Asked) -> int | None:
        """Return the moment to tick, or None while no clock can be believed that gave it.

        A clock may be wrong when asked and put right before the write: then the clocks agree
        again, and the moment is wrong still.
        """
        watch = self._tools.watch
        return None if watch.is_skewed or watch.steps != asked.steps else asked.moment

    async def _examine(self, batch: Sequence[Incoming]) -> list[Examined]:
        examined: list[Examined] = []
        for start in range(0, len(batch), TURN_RECORDS):
            examined += map(self._tools.examiner.examine, batch[start : start + TURN_RECORDS])
            await asyncio.sleep(0)
        return examined

    async def _rest(self, should_stop: Callable[[], bool]) -> None:
        """Wait until there is input, or until a quiet partition is due its tick."""
        await asyncio.sleep(PAUSE_SECONDS)
        topics = list(self._ledger.next_offsets)
        until = (self._before.moment if self._before else 0) + self._rhythm.idle_tick_ms
        while not self._merger.is_holding and not should_stop():
            left = (until - self._tools.clock()) / 1000
            # A clock that steps back must not make us wait for the time it stepped.
            if left <= 0 or left > self._rhythm.idle_tick_ms / 1000:
                return
            await self._fetch(topics, min(left, WAIT_SECONDS))
