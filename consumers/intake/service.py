"""The intake process: joins the group, works on its partitions, says when clocks disagree."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from consumers.errors import ServiceLost
from consumers.failpoint import FailPoint, nothing_fails
from consumers.intake.kafka_sentences import error_of
from consumers.intake.metrics import IntakeMetrics
from consumers.intake.ownership import Ownership
from consumers.intake.rounds import Rhythm
from consumers.intake.workplace import Workplace
from consumers.membership import left, member_name
from consumers.settings import IntakeSettings
from consumers.shares import INTAKE_RECORDS, TRANSACTION_RECORDS, records_each
from consumers.worker import StreamService
from schemas.registry import RegistryError

LOOK_MS = 250


def now_ms() -> int:
    """Return our clock: ms since 1970 UTC."""
    return time.time_ns() // 1_000_000


class IntakeService(StreamService):
    """Intake of every partition that the group gives to this process."""

    def __init__(
        self,
        settings: IntakeSettings,
        *,
        until_end: bool = False,
        clock: Callable[[], int] = now_ms,
        metrics: IntakeMetrics | None = None,
        fail: FailPoint = nothing_fails,
    ) -> None:
        """Take the settings.

        until_end: end once every input was read to its end, by us or by others of the group; a
            simulated set always ends so.
        clock: returns ms since 1970 UTC.
        """
        super().__init__()
        self._settings = settings
        self._until_end = until_end or settings.simulated
        self._clock = clock
        self._metrics = metrics or IntakeMetrics()
        self._fail = fail

    async def work(self) -> None:
        """Work until stopped, or until all is read."""
        try:
            async with AsyncExitStack() as held:
                await self._work(held)
        except KafkaError as fault:
            raise error_of(fault, "the group") from fault
        except RegistryError as fault:
            raise ServiceLost(str(fault)) from fault

    async def _work(self, held: AsyncExitStack) -> None:
        place = await Workplace.open(
            held, self._settings, self._rhythm(), self._clock, self._metrics, self._fail
        )
        started = self._clock()
        ownership = Ownership(place.work)
        name = held.enter_context(member_name("intake"))
        group = await held.enter_async_context(_membership(self._settings, ownership, name))
        held.push_async_callback(ownership.let_go)
        while not self.should_stop:
            # The group only tells us what is ours: each partition has a consumer of its own.
            group.pause(*group.assignment())
            await group.getmany(timeout_ms=LOOK_MS)
            ownership.check()
            self.looks()
            place.say_skew()
            if ownership.is_done and await self._is_end(place, ownership, started):
                return

    async def _is_end(self, place: Workplace, ownership: Ownership, started: int) -> bool:
        """Return whether we may end: the partitions of others are at their end too.

        A member that died is given its share until Kafka misses it; then that share is ours.
        """
        if not self._until_end:
            return False
        everything = len(ownership.partitions) == self._settings.partitions
        return everything or await place.is_read(started)

    def _rhythm(self) -> Rhythm:
        settings = self._settings
        return Rhythm(
            simulated=settings.simulated,
            until_end=self._until_end,
            fetch_records=records_each(INTAKE_RECORDS, settings.partitions),
            transaction_records=min(
                settings.transaction_records, records_each(TRANSACTION_RECORDS, settings.partitions)
            ),
            idle_tick_ms=int(settings.idle_tick_seconds * 1000),
        )


@asynccontextmanager
async def _membership(
    settings: IntakeSettings, ownership: Ownership, name: str | None
) -> AsyncIterator[Any]:
    """Be a member of the intake group: whoever owns a partition of decisions owns it of all."""
    group = AIOKafkaConsumer(
        group_id=f"{settings.topic_prefix}intake",
        group_instance_id=name,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **settings.kafka(),
    )
    group.subscribe([settings.topics.decisions], listener=ownership)
    try:
        await group.start()  # one that Kafka does not answer is closed too
        yield group
    finally:
        await left(group)
