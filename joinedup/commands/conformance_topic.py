"""What a source writes on its agency's topic, looked at as intake does, for the conformance run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Flag
from typing import Annotated, Any

import typer
from kafka import KafkaConsumer, TopicPartition

from consumers.errors import ConsumerError
from consumers.intake.examining import Accepted, Examiner
from consumers.intake.incoming import Incoming
from consumers.settings import IntakeSettings
from consumers.tokens import Tokens
from gateway.conformance import Checklist
from producers.event import Event
from schemas.codec import Codec
from schemas.registry import Registry
from schemas.sources import SourceRegistry
from schemas.topics import TopicSet
from stack.environment import read_environment
from stack.kafka import options_of

DEFAULT_FILE = Path(".local/env/intake.env")
_POLL_MS = 200

IntakeFile = Annotated[
    Path | None,
    typer.Option(exists=True, help=f"With --kafka: intake's settings; else {DEFAULT_FILE}."),
]


class Topic:
    """One authority's partition of an agency's topic, from now on."""

    def __init__(
        self,
        consumer: KafkaConsumer,
        place: TopicPartition,
        examiner: Examiner,
        codec: Codec,
        source: str,
    ) -> None:
        """Take a consumer, which is put at the end, and what a message is looked at with."""
        self.checklist = Checklist(withholds=False)
        self.name: str = place.topic
        self._consumer = consumer
        self._examiner = examiner
        self._codec = codec
        self._source = source
        self._stopped = Flag()
        consumer.assign([place])
        consumer.seek_to_end(place)
        consumer.position(place)

    def run(self) -> None:
        """Look at what comes until told to stop."""
        while not self._stopped.is_set():
            for records in self._consumer.poll(timeout_ms=_POLL_MS).values():
                for record in records:
                    look(
                        self.checklist,
                        incoming_of(record),
                        self._examiner,
                        self._codec,
                        self._source,
                    )

    def stop(self) -> None:
        """Let ``run`` end."""
        self._stopped.set()


def look(
    checklist: Checklist, incoming: Incoming, examiner: Examiner, codec: Codec, source: str
) -> None:
    """Note what a message shows, or why intake would refuse it; other sources' are passed over."""
    found = examiner.examine(incoming)
    if not isinstance(found, Accepted):
        if found.source in (None, source):
            checklist.refuse(found.reason)
            typer.echo(f"refused  {found.reason}: {found.explanation}")
        return
    if found.trace.source != source:
        return
    checklist.send(Event(found.event_type.name, codec.decode(found.value).record))
    for _ in checklist.results():
        pass  # whoever wrote it on the topic has its answer from the broker


def incoming_of(record: Any) -> Incoming:
    """Return a record of kafka-python as intake takes it."""
    return Incoming(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        time=record.timestamp,
        key=record.key,
        value=record.value,
        headers=tuple(record.headers),
    )


@contextmanager
def opened(agency: str, la: str, source: str, env_file: Path | None) -> Iterator[Topic]:
    """Yield the topic of an agency; ends the command where the settings do not lead to it."""
    file = env_file or DEFAULT_FILE
    try:
        settings = IntakeSettings.load(file)
        topics = TopicSet(settings.topic_prefix, settings.partitions)
        codec = Codec(Registry(settings.registry_url, ca_file=settings.registry_ca_file))
        tokens = Tokens(bytes.fromhex(settings.pseudonym_key.get_secret_value()))
        sources = SourceRegistry.load(settings.sources_file)
        consumer = KafkaConsumer(**options_of(read_environment(file)))
    except (ConsumerError, OSError, KeyError) as fault:
        typer.echo(
            f"Give --env-file of intake, of a stack that runs (joinedup up): {fault}", err=True
        )
        raise typer.Exit(2) from None
    place = TopicPartition(topics.topic_for(agency), topics.partition_of(la))
    try:
        yield Topic(consumer, place, Examiner(topics, codec, sources, tokens), codec, source)
    finally:
        consumer.close()
