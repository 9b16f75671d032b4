"""The sealer: chains reads and deliveries each second, and signs the heads of all chains."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import AsyncExitStack
from typing import Any

import psycopg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from prometheus_client import CollectorRegistry

from consumers.audit.checkpoint import CHECKPOINT, Checkpoint
from consumers.audit.ledger import PAGE, Head, Ledger
from consumers.audit.metrics import SealerMetrics
from consumers.errors import ServiceLost
from consumers.failpoint import FailPoint, nothing_fails
from consumers.settings import SealerSettings
from consumers.signing import Signer
from consumers.standing_by import STANDSTILL
from consumers.worker import StreamService
from schemas.codec import Codec
from schemas.registry import Registry
from schemas.topics import key_of

PAUSE = 1.0  # seconds

log = logging.getLogger(__name__)


class SealerService(StreamService):
    """Seals until stopped or, if asked, once."""

    def __init__(
        self,
        settings: SealerSettings,
        *,
        until_end: bool = False,
        fail: FailPoint = nothing_fails,
        metrics: SealerMetrics | None = None,
    ) -> None:
        """Take the settings; ``until_end``: be done once all that is there is sealed and signed.

        metrics: where this process counts; without them what it counts is shown nowhere.
        """
        super().__init__()
        self._settings = settings
        self._until_end = until_end
        self._fail = fail
        self._metrics = metrics or SealerMetrics(CollectorRegistry())

    async def work(self) -> None:
        """Become the sealer that works, and go on from what is sealed."""
        settings = self._settings
        async with AsyncExitStack() as stack:
            registry = Registry(settings.registry_url, ca_file=settings.registry_ca_file)
            stack.callback(registry.close)
            try:
                ledger = await Ledger.open(settings.database_url.get_secret_value(), self._fail)
                stack.push_async_callback(ledger.close)
                self._metrics.works(False)
                while not await ledger.become_the_sealer():
                    self.looks()
                    if self.should_stop:
                        return
                    if await ledger.end_a_standstill(STANDSTILL):
                        log.warning(
                            "The sealer that works stands still; ending its session to take its"
                            " place.",
                            extra={"action": "sealer-replaced"},
                        )
                    await asyncio.sleep(PAUSE)
                self._metrics.works(True)
                producer = AIOKafkaProducer(acks="all", enable_idempotence=True, **settings.kafka())
                await producer.start()
                stack.push_async_callback(producer.stop)
                codec = Codec(registry)
                await self._seal(ledger, Checkpoints(settings, producer, codec, ledger, self._fail))
            except psycopg.OperationalError as failure:
                raise ServiceLost(
                    "PostgreSQL does not answer: see that it runs and that JOINEDUP_DATABASE_URL"
                    " is right; the sealer then goes on where it stopped."
                ) from failure
            except KafkaError as failure:
                raise ServiceLost(
                    f"Kafka did not take a checkpoint ({type(failure).__name__}): see that it runs,"
                    " and check JOINEDUP_KAFKA_*; the sealer then signs again."
                ) from failure

    async def _seal(self, ledger: Ledger, checkpoints: Checkpoints) -> None:
        signed_at = float("-inf")
        while not self.should_stop:
            while await self._is_more(ledger):
                self.looks()
            self.looks()
            self._metrics.caught_up()
            now = time.monotonic()
            if self._until_end or now - signed_at >= self._settings.checkpoint_seconds:
                signed_at = now
                self._metrics.signed(await checkpoints.sign())
            if self._until_end:
                return
            await asyncio.sleep(PAUSE)

    async def _is_more(self, ledger: Ledger) -> bool:
        rows = await ledger.seal()
        self._metrics.sealed(sum(rows))
        return PAGE in rows


class Checkpoints:
    """Signs the heads that moved, and publishes them before it notes that they are signed."""

    def __init__(
        self,
        settings: SealerSettings,
        producer: Any,
        codec: Codec,
        ledger: Ledger,
        fail: FailPoint,
    ) -> None:
        """Take where checkpoints go."""
        self._topics = settings.topics
        self._signer = Signer(settings.signing_key_bytes())
        self._producer = producer
        self._codec = codec
        self._ledger = ledger
        self._fail = fail

    async def sign(self) -> int:
        """Sign every head that has moved, and return how many those were.

        One that was published and not noted is signed again.
        """
        heads = await self._ledger.moved()
        for head in heads:
            checkpoint = _checkpoint(head).signed(self._signer)
            self._fail("before-produce")
            await self._producer.send_and_wait(
                self._topics.checkpoints,
                key=key_of(head.la),
                value=self._codec.encode(CHECKPOINT, checkpoint.record()),
                partition=self._topics.partition_of(head.la),
                timestamp_ms=checkpoint.at,
            )
            self._fail("before-note")
            await self._ledger.keep(head, checkpoint)
            self._fail("after-note")
        if heads:
            log.info("Signed %d chain heads.", len(heads), extra={"action": "signed"})
        return len(heads)


def _checkpoint(head: Head) -> Checkpoint:
    return Checkpoint(
        chain=head.chain,
        local_authority=head.la,
        number=head.number,
        head=head.head,
        at=round(time.time() * 1000),
    )
