"""The relay's process: publishes what the join has told, and waits for more."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack

import psycopg

from consumers.errors import BrokenPromise, ServiceLost
from consumers.relay.alerts_topic import AlertsTopic
from consumers.relay.message import ALERT_TRANSITION, Outgoing, message_of
from consumers.relay.outbox import Mark, Outbox
from consumers.settings import RelaySettings
from consumers.worker import StreamService
from schemas.catalogue import event_type
from schemas.codec import Codec
from schemas.registry import Registry

PAUSE = 1.0  # seconds without a notice after which to look all the same

log = logging.getLogger(__name__)


class RelayService(StreamService):
    """Publishes the outbox until stopped or, if asked, until it is empty."""

    def __init__(self, settings: RelaySettings, *, until_end: bool = False) -> None:
        """Take the settings; ``until_end``: be done once all that was told is published."""
        super().__init__()
        self._settings = settings
        self._until_end = until_end

    async def work(self) -> None:
        """Become the relay that works, see how far publishing has come, and go on from there."""
        settings = self._settings
        async with AsyncExitStack() as stack:
            registry = Registry(settings.registry_url)
            stack.callback(registry.close)
            try:
                outbox = await Outbox.open(settings.database_url.get_secret_value())
                stack.push_async_callback(outbox.close)
                await self._publish(stack, outbox, Codec(registry))
            except psycopg.OperationalError as failure:
                raise ServiceLost(
                    "PostgreSQL does not answer: see that it runs and that JOINEDUP_DATABASE_URL"
                    " is right; the relay then goes on where it stopped."
                ) from failure

    async def _publish(self, stack: AsyncExitStack, outbox: Outbox, codec: Codec) -> None:
        while not await outbox.become_the_relay():
            if self.should_stop:
                return
            await outbox.wait(PAUSE)
        topics = self._settings.topics
        topic = AlertsTopic(
            topics.alerts, topics.partitions, f"{topics.prefix}relay", self._settings.kafka()
        )
        await stack.enter_async_context(topic)
        await Relay(outbox, topic, codec).run(self, until_end=self._until_end)


class Relay:
    """Moves pages of the outbox to the topic."""

    def __init__(self, outbox: Outbox, topic: AlertsTopic, codec: Codec) -> None:
        """Take both ends."""
        self._outbox = outbox
        self._topic = topic
        self._codec = codec
        self._marks: dict[int, Mark] = {}
        found = event_type(ALERT_TRANSITION)
        assert found is not None
        self._type = found

    async def run(self, service: StreamService, *, until_end: bool) -> None:
        """Publish until the service stops or, if asked, until nothing is left."""
        self._marks = await self._topic.found(await self._outbox.marks())
        for partition, mark in self._marks.items():
            if mark.sequence:
                await self._outbox.published(partition, mark)
        while not service.should_stop:
            ahead = await self._outbox.ahead()
            for partition in ahead:
                await self._page(partition)
            if not ahead:
                if until_end:
                    return
                await self._outbox.wait(PAUSE)

    async def _page(self, partition: int) -> None:
        mark = self._marks.get(partition, Mark(0, 0))
        page = await self._outbox.page(partition, mark.sequence)
        _check_gapless(page, mark)
        messages = [message_of(one, self._type, self._codec) for one in page]
        offset = await self._topic.send(partition, messages)
        mark = self._marks[partition] = Mark(page[-1].sequence, offset)
        await self._outbox.published(partition, mark)
        log.info(
            "Published %d transitions.",
            len(page),
            extra={"action": "published", "partition": partition, "sequence": mark.sequence},
        )


def _check_gapless(page: list[Outgoing], mark: Mark) -> None:
    expected = range(mark.sequence + 1, mark.sequence + 1 + len(page))
    if not page or [one.sequence for one in page] != list(expected):
        raise BrokenPromise(
            f"The outbox lacks transition {mark.sequence + 1} of a partition, or the alerts topic"
            " is ahead of the store: restore both from the same backup."
        )
