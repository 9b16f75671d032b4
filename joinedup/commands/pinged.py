"""Where a test event is looked for: on journeys, and in what the relay has still to publish."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import psycopg
from kafka import KafkaConsumer, TopicPartition

from schemas.topics import TopicSet

_LEVEL = """
SELECT coalesce((SELECT sequence FROM partition_state WHERE partition = %(partition)s), 0)
  <= coalesce((SELECT sequence FROM relay_state WHERE partition = %(partition)s), 0)
"""
_FROM = "from"


class Journeys:
    """An authority's partition of journeys, from now on."""

    def __init__(self, consumer: KafkaConsumer, topics: TopicSet, la: str) -> None:
        """Take a consumer of committed records; it is put at the end of the partition."""
        self._consumer = consumer
        at = TopicPartition(topics.journeys, topics.partition_of(la))
        consumer.assign([at])
        consumer.seek_to_end(at)
        consumer.position(at)
        self._places: set[str] = set()

    def has(self, place: str) -> bool:
        """Whether what was at this place (topic/partition/offset) has come by, events and gaps."""
        for records in self._consumer.poll(timeout_ms=20).values():
            for record in records:
                self._places |= {value.decode() for name, value in record.headers if name == _FROM}
        return place in self._places


class Relayed:
    """Whether the relay has published all that was told."""

    def __init__(self, address: str) -> None:
        """Take the libpq address of the store, in a role that sees how far partitions are."""
        self._address = address
        self._connection: psycopg.Connection[Any] | None = None

    def __enter__(self) -> Self:
        """Connect."""
        self._connection = psycopg.connect(self._address, autocommit=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()

    def is_level(self, partition: int) -> bool:
        """Whether nothing of this partition waits to be published on the alerts topic."""
        assert self._connection is not None
        row = self._connection.execute(_LEVEL, {"partition": partition}).fetchone()
        return bool(row and row[0])
