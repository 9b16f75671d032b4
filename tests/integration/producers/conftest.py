"""A publisher of one registered source on the real services, and a reader of what it wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Message, TopicPartition

from producers.event import Event, Identifier, Source, new_event
from producers.publisher import Publisher
from producers.settings import PublisherSettings
from producers.sources_file import add_source
from schemas.catalogue import event_types
from schemas.registry import Registry
from schemas.topics import TopicSet
from stack import LocalStack

LA = "330"
SOURCE = Source("la330", "casework")
MakeEvent = Callable[..., Event]
ReadTopic = Callable[[str, int], list[Message]]


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what commands remember of their runs out of this folder."""
    monkeypatch.setenv("JOINEDUP_MEMORY", str(tmp_path / "memory"))


@pytest.fixture(scope="session")
def registered(stack: LocalStack) -> str:
    """The registry's address, once it has every schema."""
    address = stack.environment("publisher")["JOINEDUP_REGISTRY_URL"]
    registry = Registry(address)
    registry.register_all(event_types().values())
    registry.close()
    return address


@pytest.fixture
def settings(
    stack: LocalStack, registered: str, live_topic_set: TopicSet, tmp_path: Path
) -> PublisherSettings:
    """Settings of a live topic set, for a source that may speak for one authority."""
    sources = tmp_path / "sources.json"
    add_source(
        sources,
        organisation=SOURCE.organisation,
        system=SOURCE.system,
        agency="social-care",
        local_authorities=[LA],
    )
    environment = stack.environment(
        "publisher", live_topic_set.prefix, partitions=live_topic_set.partitions, simulated=False
    )
    values: dict[str, Any] = {
        name.removeprefix("JOINEDUP_").lower(): value for name, value in environment.items()
    }
    return PublisherSettings(**{**values, "sources_file": sources})


@pytest.fixture
def publisher(settings: PublisherSettings) -> Iterator[Publisher]:
    """A publisher on the real broker."""
    with Publisher(settings) as opened:
        yield opened


@pytest.fixture
def review() -> MakeEvent:
    """Makes a review of a looked-after child who does not exist."""

    def make(number: int = 1, **changes: Any) -> Event:
        fields: dict[str, Any] = {
            "local_authority": LA,
            "source": SOURCE,
            "source_record_id": f"review/{number}",
            "revision": 1,
            "recorded_at": datetime(2025, 6, 10, 9, tzinfo=UTC),
            "identifiers": [Identifier("LA_CHILD_ID", f"C{number}")],
            "held_on": date(2025, 6, 9),
        }
        return new_event("LacReviewHeld", **{**fields, **changes})

    return make


def _consumer(stack: LocalStack) -> Consumer:
    environment = stack.environment("admin")
    return Consumer(
        {
            "bootstrap.servers": environment["JOINEDUP_KAFKA_BOOTSTRAP"],
            "security.protocol": environment["JOINEDUP_KAFKA_SECURITY"],
            "ssl.ca.location": environment["JOINEDUP_KAFKA_CA_FILE"],
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": environment["JOINEDUP_KAFKA_USERNAME"],
            "sasl.password": environment["JOINEDUP_KAFKA_PASSWORD"],
            "group.id": "not-used",
        }
    )


@pytest.fixture
def read_topic(stack: LocalStack) -> ReadTopic:
    """Reads a topic's partition from its beginning to its end."""

    def read(topic: str, partition: int) -> list[Message]:
        consumer = _consumer(stack)
        try:
            _, end = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=30)
            consumer.assign([TopicPartition(topic, partition, 0)])
            found: list[Message] = []
            while len(found) < end:
                found.extend(consumer.consume(end - len(found), timeout=30))
            return found
        finally:
            consumer.close()

    return read
