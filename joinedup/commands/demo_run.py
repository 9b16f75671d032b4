"""One run of the demo on a stack: fresh topics and store, a year sent, and all of it read."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from kafka import KafkaConsumer, TopicPartition

from joinedup.commands.demo_alerts import Alert, AlertsFollower, connection
from joinedup.commands.demo_processes import Running, running
from joinedup.commands.run import Process
from joinedup.commands.stack import prepare_store
from producers.event import Event
from producers.results import Accepted
from producers.settings import PublisherSettings
from producers.simulate import LA, SOURCES, Year
from producers.simulate.outlet import KafkaOutlet
from producers.simulate.sending import SendingFailed, Sent, send
from producers.sources_file import add_source
from schemas.catalogue import event_types
from schemas.registry import Registry
from schemas.topics import TopicSet
from stack import LocalStack

_PREFIX = "JOINEDUP_"
_POLL_SECONDS = 0.3


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What there is at the end: rows of the timeline, and messages that could not be read."""

    timeline_rows: int
    dead_letters: int


class Demonstration:
    """A topic set and a store on a stack that is up, for one invented authority."""

    def __init__(
        self,
        stack: LocalStack,
        topics: TopicSet,
        store: str,
        folder: Path,
        *,
        simulated: bool = True,
        authorities: Sequence[str] = (LA,),
    ) -> None:
        """Take where it runs; files, sources and logs are kept in the folder.

        simulated: time is that of the records, else the broker's. authorities: for which the
        sources may speak.
        """
        self._authorities = authorities
        self._simulated = simulated
        self._stack = stack
        self._topics = topics
        self._store = store
        self._folder = folder

    @property
    def files(self) -> Path:
        """Return the folder of the files that the invented systems export."""
        return self._folder / "files"

    def prepare(self) -> None:
        """Make topics, store, schemas and sources, all as if there had never been any."""
        shutil.rmtree(self.files, ignore_errors=True)
        self._stack.delete_topic_set(self._topics)
        self._stack.drop_store(self._store)
        prepare_store(self._stack, self._store)
        self._stack.create_topic_set(self._topics, simulated=self._simulated)
        self._register_schemas()
        for source in SOURCES:
            add_source(
                self._sources_file,
                organisation=source.organisation,
                system=source.system,
                agency=source.agency,
                local_authorities=list(self._authorities),
            )

    def publish(self, year: Year, watch: Callable[[int], None]) -> Sent:
        """Send the whole year; raises SendingFailed."""
        with self._outlet() as outlet:
            return send(year, outlet, self.files, watch)

    def publish_late(self, events: Iterable[Event], at: datetime) -> None:
        """Send what was concluded from the year, as of a moment after it; raises SendingFailed."""
        with self._outlet() as outlet:
            for event in events:
                result = outlet.publish(event, timestamp=at)
                if not isinstance(result, Accepted):
                    raise SendingFailed(f"What the year led to was not taken: {result}.")

    def take_in(self) -> None:
        """Run intake until it has put all of it in order; raises ProcessFailed."""
        with self._running(Process.INTAKE) as intake:
            intake.wait()

    def join(self) -> Iterator[Alert]:
        """Run join and relay until all is read, and yield each transition as it is told."""
        with AlertsFollower(self._topics, self.environment("reader")) as follower:
            with self._running(Process.RELAY, until_end=False) as relay:
                with self._running(Process.JOIN) as join:
                    while join.poll() is None and relay.poll() is None:
                        yield from follower.new(_POLL_SECONDS)
            with self._running(Process.RELAY) as relay:
                relay.wait()
            yield from follower.rest()

    def settle(self) -> None:
        """Run join and relay over what was taken in since; nobody watches what they tell."""
        for process in (Process.JOIN, Process.RELAY):
            with self._running(process) as run:
                run.wait()

    def count(self) -> Counted:
        """Return what came of it all."""
        return Counted(timeline_rows=self._timeline_rows(), dead_letters=self._dead_letters())

    def _timeline_rows(self) -> int:
        address = self.environment("reader")[_PREFIX + "DATABASE_URL"]
        with psycopg.connect(address) as connection, connection.transaction():
            connection.execute("SET LOCAL joinedup.role = 'auditor'")
            connection.execute("SELECT set_config('joinedup.la', %s, true)", [LA])
            row = connection.execute("SELECT count(*) FROM timeline").fetchone()
        return int(row[0]) if row else 0

    def _dead_letters(self) -> int:
        partition = TopicPartition(self._topics.dead_letters, self._topics.partition_of(LA))
        consumer = KafkaConsumer(**connection(self.environment("admin")))
        try:
            consumer.assign([partition])
            consumer.seek_to_beginning()
            end, found = consumer.end_offsets([partition])[partition], 0
            while consumer.position(partition) < end:
                found += sum(map(len, consumer.poll(timeout_ms=500).values()))
            return found
        finally:
            consumer.close()

    def _running(self, process: Process, *, until_end: bool = True) -> Running:
        log = self._folder / "logs" / f"{process}.log"
        return running(process, self.environment(process), log, until_end=until_end)

    def _outlet(self) -> KafkaOutlet:
        given = self.environment("publisher")
        values = {name.removeprefix(_PREFIX).lower(): value for name, value in given.items()}
        return KafkaOutlet(PublisherSettings.model_validate(values))

    def _register_schemas(self) -> None:
        registry = Registry(self.environment("publisher")[_PREFIX + "REGISTRY_URL"])
        try:
            registry.set_compatibility()
            registry.register_all(event_types().values())
        finally:
            registry.close()

    @property
    def _sources_file(self) -> Path:
        return self._folder / "sources.json"

    def environment(self, process: str) -> dict[str, str]:
        """Return the variables of a process for this topic set and store."""
        found = self._stack.environment(
            process,
            self._topics.prefix,
            self._store,
            partitions=self._topics.partitions,
            simulated=self._simulated,
        )
        name = _PREFIX + "SOURCES_FILE"
        return {**found, name: str(self._sources_file)} if name in found else found
