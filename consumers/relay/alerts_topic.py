"""The alerts topic as the relay writes it: a page of transitions whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from consumers.errors import BrokenPromise
from consumers.one_writer import Message, OneWriter, no_answer
from consumers.relay.message import SEQUENCE
from consumers.relay.outbox import Mark

_PATIENCE_MS = 200

_ENDS_EARLY = (
    "The alerts topic ends before what was published to it: it was emptied, made anew, or restored"
    " from an older backup. Restore Kafka and the store from the same backup; nothing is published"
    " until then."
)


class Found(NamedTuple):
    """How far a partition of the topic really is, and the last message that stands on it."""

    mark: Mark
    last: bytes | None


class AlertsTopic:
    """The topic, of which the relay is the one writer."""

    def __init__(
        self,
        topic: str,
        partitions: int,
        writer: OneWriter,
        kafka: Mapping[str, Any],
    ) -> None:
        """Take the topic, how many partitions it has, and who writes it."""
        self._topic = topic
        self._partitions = partitions
        self._kafka = kafka
        self._writer = writer

    @property
    def name(self) -> str:
        """The topic's name."""
        return self._topic

    async def send(self, partition: int, messages: Sequence[Message]) -> int:
        """Publish the messages in one transaction; return the offset after the last.

        Raises ServiceLost where Kafka did not take them; then none of them is published.
        """
        return (await self._writer.send(partition, messages))[-1] + 1

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
            raise no_answer(failure, "relay") from failure
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


def _furthest(found: Found, records: Iterable[Any]) -> Found:
    for record in records:
        sequence = int(dict(record.headers)[SEQUENCE])
        mark = found.mark
        if sequence > mark.sequence:
            mark = Mark(sequence, record.offset + 1)
        found = Found(mark, record.value)
    return found
