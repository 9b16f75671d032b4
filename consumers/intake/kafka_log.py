"""A partition's log on real Kafka: fetches the inputs, writes each transaction whole."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from consumers.committed import committed_reader
from consumers.errors import BrokenPromise, ServiceLost
from consumers.failpoint import FailPoint, nothing_fails
from consumers.intake.header_names import read_any_header_name
from consumers.intake.incoming import Incoming
from consumers.intake.kafka_sentences import (
    kafka_in_sentences,
    kafka_in_time,
    read_left_failures,
)
from consumers.intake.ledger import Ledger
from consumers.intake.scribe import Outgoing, Transaction
from consumers.intake.tail import last_ledger
from consumers.intake.watermarks import Watermarks
from consumers.shares import INTAKE_BYTES, bytes_each, wait_ms_each
from consumers.stray import but_ours
from schemas.codec import Codec
from schemas.topics import TopicSet

OPEN_SECONDS = 90
#: Longer than the client's own bounds, which do not hold in the midst of a transaction.
ANSWER_SECONDS = 60
ABORT_SECONDS = 5
SETTLE_SECONDS = 10
STOP_SECONDS = 10
LOOK_SECONDS = 0.02
BATCH_BYTES = 512 * 1024
REQUEST_BYTES = 2 * 1024 * 1024
CREATE_TIME, LOG_APPEND_TIME = 0, 1

log = logging.getLogger(__name__)


class KafkaPartitionLog:
    """One partition of the inputs, of journeys and of the dead letters."""

    def __init__(
        self,
        kafka: Mapping[str, Any],
        topics: TopicSet,
        partition: int,
        codec: Codec,
        watermarks: Watermarks,
        opening: asyncio.Semaphore,
        *,
        simulated: bool = False,
        fail: FailPoint = nothing_fails,
    ) -> None:
        """Take where the partition is; connect on ``open``.

        opening: limits how many partitions are taken over at once.
        simulated: whether the records' own time is expected, and not the broker's.
        """
        self._kafka = kafka
        self._topics = topics
        self._partition = partition
        self._codec = codec
        self._watermarks = watermarks
        self._opening = opening
        self._fail = fail
        self._timestamp_type = CREATE_TIME if simulated else LOG_APPEND_TIME
        self._producer: Any = None
        self._consumer: Any = None
        self._is_open = False
        self._is_reading = False

    async def open(self) -> Ledger:
        """Fence the owner before us, then return where it stopped."""
        try:
            with kafka_in_sentences(self._partition):
                async with self._opening, asyncio.timeout(OPEN_SECONDS):
                    await self._own()
                    return await self._begin_reading(await self._last_ledger())
        except TimeoutError:
            raise ServiceLost(
                f"Kafka did not let intake take partition {self._partition} within"
                f" {OPEN_SECONDS} s; see whether it runs with `joinedup status`."
            ) from None

    async def ends(self) -> Mapping[str, int]:
        """Return the high watermark of each input."""
        async with kafka_in_time(self._partition, ANSWER_SECONDS):
            return await self._watermarks.of(self._topics.inputs, self._partition)

    async def fetch(
        self, topics: Sequence[str], limit: int, wait_seconds: float
    ) -> Mapping[str, tuple[Sequence[Incoming], int]]:
        """Return what is there of these inputs, and where the next fetch goes on."""
        asked = [self._at(topic) for topic in topics]
        async with kafka_in_time(self._partition, wait_seconds + ANSWER_SECONDS):
            found = await self._consumer.getmany(
                *asked, timeout_ms=int(wait_seconds * 1000), max_records=limit
            )
            return {
                at.topic: (
                    [self._incoming(record) for record in found.get(at, ())],
                    await self._consumer.position(at),
                )
                for at in asked
            }

    async def commit(self, transaction: Transaction) -> None:
        """Write the whole transaction, or nothing of it."""
        self._fail("before-produce")
        async with kafka_in_time(self._partition, ANSWER_SECONDS):
            await self._producer.begin_transaction()
            self._is_open = True
            sent = await self._send(self._topics.dead_letters, transaction.dead_letters)
            sent += await self._send(self._topics.journeys, transaction.journeys)
            # aiokafka commits even when a batch has failed: each must be known to be written.
            await asyncio.gather(*sent)
            self._fail("before-commit")
            await self._producer.commit_transaction()
            self._is_open = False
        self._fail("after-commit")

    async def close(self) -> None:
        """Abort what is not committed, see what is become visible, and disconnect."""
        try:
            if self._producer is not None:
                await self._abort()
                await _stopped(self._producer)
        finally:  # whatever became of the producer, the consumer is not left open
            if self._consumer is not None:
                await self._stop_reading()

    async def _stop_reading(self) -> None:
        try:
            # A client that never came to its start cannot be asked, and we wrote nothing with it.
            if self._is_reading:
                with but_ours(), suppress(KafkaError, TimeoutError):
                    async with asyncio.timeout(SETTLE_SECONDS):
                        await self._until_visible()
        finally:
            await _stopped(self._consumer)

    async def _abort(self) -> None:
        """Let nobody wait for our open transaction; a fenced producer refuses even that."""
        if self._is_open:
            with but_ours(), suppress(KafkaError, TimeoutError, AssertionError):
                async with asyncio.timeout(ABORT_SECONDS):
                    await self._producer.abort_transaction()
            read_left_failures(self._producer)

    async def _until_visible(self) -> None:
        """Wait until readers of committed records see ours.

        Kafka confirms a commit before its markers are written: whoever reads a moment later, as
        the join does after an intake that ran to the end, would miss the last transaction.
        """
        topics = (self._topics.journeys, self._topics.dead_letters)
        ends = await self._watermarks.of(topics, self._partition)
        wanted = {self._at(topic): ends[topic] for topic in topics}
        while any(
            visible < wanted[at]
            for at, visible in (await self._consumer.end_offsets(list(wanted))).items()
        ):
            await asyncio.sleep(LOOK_SECONDS)

    async def _own(self) -> None:
        # Starting a transactional producer fences the one before and ends its open transaction.
        self._producer = AIOKafkaProducer(
            transactional_id=f"{self._topics.prefix}intake-{self._partition}",
            max_batch_size=BATCH_BYTES,
            max_request_size=REQUEST_BYTES,
            **self._kafka,
        )
        await self._producer.start()

    async def _last_ledger(self) -> Ledger:
        at = self._at(self._topics.journeys)
        async with committed_reader(self._kafka, [at]) as consumer:
            found = await last_ledger(consumer, at, self._codec)
        return found or Ledger(next_offsets={})

    async def _begin_reading(self, ledger: Ledger) -> Ledger:
        """Go to the next record of each input: the first one where nothing was read yet."""
        read_any_header_name()
        self._consumer = AIOKafkaConsumer(
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="none",
            fetch_max_wait_ms=wait_ms_each(self._topics.partitions),
            max_partition_fetch_bytes=bytes_each(
                INTAKE_BYTES, self._topics.partitions * len(self._topics.inputs)
            ),
            **self._kafka,
        )
        await self._consumer.start()
        inputs = [self._at(topic) for topic in self._topics.inputs]
        self._consumer.assign(inputs)
        begins = await self._consumer.beginning_offsets(inputs)
        offsets = {at.topic: ledger.next_offsets.get(at.topic, begins[at]) for at in inputs}
        for at in inputs:
            self._consumer.seek(at, offsets[at.topic])
        self._is_reading = True
        return msgspec.structs.replace(ledger, next_offsets=offsets)

    async def _send(self, topic: str, messages: Sequence[Outgoing]) -> list[Any]:
        """Hand the messages to the producer in batches; return what will be done when written."""
        sent = []
        batch = self._producer.create_batch()
        for one in messages:
            if not _append(batch, one):
                sent.append(await self._send_batch(batch, topic))
                batch = self._producer.create_batch()
                _append(batch, one)
        if batch.record_count():
            sent.append(await self._send_batch(batch, topic))
        return sent

    async def _send_batch(self, batch: Any, topic: str) -> Any:
        batch.close()
        return await self._producer.send_batch(batch, topic, partition=self._partition)

    def _incoming(self, record: Any) -> Incoming:
        if record.timestamp_type != self._timestamp_type:
            raise BrokenPromise(
                f"The topic {record.topic} does not keep time as this topic set does: a live set"
                " needs LogAppendTime, a simulated one CreateTime; see `joinedup up`."
            )
        return Incoming(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            time=record.timestamp,
            key=record.key,
            value=record.value,
            headers=record.headers,
        )

    def _at(self, topic: str) -> TopicPartition:
        return TopicPartition(topic, self._partition)


async def _stopped(client: Any) -> None:
    """Stop a client; one that waits for what never comes is left to whoever fences it."""
    try:
        # Of a fetch of its own, while Kafka is away; why we stop must not be lost over it.
        with but_ours():
            async with asyncio.timeout(STOP_SECONDS):
                await client.stop()
    except TimeoutError:
        log.warning("Kafka's client did not stop in time and is left.")


def _append(batch: Any, one: Outgoing) -> bool:
    added = batch.append(
        timestamp=one.timestamp, key=one.key, value=one.value, headers=list(one.headers)
    )
    return added is not None
