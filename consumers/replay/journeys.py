"""Where a replay reads journeys from: a port, and Kafka's side of it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Mapping
from typing import Any, Protocol, Self, TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from consumers.archive.records import Record
from consumers.errors import BrokenPromise, ServiceLost
from consumers.join.inputs import Raw

BATCH = 2_000
_PATIENCE_MS = 200
#: How long the broker may keep a fetch of what has no more: each partition begins after such a one.
_FETCH_WAIT_MS = 20

T = TypeVar("T")


class Journeys(Protocol):
    """Journeys from its first record to the end that it had when the reading began."""

    def ends(self) -> Mapping[int, int]:
        """Return the offset after the last record of each partition that has any."""

    def batches(self, partition: int, until: int) -> Iterator[list[Raw]]:
        """Yield the partition's records below this offset, in order.

        Raises BrokenPromise where the first records are gone.
        """


class KafkaTopic:
    """One topic on Kafka, read outside any group, committed records only; a context manager."""

    def __init__(self, topic: str, partitions: int, kafka: Mapping[str, Any]) -> None:
        """Take the topic, how many partitions it has, and the arguments of an aiokafka client."""
        self._kafka = kafka
        self._topic = topic
        self._places = [TopicPartition(topic, number) for number in range(partitions)]
        self._runner = asyncio.Runner()
        self._consumer: Any = None

    def __enter__(self) -> Self:
        """Connect; raises ServiceLost where Kafka does not answer or refuses."""
        try:
            self._run(self._start())
        except BaseException:
            self._runner.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Disconnect."""
        self._runner.run(self._consumer.stop())
        self._runner.close()

    def ends(self) -> Mapping[int, int]:
        """Return the offset after the last record of each partition that has any."""
        ends = self._run(self._consumer.end_offsets(self._places))
        return {place.partition: end for place, end in ends.items() if end}

    def batches(self, partition: int, until: int) -> Iterator[list[Raw]]:
        """Yield the partition's records below this offset, in order.

        Raises BrokenPromise where the first records are gone.
        """
        for found in self._fetched(partition, until):
            yield [Raw(one.offset, one.headers, one.value) for one in found]

    def records(self, partition: int, until: int) -> Iterator[list[Record]]:
        """Yield the same, with key and timestamp."""
        for found in self._fetched(partition, until):
            yield [_record(one) for one in found]

    def _fetched(self, partition: int, until: int) -> Iterator[list[Any]]:
        place = self._places[partition]
        self._run(self._begin(place))
        while self._run(self._consumer.position(place)) < until:
            found = self._run(
                self._consumer.getmany(place, timeout_ms=_PATIENCE_MS, max_records=BATCH)
            )
            wanted = [one for one in found.get(place, ()) if one.offset < until]
            if wanted:
                yield wanted

    async def _begin(self, place: TopicPartition) -> None:
        first = (await self._consumer.beginning_offsets([place]))[place]
        if first:
            raise BrokenPromise(
                f"The first {first} records of a partition of {self._topic} are gone: restore the"
                " topic, whose retention must be unlimited, or replay an archive."
            )
        self._consumer.assign([place])
        self._consumer.seek(place, 0)

    async def _start(self) -> None:
        self._consumer = AIOKafkaConsumer(
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_partition_fetch_bytes=4 * 1024 * 1024,
            fetch_max_wait_ms=_FETCH_WAIT_MS,
            **self._kafka,
        )
        try:
            await self._consumer.start()
        except KafkaError:
            await self._consumer.stop()
            raise

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            return self._runner.run(coroutine)
        except KafkaError as failure:
            raise ServiceLost(
                f"Kafka refuses to be read ({type(failure).__name__}): see that it runs, and check"
                f" JOINEDUP_KAFKA_* and the ACLs of {self._topic}."
            ) from failure


def _record(one: Any) -> Record:
    return Record(
        offset=one.offset,
        timestamp=one.timestamp,
        key=one.key or b"",
        value=one.value or b"",
        headers=tuple(one.headers),
    )
