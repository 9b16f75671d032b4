"""Where the inputs end: what was acknowledged, committed or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient

from consumers.errors import ServiceLost
from schemas.topics import TopicSet


class Watermarks:
    """Asks for high watermarks: the end of what was acknowledged, committed or not."""

    def __init__(self, kafka: Mapping[str, Any]) -> None:
        """Take the connection arguments; connect on ``start``."""
        self._kafka = kafka
        self._client: Any = None

    async def start(self) -> None:
        """Connect."""
        self._client = AIOKafkaConsumer(isolation_level="read_uncommitted", **self._kafka)
        await self._client.start()

    async def check(self, topics: TopicSet) -> None:
        """Raise ServiceLost unless the topics are there, each with its number of partitions."""
        client = AIOKafkaClient(**self._kafka)
        try:
            await client.bootstrap()
            cluster = await client.fetch_all_metadata()
        finally:
            await client.close()
        for topic in (*topics.inputs, topics.journeys, topics.dead_letters):
            found = len(cluster.partitions_for_topic(topic) or ())
            if found != topics.partitions:
                raise ServiceLost(
                    f"The topic {topic} has {found} partitions where {topics.partitions} are"
                    " expected: create it (`joinedup up`) or mend JOINEDUP_PARTITIONS."
                )

    async def stop(self) -> None:
        """Disconnect."""
        if self._client is not None:
            await self._client.stop()

    async def of(self, topics: Iterable[str], partition: int) -> dict[str, int]:
        """Return the high watermark of this partition of each topic."""
        asked = [TopicPartition(topic, partition) for topic in topics]
        ends = await self._client.end_offsets(asked)
        return {at.topic: end for at, end in ends.items()}
