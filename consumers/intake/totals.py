"""What intake has done, read from the positions it committed to ``journeys``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from aiokafka import TopicPartition

from consumers.committed import committed_reader
from consumers.intake.ledger import Ledger
from consumers.intake.tail import last_ledger
from schemas.codec import Codec
from schemas.topics import TopicSet


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over all partitions, ever.

    read: records taken from the inputs; journeyed, dead: what became of them.
    waiting: records on the inputs that are not read yet.
    partitions: where each partition stands; one that never had a position is left out.
    """

    read: int
    journeyed: int
    dead: int
    waiting: int
    partitions: Mapping[int, Ledger]

    @property
    def balances(self) -> bool:
        """Whether everything that was read is accounted for."""
        return self.read == self.journeyed + self.dead


async def totals(kafka: Mapping[str, Any], topics: TopicSet, codec: Codec) -> Totals:
    """Return the totals of a topic set.

    kafka: connection arguments of an aiokafka client that may read journeys and describe the
        inputs (``Settings.kafka()``).
    """
    ledgers: dict[int, Ledger] = {}
    async with committed_reader(kafka, []) as consumer:
        for partition in range(topics.partitions):
            at = TopicPartition(topics.journeys, partition)
            consumer.assign([at])
            found = await last_ledger(consumer, at, codec)
            if found is not None:
                ledgers[partition] = found
        waiting = await _waiting(consumer, topics, ledgers)
    return Totals(
        read=sum(ledger.read for ledger in ledgers.values()),
        journeyed=sum(ledger.journeyed for ledger in ledgers.values()),
        dead=sum(ledger.dead for ledger in ledgers.values()),
        waiting=waiting,
        partitions=ledgers,
    )


async def _waiting(consumer: Any, topics: TopicSet, ledgers: Mapping[int, Ledger]) -> int:
    inputs = [
        TopicPartition(topic, partition)
        for topic in topics.inputs
        for partition in range(topics.partitions)
    ]
    ends = await consumer.end_offsets(inputs)
    begins = await consumer.beginning_offsets(inputs)
    return sum(max(0, ends[at] - _next(ledgers, at, begins[at])) for at in inputs)


def _next(ledgers: Mapping[int, Ledger], at: TopicPartition, begin: int) -> int:
    ledger = ledgers.get(at.partition)
    return begin if ledger is None else max(begin, ledger.next_offsets.get(at.topic, begin))
