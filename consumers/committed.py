"""Reads what is committed to a topic, outside any group."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

_PATIENCE_MS = 200


@asynccontextmanager
async def committed_reader(
    kafka: Mapping[str, Any], partitions: Sequence[TopicPartition]
) -> AsyncIterator[Any]:
    """Give a consumer of these partitions that sees what is committed, and close it."""
    consumer = AIOKafkaConsumer(
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="none",
        **kafka,
    )
    try:
        await consumer.start()  # one that Kafka does not answer is closed too
        consumer.assign(list(partitions))
        yield consumer
    finally:
        await consumer.stop()


async def nothing_follows(
    kafka: Mapping[str, Any], topic: str, next_offsets: Mapping[int, int]
) -> bool:
    """Return whether no committed record stands at or after these offsets of their partitions.

    The ends alone cannot tell: the marker that ends a transaction takes an offset too.
    """
    places = [TopicPartition(topic, partition) for partition in next_offsets]
    async with committed_reader(kafka, places) as consumer:
        ends = await consumer.end_offsets(places)
        for place in places:
            consumer.seek(place, next_offsets[place.partition])
            while await consumer.position(place) < ends[place]:
                found = await consumer.getmany(place, timeout_ms=_PATIENCE_MS, max_records=1)
                if found.get(place):
                    return False
    return True
