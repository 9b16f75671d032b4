"""A topic that one process writes: messages whole or not at all, fenced by a successor."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Self

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import InvalidProducerEpoch, KafkaError, ProducerFenced

from consumers.errors import Fenced, ServiceLost
from consumers.failpoint import FailPoint, nothing_fails
from consumers.stray import but_ours

SEND_SECONDS = 60
ABORT_SECONDS = 5
STOP_SECONDS = 10

log = logging.getLogger(__name__)


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent; timestamp: ms since 1970 UTC."""

    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]
    timestamp: int


class OneWriter:
    """One transactional producer; a process of the same name that starts after it fences it."""

    def __init__(
        self,
        topic: str,
        *,
        process: str,
        prefix: str,
        kafka: Mapping[str, Any],
        fail: FailPoint = nothing_fails,
    ) -> None:
        """Take the topic, the process, and the prefix of the topic set it works on."""
        self._topic = topic
        self._process = process
        self._fail = fail
        self._producer = AIOKafkaProducer(
            transactional_id=prefix + process,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            **kafka,
        )
        self._is_open = False

    async def __aenter__(self) -> Self:
        """Connect and fence any writer before us."""
        try:
            await self._producer.start()
        except KafkaError as failure:
            await self._producer.stop()
            raise no_answer(failure, self._process) from failure
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect; a client that waits for what never comes is left to whoever fences it."""
        try:
            if self._is_open:
                with but_ours(), suppress(KafkaError, TimeoutError, AssertionError):
                    async with asyncio.timeout(ABORT_SECONDS):
                        await self._producer.abort_transaction()
        finally:
            await self._stop()

    async def _stop(self) -> None:
        try:
            with but_ours():
                async with asyncio.timeout(STOP_SECONDS):
                    await self._producer.stop()
        except TimeoutError:
            log.warning("Kafka's client did not stop in time and is left.")

    async def send(self, partition: int, messages: Sequence[Message]) -> list[int]:
        """Publish the messages in one transaction; return the offset of each.

        Raises ServiceLost where Kafka did not take them; then none of them is published.
        """
        self._fail("before-produce")
        try:
            # Where the broker is killed in a transaction's midst the client may wait for ever.
            async with asyncio.timeout(SEND_SECONDS):
                await self._producer.begin_transaction()
                self._is_open = True
                sent = [await self._send(partition, message) for message in messages]
                written = [await one for one in sent]
                self._fail("before-commit")
            await self._commit()
            self._is_open = False
        except (ProducerFenced, InvalidProducerEpoch) as failure:
            raise Fenced(f"Another {self._process} works now: let this one end.") from failure
        except (KafkaError, TimeoutError) as failure:
            raise ServiceLost(
                f"Kafka did not take what the {self._process} wrote ({type(failure).__name__}):"
                " nothing is lost, and it goes on from there when it is started again."
            ) from failure
        return [int(one.offset) for one in written]

    async def _commit(self) -> None:
        """Commit; raises TimeoutError where Kafka does not answer.

        One whose process stood still for longer than that hears now what became of it: that it
        was replaced, and not that Kafka is away.
        """
        commit = asyncio.ensure_future(self._producer.commit_transaction())
        commit.add_done_callback(_look)  # also where we are cancelled meanwhile
        for seconds in (SEND_SECONDS, ABORT_SECONDS):
            await asyncio.wait({commit}, timeout=seconds)
            if commit.done():
                commit.result()
                return
        commit.cancel()
        raise TimeoutError

    async def _send(self, partition: int, message: Message) -> Any:
        return await self._producer.send(
            self._topic,
            key=message.key,
            value=message.value,
            headers=message.headers,
            partition=partition,
            timestamp_ms=message.timestamp,
        )


def _look(ended: asyncio.Future[None]) -> None:
    """Have seen how it ended, so that nobody says that nobody did."""
    if not ended.cancelled():
        ended.exception()


def no_answer(failure: KafkaError, process: str) -> ServiceLost:
    """Return what to say where Kafka cannot be spoken to."""
    return ServiceLost(
        f"Kafka does not answer ({type(failure).__name__}): see that it runs and that"
        f" JOINEDUP_KAFKA_BOOTSTRAP and the password are right; the {process} then goes on where it"
        " stopped."
    )
