"""However intake lets a partition go, no client of Kafka stays open: it would complain of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from consumers.intake.kafka_log import KafkaPartitionLog
from schemas.topics import TopicSet


class Client:
    """A client of Kafka's; each of its methods does what it is told."""

    def __init__(self, does: Callable[[], Any] = lambda: None) -> None:
        self.does = does
        self.is_stopped = False

    async def stop(self) -> None:
        self.is_stopped = True
        await self._do()

    async def abort_transaction(self) -> None:
        await self._do()

    async def end_offsets(self, places: Iterable[Any]) -> dict[Any, int]:
        await self._do()
        return dict.fromkeys(places, 0)

    async def of(self, topics: Iterable[str], partition: int) -> dict[str, int]:
        await self._do()
        return dict.fromkeys(topics, 0)

    async def _do(self) -> None:
        found = self.does()
        if found is not None:
            await found


def breaks_off() -> None:
    raise asyncio.CancelledError  # as where a task of its own was cancelled


def does_not_answer() -> None:
    raise TimeoutError  # as where Kafka is away and the time is over


def opened(producer: Client, consumer: Client, watermarks: Client) -> KafkaPartitionLog:
    log = KafkaPartitionLog({}, TopicSet("t."), 0, None, watermarks, None)  # type: ignore[arg-type]
    log._producer, log._consumer, log._is_open = producer, consumer, True
    log._is_reading = True
    return log


@pytest.mark.parametrize("fails", [breaks_off, does_not_answer])
@pytest.mark.parametrize("which", ["producer", "consumer", "watermarks"])
def test_what_one_client_breaks_off_leaves_no_other_open(
    which: str, fails: Callable[[], None]
) -> None:
    producer, consumer, watermarks = clients = Client(), Client(), Client()
    clients[["producer", "consumer", "watermarks"].index(which)].does = fails
    asyncio.run(opened(producer, consumer, watermarks).close())
    assert producer.is_stopped and consumer.is_stopped


def test_a_consumer_that_never_came_to_its_start_is_stopped_and_asked_nothing() -> None:
    def is_asked() -> None:
        raise AttributeError("'NoneType' object has no attribute 'end_offsets'")

    producer, consumer = Client(), Client()
    log = opened(producer, consumer, Client(is_asked))
    log._is_open = log._is_reading = False  # as where Kafka did not answer within our time
    asyncio.run(log.close())
    assert producer.is_stopped and consumer.is_stopped


def test_who_is_cancelled_while_the_producer_stops_still_stops_the_consumer() -> None:
    async def cancelled() -> tuple[bool, bool]:
        stops = asyncio.Event()

        async def for_ever() -> None:
            stops.set()
            await asyncio.Event().wait()

        producer, consumer = Client(for_ever), Client()
        log = opened(producer, consumer, Client())
        log._is_open = False
        closing = asyncio.create_task(log.close())
        await stops.wait()
        closing.cancel()
        await asyncio.wait([closing])
        return closing.cancelled(), consumer.is_stopped

    assert asyncio.run(cancelled()) == (True, True)
