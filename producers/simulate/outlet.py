"""The invented agencies' way onto Kafka: the publisher, and a client that sends what is broken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from kafka.errors import KafkaError

from producers.event import Event, milliseconds
from producers.kafka_link import producer_of, sentence_of
from producers.publisher import Publisher
from producers.results import Result
from producers.settings import PublisherSettings
from producers.simulate.broken import broken_message
from producers.simulate.sending import SendingFailed
from producers.simulate.year import BrokenMessage
from producers.speakers import Speakers, speakers_of
from schemas.codec import Codec
from schemas.registry import Registry


class KafkaOutlet:
    """Sends an invented year to the topics that the settings name."""

    def __init__(self, settings: PublisherSettings, speakers: Speakers | None = None) -> None:
        """Take the settings; raises NoSpeaker or SourcesInvalid where no key can be had."""
        self._settings = settings
        self._speakers = speakers or speakers_of(settings)
        self._publisher = Publisher(settings, speakers=self._speakers)
        self._registry = Registry(settings.registry_url, ca_file=settings.registry_ca_file)
        self._faulty: Any = None

    def __enter__(self) -> Self:
        """Return the outlet; it connects with the first event."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close all connections."""
        self._publisher.close()
        self._registry.close()
        if self._faulty is not None:
            self._faulty.close(timeout=self._settings.delivery_seconds)

    @property
    def in_flight(self) -> int:
        """How many events were sent whose results have not been taken."""
        return self._publisher.in_flight

    def publish(self, event: Event, *, timestamp: datetime | None = None) -> Result:
        """Send the event, wait, and return what became of it."""
        return self._publisher.publish(event, timestamp=timestamp)

    def send(self, event: Event, *, timestamp: datetime | None = None) -> None:
        """Send the event without waiting."""
        self._publisher.send(event, timestamp=timestamp)

    def results(self, *, leaving: int = 0) -> Iterator[Result]:
        """Wait for the events sent so far but the newest, and yield their results in order."""
        return self._publisher.results(leaving=leaving)

    def results_so_far(self) -> Iterator[Result]:
        """Yield the results that have come, in order, and wait for none."""
        return self._publisher.results_so_far()

    def send_broken(self, message: BrokenMessage) -> None:
        """Send a message that cannot be read, and wait; raises SendingFailed."""
        source = message.record.source
        speaker = self._speakers.speaker(source.organisation, source.system)
        if speaker is None:
            raise SendingFailed(f"The sources file lacks {source.name}: add it, then try again.")
        found = broken_message(message, self._settings.topics, Codec(self._registry), speaker)
        if self._faulty is None:
            self._faulty = producer_of(self._settings, "faulty-client")
        try:
            self._faulty.send(
                found.topic,
                value=found.value,
                key=found.key,
                headers=found.headers,
                partition=found.partition,
                timestamp_ms=milliseconds(message.known_at),
            ).get(timeout=self._settings.delivery_seconds)
        except KafkaError as fault:
            raise SendingFailed(sentence_of(fault, self._settings)) from fault
