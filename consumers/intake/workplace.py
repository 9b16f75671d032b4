"""What one intake process holds open, and the work on a partition that is done with it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AsyncExitStack

from consumers.errors import SettingsError
from consumers.failpoint import FailPoint, nothing_fails
from consumers.intake.current_sources import CurrentSources
from consumers.intake.examining import Examiner
from consumers.intake.kafka_log import KafkaPartitionLog
from consumers.intake.metrics import IntakeMetrics
from consumers.intake.rounds import PartitionIntake, Rhythm, Tools
from consumers.intake.scribe import Scribe
from consumers.intake.skew import SkewWatch, WatchedClock
from consumers.intake.ticking import LivePace, MidnightPace
from consumers.intake.totals import totals
from consumers.intake.watermarks import Watermarks
from consumers.keystore import LeafKeyMaker, PostgresLeafKeyMaker, open_pool
from consumers.settings import IntakeSettings
from consumers.tokens import Tokens
from schemas.codec import Codec
from schemas.registry import Registry
from schemas.sources import SourcesInvalid
from schemas.traces import tracer

log = logging.getLogger(__name__)

_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # only Linux has the first

#: Taking a partition over costs the broker a transaction: not all of them at once.
OPENING_AT_ONCE = 8


def steady_ms() -> int:
    """Return a clock in ms that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime_ns(_STEADY) // 1_000_000


class Workplace:
    """The connections, keys and checks that all partitions of a process share."""

    def __init__(
        self,
        settings: IntakeSettings,
        rhythm: Rhythm,
        clock: Callable[[], int],
        metrics: IntakeMetrics,
        fail: FailPoint = nothing_fails,
    ) -> None:
        """Take what is settled before anything is opened; use ``open``."""
        self._settings = settings
        self._rhythm = rhythm
        self._metrics = metrics
        self._fail = fail
        self._tokens = Tokens(settings.pseudonym_key_bytes())
        self._sources = _sources(settings)
        self._watch = SkewWatch(int(settings.skew_seconds * 1000))
        self._clock = WatchedClock(clock, steady_ms, self._watch)
        self._said_skewed = False
        self._tracer = tracer()
        self._opening = asyncio.Semaphore(OPENING_AT_ONCE)
        self._watermarks = Watermarks(settings.kafka())
        self._codec: Codec
        self._keys: LeafKeyMaker

    @classmethod
    async def open(
        cls,
        held: AsyncExitStack,
        settings: IntakeSettings,
        rhythm: Rhythm,
        clock: Callable[[], int],
        metrics: IntakeMetrics,
        fail: FailPoint = nothing_fails,
    ) -> Workplace:
        """Return the workplace with its connections, which end with ``held``."""
        place = cls(settings, rhythm, clock, metrics, fail)
        registry = Registry(settings.registry_url, ca_file=settings.registry_ca_file)
        held.callback(registry.close)
        place._codec = Codec(registry)
        pool = await held.enter_async_context(open_pool(settings.keys_address()))
        place._keys = PostgresLeafKeyMaker(pool, settings.wrapping())
        held.push_async_callback(place._watermarks.stop)
        await place._watermarks.start()
        await place._watermarks.check(settings.topics)
        return place

    async def work(self, partition: int, should_stop: Callable[[], bool]) -> None:
        """Do the intake of one partition, from taking it over to letting it go."""
        settings = self._settings
        log_of_partition = KafkaPartitionLog(
            settings.kafka(),
            settings.topics,
            partition,
            self._codec,
            self._watermarks,
            self._opening,
            simulated=settings.simulated,
            fail=self._fail,
        )
        intake = PartitionIntake(log_of_partition, self._tools(partition), self._rhythm)
        try:
            await intake.run(should_stop)
        finally:
            self._metrics.let_go(partition)

    async def is_read(self, since: int) -> bool:
        """Return whether every partition, whoever works on it, is read to its end.

        since: a live partition must have ticked after this moment (ms), unless clocks disagree.
        """
        found = await totals(self._settings.kafka(), self._settings.topics, self._codec)
        if found.waiting or self._rhythm.simulated or self._watch.is_skewed:
            return not found.waiting
        ticked = [ledger for ledger in found.partitions.values() if ledger.tick >= since]
        return len(ticked) == self._settings.partitions

    def say_skew(self) -> None:
        """Say it when our clock and the broker's begin to disagree, and when they agree again."""
        skewed = self._watch.is_skewed
        self._metrics.skewed(self._watch.skew_ms if skewed else 0)
        if skewed and not self._said_skewed:
            log.error(
                "Our clock and Kafka's differ by %.1f s: no tick is written until they agree"
                " again; see to the time service of both machines.",
                self._watch.skew_ms / 1000,
            )
        elif self._said_skewed and not skewed:
            log.info("Our clock and Kafka's agree again: ticks go on.")
        self._said_skewed = skewed

    def _tools(self, partition: int) -> Tools:
        pace = MidnightPace() if self._rhythm.simulated else LivePace()
        return Tools(
            examiner=Examiner(self._settings.topics, self._codec, self._sources, self._tokens),
            tokens=self._tokens,
            keys=self._keys,
            scribe=Scribe(partition, self._codec, self._tokens, pace),
            clock=self._clock,
            watch=self._watch,
            told=lambda transaction: self._metrics.committed(partition, transaction),
            unread=lambda records: self._metrics.unread(partition, records),
            fail=self._fail,
            tracer=self._tracer,
        )


def _sources(settings: IntakeSettings) -> CurrentSources:
    try:
        return CurrentSources(settings.sources_file)
    except SourcesInvalid as fault:
        raise SettingsError(str(fault)) from fault
