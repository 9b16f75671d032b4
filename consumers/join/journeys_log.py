"""The journeys topic as the join reads it: committed records only, from the store's offsets."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, Self

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import (
    IllegalStateError,
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    NodeNotReadyError,
)

from consumers.committed import nothing_follows
from consumers.errors import ServiceLost
from consumers.join.inputs import Raw
from consumers.membership import left
from consumers.shares import JOIN_BYTES, bytes_each, wait_ms_each
from schemas.topics import TopicSet

BATCH = 2_000
_PATIENCE_MS = 200
AWAY = (KafkaConnectionError, KafkaTimeoutError, NodeNotReadyError)

log = logging.getLogger(__name__)


class Fetched(NamedTuple):
    """Records by partition, in order; ``at_end`` where each partition has been read to its end."""

    records: Mapping[int, list[Raw]]
    at_end: bool


class JourneysLog(ConsumerRebalanceListener):  # type: ignore[misc]
    """A member of the join's group.

    Kafka only says who reads which partition; where to read from is the store's to say.
    ``assigned`` and ``changed`` follow the group; a partition is read after ``seek``.
    """

    def __init__(self, topics: TopicSet, kafka: Mapping[str, Any], name: str | None = None) -> None:
        """Take the topic set, the arguments of an aiokafka client and the name as a member."""
        self._topic = topics.journeys
        self._kafka = kafka
        self._every = frozenset(range(topics.partitions))
        self._consumer = AIOKafkaConsumer(
            group_id=f"{topics.prefix}join",
            group_instance_id=name,
            enable_auto_commit=False,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            # A worker that dies gives its partitions away as soon as Kafka's own minimum allows.
            session_timeout_ms=6_000,
            heartbeat_interval_ms=2_000,
            fetch_max_wait_ms=wait_ms_each(1),
            fetch_max_bytes=JOIN_BYTES,
            max_partition_fetch_bytes=bytes_each(JOIN_BYTES, topics.partitions),
            **kafka,
        )
        self.assigned: frozenset[int] = frozenset()
        self.changed = False
        self._left_out: set[int] = set()

    async def __aenter__(self) -> Self:
        """Join the group."""
        try:
            await self._consumer.start()
        except KafkaError as failure:
            await self._consumer.stop()
            raise ServiceLost(
                f"Kafka does not answer ({type(failure).__name__}): see that it runs and that"
                " JOINEDUP_KAFKA_BOOTSTRAP and the password are right."
            ) from failure
        self._consumer.subscribe([self._topic], listener=self)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave the group."""
        await left(self._consumer)

    def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:
        """Note that nothing is ours; a commit that is under way is fenced or good."""
        self.assigned, self.changed = frozenset(), True

    def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        """Note what is ours."""
        self.assigned, self.changed = frozenset(p.partition for p in assigned), True

    @property
    def others(self) -> frozenset[int]:
        """The partitions that are not assigned to us."""
        return self._every - self.assigned

    def seek(self, partition: int, offset: int) -> None:
        """Read this partition from this offset on."""
        self._left_out.discard(partition)
        self._consumer.seek(TopicPartition(self._topic, partition), offset)

    def leave_out(self, partition: int) -> None:
        """Read this partition no more, until the group assigns it again."""
        self._left_out.add(partition)
        with suppress(IllegalStateError):  # the group may have given it to another by now
            self._consumer.pause(TopicPartition(self._topic, partition))

    async def fetch(self) -> Fetched:
        """Return up to 2,000 of the next records, or none after a moment without any.

        Raises ServiceLost where Kafka refuses; an outage is waited for.
        """
        try:
            found = await self._consumer.getmany(timeout_ms=_PATIENCE_MS, max_records=BATCH)
            records = {
                place.partition: [Raw(one.offset, one.headers, one.value) for one in listed]
                for place, listed in found.items()
                if listed
            }
            return Fetched(records, not records and await self._at_end())
        except AWAY as failure:
            log.warning(
                "Kafka does not answer (%s); waiting for it.",
                type(failure).__name__,
                extra={"action": "kafka-away"},
            )
            return Fetched({}, False)
        except IllegalStateError:
            return Fetched({}, False)  # a partition was given to another while its end was asked
        except KafkaError as failure:
            raise _refused(failure) from failure

    async def unread(self) -> dict[int, int]:
        """Return how many records of each partition that is read are to come, as far as is known.

        Kafka says so with what it answers, so nothing is asked; markers of transactions count.
        """
        if self.changed:
            return {}
        places = [TopicPartition(self._topic, p) for p in self.assigned - self._left_out]
        try:
            ends = {place: self._consumer.highwater(place) for place in places}
            return {
                place.partition: max(0, end - await self._consumer.position(place))
                for place, end in ends.items()
                if end is not None
            }
        except IllegalStateError:
            return {}  # a partition was given to another meanwhile

    async def nothing_follows(self, next_offsets: Mapping[int, int]) -> bool:
        """Return whether these partitions, which others read, hold nothing from there on.

        Raises ServiceLost where Kafka refuses or does not answer.
        """
        try:
            return await nothing_follows(self._kafka, self._topic, next_offsets)
        except KafkaError as failure:
            raise _refused(failure) from failure

    async def committed(self, offsets: Mapping[int, int]) -> None:
        """Tell Kafka how far the store is; only dashboards look at it."""
        places = {TopicPartition(self._topic, p): offset for p, offset in offsets.items()}
        try:
            await self._consumer.commit(places)
        except KafkaError as failure:
            log.debug("Kafka did not take the offsets for the dashboards: %r", failure)

    async def _at_end(self) -> bool:
        places = [TopicPartition(self._topic, p) for p in self.assigned - self._left_out]
        ends = await self._consumer.end_offsets(places)
        positions = [await self._consumer.position(place) for place in places]
        return all(ends[place] <= at for place, at in zip(places, positions, strict=True))


def _refused(failure: KafkaError) -> ServiceLost:
    if isinstance(failure, AWAY):
        return ServiceLost(
            "Kafka does not answer: see that it runs; the join then goes on where it stopped."
        )
    return ServiceLost(
        f"Kafka refuses to be read ({type(failure).__name__}): check JOINEDUP_KAFKA_* and the ACLs"
        " of journeys."
    )
