"""The dashboard that can act, on real Kafka, and the platform that carries out what it recorded."""

from __future__ import annotations

from pathlib import Path

from kafka import KafkaConsumer, TopicPartition
from pydantic import SecretStr

from joinedup.commands.dashboard_recording import ORGANISATION, SYSTEM, KafkaRecorder
from journey.moments import DAY
from producers.event import Source
from producers.publisher import Publisher
from producers.settings import PublisherSettings
from producers.sources_file import add_source
from stack.kafka import options_of
from tests.integration.join.deciding import orders
from tests.integration.join.stories import DAYS, FIRST_DAY, moment_of
from tests.integration.join.workbench import Workbench

NOW = moment_of(FIRST_DAY) + (DAYS + 60) * DAY
"""Up to when things are known."""


def recorder_on(bench: Workbench, folder: Path, las: list[str]) -> KafkaRecorder:
    """Return what records actions for these authorities, signed by a key of the dashboard's own."""
    sources = folder / "sources.json"
    add_source(
        sources,
        organisation=ORGANISATION,
        system=SYSTEM,
        agency="governance",
        local_authorities=las,
    )
    given = bench.environment("publisher")
    values = {name.removeprefix("JOINEDUP_").lower(): value for name, value in given.items()}
    password = SecretStr(values.pop("kafka_password"))
    settings = PublisherSettings.model_validate(
        {**values, "kafka_password": password, "sources_file": sources, "delivery_seconds": 10}
    )
    return KafkaRecorder(Publisher(settings), Source(ORGANISATION, SYSTEM), las)


class Platform:
    """Intake and join, for one authority: they carry out what stands on the decisions topic."""

    def __init__(self, bench: Workbench, la: str) -> None:
        self.bench = bench
        self._la = la
        self._done = 0
        self._now = NOW

    def carry_out(self) -> int:
        """Carry out what was recorded since; return how many actions that were."""
        told = orders(self.bench, self._la, after=self._now + 1)[self._done :]
        self._done += len(told)
        self.bench.write(told)
        self._join()
        return len(told)

    def pass_days(self, days: int) -> None:
        """Let so many days go by after the last moment known."""
        self._now += days * DAY
        self.bench.tick(self._la, self._now)
        self._join()

    def _join(self) -> None:
        owner = self.bench.partition_join(self._la)
        inputs = self.bench.inputs(self._la)[owner.next_offset :]
        if inputs:
            owner.apply(inputs)

    def raw(self) -> bytes:
        """Return every byte that stands on the decisions topic for this authority."""
        topics = self.bench.topics
        consumer = KafkaConsumer(
            **options_of(self.bench.environment("intake")), group_id=None, consumer_timeout_ms=2000
        )
        where = TopicPartition(topics.decisions, topics.partition_of(self._la))
        consumer.assign([where])
        consumer.seek_to_beginning(where)
        found = b"".join(message.value for message in consumer)
        consumer.close()
        return found
