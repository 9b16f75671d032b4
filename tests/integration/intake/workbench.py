"""A topic set, its key store and its sources, with intake run on them as the tests want it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, AsyncExitStack
from pathlib import Path
from typing import Any, BinaryIO

from kafka import KafkaProducer
from prometheus_client import CollectorRegistry

from consumers.intake import Totals, totals
from consumers.intake.incoming import Incoming
from consumers.intake.metrics import IntakeMetrics
from consumers.intake.rounds import Rhythm
from consumers.intake.service import IntakeService, now_ms
from consumers.intake.workplace import Workplace
from consumers.journeys_record import JourneysRecord, Kind, parse
from consumers.settings import IntakeSettings, Settings
from schemas.codec import Codec
from schemas.registry import Registry
from schemas.sources import SourceRegistry
from schemas.topics import TopicSet
from stack.kafka import options_of
from tests.integration.groups import Member, group_of
from tests.integration.topics import Read, committed_records

RUN = "import typer; from joinedup.commands import run; a = typer.Typer(); run.register(a); a()"
WAIT_SECONDS = 300


class Workbench:
    """Publishes to the inputs, runs intake, and reads back what it wrote."""

    def __init__(
        self,
        topics: TopicSet,
        environment: Callable[[str], dict[str, str]],
        folder: Path,
        sources: SourceRegistry,
    ) -> None:
        self.topics = topics
        self.folder = folder
        self._environment = environment
        self._sources_file = folder / "sources.json"
        self._sources_file.write_text(json.dumps({"sources": [_entry(one) for one in sources]}))
        self._registry = Registry(environment("admin")["JOINEDUP_REGISTRY_URL"])
        self.codec = Codec(self._registry)
        self._logs: list[BinaryIO] = []

    def close(self) -> None:
        """Close what is open."""
        self._registry.close()
        for log in self._logs:
            log.close()

    def intake_environment(self) -> dict[str, str]:
        """The environment of an intake process."""
        return self._environment("intake") | {"JOINEDUP_SOURCES_FILE": str(self._sources_file)}

    def settings(self, **given: Any) -> IntakeSettings:
        """The settings of an intake in this process."""
        values = _settings_of(self.intake_environment())
        return IntakeSettings(**(values | given))

    def publish(self, messages: Iterable[Incoming]) -> None:
        """Publish these as they are; live topics give them a time of their own."""
        environment = self._environment("publisher")
        producer = KafkaProducer(
            **options_of(environment),
            acks="all",
            linger_ms=5,
        )
        sent = [
            producer.send(
                one.topic,
                key=one.key,
                value=one.value,
                headers=list(one.headers),
                partition=one.partition,
                timestamp_ms=one.time,
            )
            for one in messages
        ]
        producer.flush()
        for future in sent:
            future.get(timeout=30)
        producer.close()

    def run_to_end(
        self, clock: Callable[[], int] = now_ms, **given: Any
    ) -> tuple[CollectorRegistry, IntakeService]:
        """Run intake in this process until all is read; return its metrics."""
        registry = CollectorRegistry()

        async def run() -> IntakeService:
            service = IntakeService(
                self.settings(**given),
                until_end=True,
                clock=clock,
                metrics=IntakeMetrics(registry),
            )
            await service.work()
            return service

        return registry, asyncio.run(asyncio.wait_for(run(), WAIT_SECONDS))

    async def own_alone(self, **given: Any) -> None:
        """Work on every partition to its end, whoever else does: as after a lost session."""
        settings = self.settings(**given)
        rhythm = Rhythm(until_end=True, transaction_records=settings.transaction_records)
        metrics = IntakeMetrics(CollectorRegistry())
        async with AsyncExitStack() as held:
            place = await Workplace.open(held, settings, rhythm, now_ms, metrics)
            for partition in range(self.topics.partitions):
                await place.work(partition, lambda: False)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start intake as a process of its own, its log in the folder."""
        log = (self.folder / f"intake-{time.monotonic_ns()}.log").open("wb")
        self._logs.append(log)
        return subprocess.Popen(
            [sys.executable, "-c", RUN, "intake", *arguments],
            env=os.environ | self.intake_environment() | environment,
            stdout=log,
            stderr=log,
        )

    def logs(self) -> str:
        """What the processes said."""
        return "\n".join(one.read_text() for one in sorted(self.folder.glob("intake-*.log")))

    def read(self, topic: str) -> list[Read]:
        """Return what is committed to a topic, partition by partition."""
        return asyncio.run(committed_records(self._admin(), topic, self.topics.partitions))

    def journeys(self) -> list[JourneysRecord]:
        """Return the journeys records."""
        return [parse(one.headers, one.value) for one in self.read(self.topics.journeys)]

    def totals(self) -> Totals:
        """Return what intake says it has done."""
        return asyncio.run(totals(self._admin(), self.topics, self.codec))

    def wait_for(self, enough: Callable[[Totals], bool]) -> Totals:
        """Return the totals once they are enough."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not enough(found := self.totals()):
            assert time.monotonic() < deadline, f"{found}\n{self.logs()}"
        return found

    def group(self) -> AbstractContextManager[Callable[[], set[Member]]]:
        """Look at who is in the intake group, dead members included."""
        return group_of(self._environment("admin"), f"{self.topics.prefix}intake")

    def _admin(self) -> dict[str, Any]:
        return Settings(**_settings_of(self._environment("admin"))).kafka()


def sources_of(records: Sequence[JourneysRecord], *kinds: Kind) -> list[tuple[str, int, int]]:
    """Return where the records of these kinds came from."""
    return [
        (one.source.topic, one.source.partition, one.source.offset)
        for one in records
        if one.kind in kinds and one.source is not None
    ]


def end(process: subprocess.Popen[bytes], by: signal.Signals = signal.SIGTERM) -> int:
    """End a process and return its exit code."""
    process.send_signal(by)
    return process.wait(timeout=WAIT_SECONDS)


def _settings_of(environment: dict[str, str]) -> dict[str, str]:
    return {
        name.removeprefix("JOINEDUP_").lower(): value
        for name, value in environment.items()
        if name.startswith("JOINEDUP_")
    }


def _entry(source: Any) -> dict[str, Any]:
    return {
        "organisation": source.organisation,
        "system": source.system,
        "agency": source.agency,
        "local_authorities": sorted(source.local_authorities),
        "key": source.key.hex(),
    }
