"""Finds the last position that intake committed to a partition of ``journeys``."""

from __future__ import annotations

from typing import Any

from aiokafka import TopicPartition

from consumers.errors import BrokenPromise
from consumers.intake.ledger import POSITION, Ledger, ledger_of
from schemas.codec import Codec, Undecodable

#: Aborted transactions and markers take offsets too, so the position is seldom the very last.
LOOK_BACK = 16
LOOK_FURTHER = 16


async def last_ledger(consumer: Any, at: TopicPartition, codec: Codec) -> Ledger | None:
    """Return the ledger of the last committed position, or None where none was ever written.

    consumer: of ``committed_reader``, with the partition ``at`` assigned.
    """
    begin = (await consumer.beginning_offsets([at]))[at]
    end = (await consumer.end_offsets([at]))[at]
    back, upper = LOOK_BACK, end
    while upper > begin:
        lower = max(begin, end - back)
        found = await _last_within(consumer, at, lower, upper)
        if found is not None:
            return _parsed(found, codec)
        upper, back = lower, back * LOOK_FURTHER
    return None


async def _last_within(consumer: Any, at: TopicPartition, lower: int, upper: int) -> Any:
    consumer.seek(at, lower)
    last = None
    while await consumer.position(at) < upper:
        for record in (await consumer.getmany(at, timeout_ms=500)).get(at, ()):
            if ("kind", b"position") in record.headers:
                last = record
    return last


def _parsed(record: Any, codec: Codec) -> Ledger:
    try:
        position = codec.decode(record.value)
        if position.full_name == POSITION:
            return ledger_of(position.record, record.timestamp, record.headers)
    except (Undecodable, ValueError):
        pass
    raise BrokenPromise(
        f"The last position on {record.topic}/{record.partition} cannot be read:"
        " was this topic written by another version, or its schema registry replaced?"
    )
