"""The alerts topic as the relay writes it: a page of transitions whole or not at all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import InvalidProducerEpoch, KafkaError, ProducerFenced

from consumers.errors import BrokenPromise, Fenced, ServiceLost
from consumers.failpoint import FailPoint, nothing_fails
from consumers.relay.message import SEQUENCE, Message
from consumers.relay.outbox import Mark

_PATIENCE_MS = 200
SEND_SECONDS = 60
ABORT_SECONDS = 5
STOP_SECONDS = 10

_ENDS_EARLY = (
    "The alerts topic ends before what was published to it: it was emptied, made anew, or restored"
    " from an older backup. Restore Kafka and the store from the same backup; nothing is published"
    " until then."
)

log = logging.getLogger(__name__)


class Found(NamedTuple):
    """How far a partition of the topic really is, and the last message that stands on it."""

    mark: Mark
    last: bytes | None


class AlertsTopic:
    """One transactional producer; a relay that is started after it fences it."""

    def __init__(
        self,
        topic: str,
        partitions: int,
        name: str,
        kafka: Mapping[str, Any],
        fail: FailPoint = nothing_fails,
    ) -> None:
        """Take the topic, how many partitions it has, and the relay's transactional id."""
        self._topic = topic
        self._partitions = partitions
        self._kafka = kafka
        self._fail = fail
        self._producer = AIOKafkaProducer(
            transactional_id=name, acks="all", enable_idempotence=True, linger_ms=0, **kafka
        )
        self._is_open = False

    async def __aenter__(self) -> Self:
        """Connect and fence any relay before us."""
        try:
            await self._producer.start()
        except KafkaError as failure:
            await self._producer.stop()
            raise _lost(failure) from failure
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect; a client that waits for what never comes is left to whoever fences it."""
        if self._is_open:
            with suppress(KafkaError, TimeoutError, AssertionError):
                async with asyncio.timeout(ABORT_SECONDS):
                    await self._producer.abort_transaction()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._producer.stop()
        except TimeoutError:
            log.warning("Kafka's client did not stop in time and is left.")

    async def send(self, partition: int, messages: Sequence[Message]) -> int:
        """Publish the messages in one transaction; return the offset after the last.

        Raises ServiceLost where Kafka did not take them; then none of them is published.
        """
        self._fail("before-produce")
        try:
            # Where the broker is killed in a transaction's midst the client may wait for ever.
            async with asyncio.timeout(SEND_SECONDS):
                await self._producer.begin_transaction()
                self._is_open = True
                sent = [await self._send(partition, message) for message in messages]
                written = [await one for one in sent]
                self._fail("before-commit")
                await self._producer.commit_transaction()
                self._is_open = False
        except (ProducerFenced, InvalidProducerEpoch) as failure:
            raise Fenced("Another relay publishes now: let this one end.") from failure
        except (KafkaError, TimeoutError) as failure:
            raise ServiceLost(
                f"Kafka did not take the alerts ({type(failure).__name__}): they stay in the store"
                " and are published when the relay is started again."
            ) from failure
        return int(written[-1].offset) + 1

    async def _send(self, partition: int, message: Message) -> Any:
        return await self._producer.send(
            self._topic,
            key=message.key,
            value=message.value,
            headers=message.headers,
            partition=partition,
            timestamp_ms=message.timestamp,
        )

    async def found(self, marks: Mapping[int, Mark]) -> dict[int, Found]:
        """Return how far each partition really is: what was sent and not noted is found here.

        Raises ServiceLost where Kafka does not answer, BrokenPromise where the topic ends before
        what was published to it.
        """
        consumer = AIOKafkaConsumer(
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="none",
            **self._kafka,
        )
        try:
            await consumer.start()
            return await self._read_on(consumer, marks)
        except KafkaError as failure:
            raise _lost(failure) from failure
        finally:
            await consumer.stop()

    async def _read_on(self, consumer: Any, marks: Mapping[int, Mark]) -> dict[int, Found]:
        places = [TopicPartition(self._topic, number) for number in range(self._partitions)]
        begins = await consumer.beginning_offsets(places)
        ends = await consumer.end_offsets(places)
        found = {p.partition: Found(marks.get(p.partition, Mark(0, 0)), None) for p in places}
        consumer.assign(places)
        for place in places:
            noted = found[place.partition].mark.topic_offset
            if ends[place] < noted:
                raise BrokenPromise(_ENDS_EARLY)
            # From the last message noted on, so that there is one to hold the store against.
            consumer.seek(place, max(begins[place], noted - 1))
        open_places = places
        while open_places := [p for p in open_places if await consumer.position(p) < ends[p]]:
            records = await consumer.getmany(*open_places, timeout_ms=_PATIENCE_MS)
            for place, listed in records.items():
                found[place.partition] = _furthest(found[place.partition], listed)
        return found


def _lost(failure: KafkaError) -> ServiceLost:
    return ServiceLost(
        f"Kafka does not answer ({type(failure).__name__}): see that it runs and that"
        " JOINEDUP_KAFKA_BOOTSTRAP and the password are right; the relay then goes on where it"
        " stopped."
    )


def _furthest(found: Found, records: Iterable[Any]) -> Found:
    for record in records:
        sequence = int(dict(record.headers)[SEQUENCE])
        mark = found.mark
        if sequence > mark.sequence:
            mark = Mark(sequence, record.offset + 1)
        found = Found(mark, record.value)
    return found
