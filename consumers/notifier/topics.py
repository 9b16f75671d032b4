"""The two topics of the notifier: alerts, which it reads, and deliveries, which it alone writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from consumers.errors import BrokenPromise
from consumers.notifier.delivery import (
    DELIVERY_STEP,
    Delivery,
    Heard,
    delivery_of,
    record_of,
)
from consumers.one_writer import Message, no_answer
from schemas.catalogue import event_type
from schemas.codec import Codec, Undecodable
from schemas.headers import CE_ID, CE_SOURCE, CE_SPECVERSION, CE_TYPE, CONTENT_TYPE, FINGERPRINT
from schemas.topics import key_of

PAGE = 500
_PATIENCE_MS = 200


class TopicReader:
    """Reads every partition of a topic from where it is told to, committed records alone."""

    def __init__(self, topic: str, partitions: int, kafka: Mapping[str, Any]) -> None:
        """Take the topic and how many partitions it has."""
        self._places = [TopicPartition(topic, number) for number in range(partitions)]
        self._consumer = AIOKafkaConsumer(
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="none",
            **kafka,
        )

    async def __aenter__(self) -> Self:
        """Connect."""
        try:
            await self._consumer.start()
        except KafkaError as failure:
            await self._consumer.stop()
            raise no_answer(failure, "notifier") from failure
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""
        await self._consumer.stop()

    async def begin(self, offsets: Mapping[int, int]) -> dict[int, int]:
        """Stand at these offsets, else at the first; return where each partition ends now.

        Raises BrokenPromise where the topic ends before what was read of it.
        """
        try:
            begins = await self._consumer.beginning_offsets(self._places)
            ends = await self._consumer.end_offsets(self._places)
        except KafkaError as failure:
            raise no_answer(failure, "notifier") from failure
        self._consumer.assign(self._places)
        for place in self._places:
            noted = offsets.get(place.partition, 0)
            if ends[place] < noted:
                raise BrokenPromise(
                    f"The topic {place.topic} ends before what was read of it: it was emptied or"
                    " restored from an older backup. Restore Kafka and the store from the same"
                    " backup; nobody is told anything until then."
                )
            self._consumer.seek(place, max(begins[place], noted))
        return {place.partition: ends[place] for place in self._places}

    async def page(self, timeout_ms: int = _PATIENCE_MS) -> dict[int, list[Any]]:
        """Return the next records, by partition; none where none came in time."""
        try:
            found = await self._consumer.getmany(timeout_ms=timeout_ms, max_records=PAGE)
        except KafkaError as failure:
            raise no_answer(failure, "notifier") from failure
        return {place.partition: records for place, records in found.items()}

    async def unread(self) -> int:
        """Return how many records are to come, as far as Kafka said with what it answered."""
        ends = [(place, self._consumer.highwater(place)) for place in self._places]
        return sum(
            [max(0, end - await self._consumer.position(at)) for at, end in ends if end is not None]
        )

    async def are_behind(self, ends: Mapping[int, int]) -> bool:
        """Return whether a partition has not been read to this end."""
        return any([await self._consumer.position(p) < ends[p.partition] for p in self._places])


def heard(records: Sequence[Any], codec: Codec) -> Iterator[Heard]:
    """Yield the transitions of records of the alerts topic; raises BrokenPromise."""
    for record in records:
        said = _decoded(record, codec)
        yield Heard(
            la=said["local_authority"],
            alert_id=said["alert_id"],
            number=said["number"],
            kind=said["kind"],
            severity=said["severity"],
            duty=said["duty"],
            continues=said["continues"],
            offset=record.offset,
        )


def kept(records: Sequence[Any], codec: Codec) -> list[tuple[int, Delivery]]:
    """Return the steps of records of the deliveries topic, each with its offset."""
    return [(record.offset, delivery_of(_decoded(record, codec))) for record in records]


def message_of(step: Delivery, codec: Codec) -> Message:
    """Return the message of a step."""
    found = event_type(DELIVERY_STEP)
    assert found is not None
    return Message(
        key=key_of(step.la),
        value=codec.encode(DELIVERY_STEP, record_of(step)),
        headers=[
            (CE_SPECVERSION, b"1.0"),
            (CONTENT_TYPE, b"application/avro"),
            (CE_ID, f"{step.delivery_id}/{step.step}/{step.attempt}".encode()),
            (CE_TYPE, DELIVERY_STEP.encode()),
            (CE_SOURCE, b"urn:joinedup:platform"),
            (FINGERPRINT, found.fingerprint.encode()),
        ],
        timestamp=step.at,
    )


def _decoded(record: Any, codec: Codec) -> dict[str, Any]:
    try:
        return codec.decode(record.value).record
    except Undecodable as fault:
        raise BrokenPromise(
            f"Record {record.offset} of {record.topic} cannot be read ({fault.reason_code}): see"
            " that the registry is that of these topics."
        ) from fault
