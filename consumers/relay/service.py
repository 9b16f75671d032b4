"""The relay's process: publishes what the join has told, and waits for more."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

from opentelemetry.trace import Span
from prometheus_client import CollectorRegistry

from consumers.errors import BrokenPromise, ServiceLost
from consumers.failpoint import FailPoint, nothing_fails
from consumers.one_writer import OneWriter
from consumers.persistence import begin_again
from consumers.relay import traces
from consumers.relay.alerts_topic import AlertsTopic
from consumers.relay.message import ALERT_TRANSITION, Outgoing, message_of
from consumers.relay.metrics import RelayMetrics
from consumers.relay.outbox import Mark, Outbox
from consumers.relay.standstill import Seen, Standstill
from consumers.settings import RelaySettings
from consumers.worker import StreamService
from schemas.catalogue import event_type
from schemas.codec import Codec
from schemas.registry import Registry, RegistryError
from schemas.traces import tracer

PAUSE = 1.0  # seconds without a notice after which to look all the same

log = logging.getLogger(__name__)


class RelayService(StreamService):
    """Publishes the outbox until stopped or, if asked, until it is empty."""

    def __init__(
        self,
        settings: RelaySettings,
        *,
        until_end: bool = False,
        fail: FailPoint = nothing_fails,
        metrics: RelayMetrics | None = None,
    ) -> None:
        """Take the settings; ``until_end``: be done once all that was told is published.

        metrics: where this process counts; without them what it counts is shown nowhere.
        """
        super().__init__()
        self._settings = settings
        self._until_end = until_end
        self._fail = fail
        self._metrics = metrics or RelayMetrics(CollectorRegistry())

    async def work(self) -> None:
        """Publish, and begin again where PostgreSQL is away for a moment."""
        registry = Registry(self._settings.registry_url, ca_file=self._settings.registry_ca_file)
        try:
            await begin_again(
                lambda: self._session(Codec(registry)), lambda: self.should_stop, "relay"
            )
        except RegistryError as failure:
            raise ServiceLost(str(failure)) from failure
        finally:
            registry.close()

    async def _session(self, codec: Codec) -> None:
        """Become the relay that works, see how far publishing has come, and go on from there."""
        async with AsyncExitStack() as stack:
            outbox = await Outbox.open(self._settings.database_url.get_secret_value())
            stack.push_async_callback(outbox.close)
            await self._publish(stack, outbox, codec)

    async def _publish(self, stack: AsyncExitStack, outbox: Outbox, codec: Codec) -> None:
        standstill = Standstill()
        self._metrics.works(False)
        while not await outbox.become_the_relay():
            self.looks()
            ahead = await outbox.ahead()
            if self.should_stop or (self._until_end and not ahead):
                return
            if standstill.lasts(Seen(ahead, await outbox.marks()), time.monotonic()):
                log.warning(
                    "The relay that works publishes nothing; ending its session to take its place.",
                    extra={"action": "relay-replaced"},
                )
                await outbox.end_the_other()
            await outbox.wait(PAUSE)
        self._metrics.works(True)
        topics, kafka = self._settings.topics, self._settings.kafka()
        writer = OneWriter(
            topics.alerts, process="relay", prefix=topics.prefix, kafka=kafka, fail=self._fail
        )
        await stack.enter_async_context(writer)
        topic = AlertsTopic(topics.alerts, topics.partitions, writer, kafka)
        relay = Relay(outbox, topic, codec, self._metrics, self._fail)
        await relay.run(self, until_end=self._until_end)


class Relay:
    """Moves pages of the outbox to the topic."""

    def __init__(
        self,
        outbox: Outbox,
        topic: AlertsTopic,
        codec: Codec,
        metrics: RelayMetrics,
        fail: FailPoint = nothing_fails,
    ) -> None:
        """Take both ends."""
        self._metrics = metrics
        self._fail = fail
        self._outbox = outbox
        self._topic = topic
        self._codec = codec
        self._marks: dict[int, Mark] = {}
        self._unproven: dict[int, bytes] = {}
        self._tracer = tracer()
        found = event_type(ALERT_TRANSITION)
        assert found is not None
        self._type = found

    async def run(self, service: StreamService, *, until_end: bool) -> None:
        """Publish until the service stops or, if asked, until nothing is left."""
        found = await self._topic.found(await self._outbox.marks())
        self._marks = {partition: one.mark for partition, one in found.items()}
        self._unproven = {number: one.last for number, one in found.items() if one.last}
        for partition, mark in self._marks.items():
            if mark.sequence:
                await self._outbox.published(partition, mark)
        while not service.should_stop:
            ahead = await self._outbox.ahead()
            service.looks()
            self._metrics.unpublished(self._left(ahead))
            for partition in ahead:
                await self._page(partition)
            if not ahead:
                self._metrics.caught_up()
                if until_end:
                    return
                await self._outbox.wait(PAUSE)

    def _left(self, ahead: Mapping[int, int]) -> int:
        nothing = Mark(0, 0)
        return sum(last - self._marks.get(p, nothing).sequence for p, last in ahead.items())

    async def _page(self, partition: int) -> None:
        mark = self._marks.get(partition, Mark(0, 0))
        await self._prove(partition)
        page = await self._outbox.page(partition, mark.sequence)
        _check_gapless(page, mark)
        # Of an erased child nothing is published any more; its places are passed over.
        spans: Sequence[Span] = ()
        if self._tracer is not None:
            page, spans = traces.follow(self._tracer, self._topic.name, page)
        messages = [message_of(one, self._type, self._codec) for one in page if one.body]
        offset = await self._topic.send(partition, messages) if messages else mark.topic_offset
        mark = self._marks[partition] = Mark(page[-1].sequence, offset)
        self._fail("before-note")
        await self._outbox.published(partition, mark)
        self._fail("after-note")
        for span in spans:
            span.end()
        self._metrics.published(len(messages))
        log.info(
            "Published %d transitions.",
            len(messages),
            extra={"action": "published", "partition": partition, "sequence": mark.sequence},
        )

    async def _prove(self, partition: int) -> None:
        """See, before the first page, that the topic's last message is of the store's history.

        Not sooner: a store that was restored may have to come up to the topic first. Raises
        BrokenPromise where the chain at that transition is another, or the store lacks it.
        """
        last = self._unproven.pop(partition, None)
        if last is None:
            return
        record = self._codec.decode(last).record
        if await self._outbox.chain(partition, record["sequence"]) != record["chain"]:
            raise BrokenPromise(
                f"The alerts topic and the store tell different histories (transition"
                f" {record['sequence']} of partition {partition}): restore both from the same"
                " backup; nothing is published until then."
            )


def _check_gapless(page: list[Outgoing], mark: Mark) -> None:
    expected = range(mark.sequence + 1, mark.sequence + 1 + len(page))
    if not page or [one.sequence for one in page] != list(expected):
        raise BrokenPromise(
            f"The outbox lacks transition {mark.sequence + 1} of a partition, or the alerts topic"
            " is ahead of the store: restore both from the same backup."
        )
