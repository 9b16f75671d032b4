"""What stands on a topic, read by nobody in particular."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition

from consumers.committed import committed_reader


@dataclass(frozen=True)
class Read:
    """A record read back from Kafka, committed."""

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


async def committed_records(kafka: Mapping[str, Any], topic: str, partitions: int) -> list[Read]:
    """Return what is committed to a topic, partition by partition."""
    found: list[Read] = []
    places = [TopicPartition(topic, one) for one in range(partitions)]
    async with committed_reader(kafka, places) as consumer:
        ends = await consumer.end_offsets(places)
        for at in places:
            consumer.seek(at, 0)
        for at in places:
            while await consumer.position(at) < ends[at]:
                batch = await consumer.getmany(at, timeout_ms=200)
                found += [_read(one) for one in batch.get(at, ())]
    return found


def _read(record: Any) -> Read:
    return Read(
        partition=record.partition,
        offset=record.offset,
        timestamp=record.timestamp,
        key=record.key,
        value=record.value,
        headers=record.headers,
    )
