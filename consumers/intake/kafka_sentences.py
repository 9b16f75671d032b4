"""What a fault of Kafka's client means for us, in a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    InvalidProducerEpoch,
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    NodeNotReadyError,
    OffsetOutOfRangeError,
    OutOfOrderSequenceNumber,
    ProducerFenced,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)

from consumers.errors import BrokenPromise, ConsumerError, Fenced, ServiceLost

_FENCED = (ProducerFenced, InvalidProducerEpoch, OutOfOrderSequenceNumber)
_REFUSED = (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)


@contextmanager
def kafka_in_sentences(partition: int) -> Iterator[None]:
    """Turn a fault of Kafka's client into an error of ours."""
    try:
        yield
    except KafkaError as fault:
        raise error_of(fault, f"partition {partition}") from fault


@asynccontextmanager
async def kafka_in_time(partition: int, seconds: float) -> AsyncIterator[None]:
    """Turn a fault of Kafka's client into an error of ours, and its silence too.

    Where the broker is killed in the midst of a transaction the client may wait for ever.
    """
    with kafka_in_sentences(partition):
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError:
            raise ServiceLost(
                f"Kafka's client was silent on partition {partition} for {seconds:.0f} s; see"
                " whether Kafka runs with `joinedup status`, then start intake again."
            ) from None


def error_of(fault: KafkaError, where: str) -> ConsumerError:
    """Return the error of ours that this fault is; ``where`` says what it befell."""
    name = type(fault).__name__
    if isinstance(fault, _FENCED):
        return Fenced(f"Another intake process took over {where}.")
    if isinstance(fault, OffsetOutOfRangeError):
        return BrokenPromise(
            f"An input of {where} no longer holds the record that intake must read"
            " next: it expired or the topic was made anew; restore it or begin a new topic set."
        )
    if isinstance(fault, _REFUSED):
        return ServiceLost(
            f"Kafka refuses intake ({name}); give its principal the access it needs."
        )
    if isinstance(fault, (KafkaConnectionError, KafkaTimeoutError, NodeNotReadyError)):
        return ServiceLost("Kafka does not answer; see whether it runs with `joinedup status`.")
    return ServiceLost(f"Kafka failed {where} of intake ({name}); see the broker's log.")


def read_left_failures(producer: Any) -> None:
    """Read the failures that a fenced aiokafka producer keeps for nobody.

    Unread, asyncio reports each of them with a trace, long after we said it in a sentence.
    """
    with suppress(AttributeError):  # they are aiokafka's own: another version may keep none
        waiting = [producer._txn_manager._transaction_waiter]
        for batches in producer._message_accumulator._batches.values():
            waiting += [batch._drain_waiter for batch in batches]
        for future in waiting:
            if future is not None and future.done() and not future.cancelled():
                future.exception()
