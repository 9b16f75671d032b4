"""An agency's way onto the platform: events in, and for each what became of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeAlias

from kafka.errors import KafkaError, KafkaTimeoutError
from opentelemetry.trace import Span, SpanKind

from producers.event import Event, milliseconds
from producers.kafka_link import producer_of, sentence_of
from producers.message import Message, Messages
from producers.results import Accepted, Rejected, Result, Undelivered
from producers.settings import PublisherSettings
from producers.speakers import Speakers, speakers_of
from schemas.codec import Codec
from schemas.registry import Registry, RegistryError, SchemaIds
from schemas.traces import OUTCOME, of_kafka, traceparent_of, tracer

WINDOW = 10_000
"""Most events that are on their way at once: it bounds memory through an outage."""
_LEEWAY_SECONDS = 5.0
"""How much longer than the bound a future may take to say that the bound was passed."""


@dataclass(frozen=True, slots=True)
class _OnItsWay:
    topic: str
    event_id: str
    future: Any
    span: Span | None = None


_Sent: TypeAlias = _OnItsWay | Rejected | Undelivered


class ResultsNotTaken(Exception):
    """Events were sent and not accepted, and the publisher was left without a look at them."""


class _Misconfigured(Exception):
    """The topic is not as the settings say; the sentence says what to do."""


class Publisher:
    """Publishes events to the agencies' topics, each accepted only once the broker has it.

    ``publish`` sends one event and waits; ``publish_many``, or ``send`` with ``results``, keeps
    many on their way at once. Results are values, in the order of the events: ``Accepted``,
    ``Rejected`` (a field breaks the contract) or ``Undelivered`` (an outage outlasted the bound).
    Not to be shared between threads.
    """

    def __init__(
        self,
        settings: PublisherSettings,
        *,
        speakers: Speakers | None = None,
        schema_ids: SchemaIds | None = None,
    ) -> None:
        """Take the settings; raises NoSpeaker or SourcesInvalid where no key can be had,
        RegistryError where the file of the authority that certifies a gateway cannot be read.
        """
        self._settings = settings
        speakers = speakers or speakers_of(settings)
        self._registry = Registry(settings.registry_url, ca_file=settings.registry_ca_file)
        codec = Codec(schema_ids or self._registry)
        self._messages = Messages(settings.topics, codec, speakers)
        self._tracer = tracer()
        self._producer: Any = None
        self._is_stuck = False
        self._checked: set[str] = set()
        self._sent: deque[_Sent] = deque()

    def __enter__(self) -> Self:
        """Return the publisher; it connects with the first event."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the publisher; raises ResultsNotTaken where events failed and nobody looked."""
        failed = sum(not isinstance(result, Accepted) for result in self.results())
        self.close()
        if failed and fault is None:
            raise ResultsNotTaken(
                f"{failed} of the events that were sent were not accepted, and nobody looked: "
                "go through Publisher.results() before it is closed."
            )

    def __repr__(self) -> str:
        """Return the broker's address and the topics' prefix, no secret."""
        return (
            f"Publisher({self._settings.kafka_bootstrap!r}, prefix={self._settings.topic_prefix!r})"
        )

    def publish(self, event: Event, *, timestamp: datetime | None = None) -> Result:
        """Send the event, wait, and return what became of it.

        ``timestamp`` is the record's time in a simulated topic set; a live one sets its own.
        """
        return self._result(self._dispatch(event, timestamp))

    def publish_many(self, events: Iterable[Event]) -> Iterator[Result]:
        """Yield the result of each event, in order, with many on their way at once."""
        for event in events:
            self.send(event)
            if self.in_flight > WINDOW:
                yield from self.results(leaving=WINDOW // 2)
        yield from self.results()

    def send(self, event: Event, *, timestamp: datetime | None = None) -> None:
        """Send the event without waiting; its result comes from ``results``, in order."""
        self._sent.append(self._dispatch(event, timestamp))

    def results(self, *, leaving: int = 0) -> Iterator[Result]:
        """Wait for the events sent so far, and yield the result of each in order.

        With ``leaving``, that many of the newest may stay on their way.
        """
        while len(self._sent) > leaving:
            yield self._result(self._sent.popleft())

    def results_so_far(self) -> Iterator[Result]:
        """Yield the results that have come, in the order of the events, and wait for none."""
        while self._sent and _is_known(self._sent[0]):
            yield self._result(self._sent.popleft())

    @property
    def in_flight(self) -> int:
        """How many events were sent whose results have not been taken."""
        return len(self._sent)

    def close(self) -> None:
        """Wait for what is on its way, within the bound, and close the connections."""
        for _ in self.results():
            pass
        self._let_go(self._settings.delivery_seconds)
        self._registry.close()

    def _let_go(self, seconds: float) -> None:
        """Close the connections; what is still on its way after so long comes back undelivered."""
        producer, self._producer, self._is_stuck = self._producer, None, False
        if producer is not None:
            with suppress(KafkaTimeoutError):
                producer.close(timeout=seconds)

    def _dispatch(self, event: Event, timestamp: datetime | None) -> _Sent:
        span = None
        if self._tracer is not None:
            span = self._tracer.start_span("publish", kind=SpanKind.PRODUCER)
        try:
            message = self._messages.of(event, traceparent_of(span) if span else "")
            if isinstance(message, Rejected):
                return message
            future = self._hand_over(message, timestamp)
        except (RegistryError, _Misconfigured) as fault:
            return Undelivered(str(fault))
        except KafkaError as fault:
            return Undelivered(sentence_of(fault, self._settings))
        return _OnItsWay(message.topic, message.event_id, future, span)

    def _hand_over(self, message: Message, timestamp: datetime | None) -> Any:
        if self._is_stuck:
            self._let_go(seconds=0.0)
        if self._producer is None:
            self._producer = producer_of(self._settings, "joinedup-publisher")
        if message.topic not in self._checked:
            self._check(self._producer, message.topic)
        return self._producer.send(
            message.topic,
            value=message.value,
            key=message.key,
            headers=message.headers,
            partition=message.partition,
            timestamp_ms=milliseconds(timestamp) if timestamp else None,
        )

    def _check(self, producer: Any, topic: str) -> None:
        # A set with another number of partitions would put an authority where nobody reads it.
        found = len(producer.partitions_for(topic) or ())
        if found != self._settings.partitions:
            raise _Misconfigured(
                f"{topic} has {found} partitions, and JOINEDUP_PARTITIONS says "
                f"{self._settings.partitions}: correct the setting."
            )
        self._checked.add(topic)

    def _result(self, sent: _Sent) -> Result:
        if not isinstance(sent, _OnItsWay):
            return sent
        future, longest = sent.future, self._settings.delivery_seconds + _LEEWAY_SECONDS
        try:
            kept = future.value if future.succeeded() else future.get(timeout=longest)
        except KafkaError as fault:
            # After an outage in the midst of a batch the client may never send again.
            self._is_stuck = self._is_stuck or isinstance(fault, KafkaTimeoutError)
            if sent.span is not None:
                sent.span.set_attribute(OUTCOME, "undelivered")
                sent.span.end()
            return Undelivered(sentence_of(fault, self._settings))
        if sent.span is not None:
            sent.span.set_attributes(of_kafka(sent.topic, kept.partition))
            sent.span.end()
        return Accepted(sent.topic, kept.partition, kept.offset, sent.event_id)


def _is_known(sent: _Sent) -> bool:
    return not isinstance(sent, _OnItsWay) or bool(sent.future.is_done)
