"""Ours and the same join in Faust, Quix Streams and Kafka Streams, one after another in one run.

The events stand on the topics; then each contestant is started alone, and its rate is counted from
its first committed rows to its last. What that is for each, docs/benchmarks.md says.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from shutil import rmtree
from typing import Any

import psutil
import psycopg
from kafka import KafkaConsumer, TopicPartition
from psycopg.conninfo import make_conninfo

from joinedup.bench.peers_build import (
    PROGRAMS,
    java_command,
    python_with_peers,
    require_programs,
)
from joinedup.bench.peers_place import Place
from joinedup.bench.peers_result import OURS, Alert, Comparison, Drained, Read, Seen
from joinedup.bench.plain_copy import copied_per_second
from joinedup.bench.processor import processor_seconds, services_seconds
from joinedup.bench.replay import replay_rate
from joinedup.bench.run import (
    has_ended,
    joining,
    require,
    year_of,
)
from joinedup.commands.demo_alerts import connection
from joinedup.commands.demo_processes import ProcessFailed, running
from joinedup.commands.demo_run import Demonstration
from joinedup.commands.run import Process
from producers.publisher import Publisher
from producers.settings import PublisherSettings
from producers.simulate import LA
from schemas.topics import TopicSet
from stack import LocalStack
from stack.errors import ProgramMissing

TOPICS = TopicSet("bench-peers.", 4)
STORE = "joinedup_bench_ours"
_REPLAY = "kafka_streams_replay"
_DUPLICATES = 100
"""One event in so many is published a second time."""
_POLL_SECONDS = 0.1
_SECONDS_STILL = 300
_SECONDS_TO_STOP = 60
_ROWS = "SELECT count(*) FROM timeline"


class Peer(StrEnum):
    """A program that ours is compared with."""

    FAUST_TABLE = "faust_table"
    QUIX = "quix"
    KAFKA_STREAMS = "kafka_streams"


@dataclass(frozen=True, kw_only=True)
class Programs:
    """How each comparison program is run."""

    commands: Mapping[Peer, Sequence[str]]

    @classmethod
    def built(
        cls,
        chosen: Sequence[Peer],
        folder: Path,
        repository: str | None,
        say: Callable[[str], None],
    ) -> Programs:
        """Return them, after what is missing was fetched and built; raises StackError.

        chosen: empty for all; then one that cannot be built here is left out, and it is said.
        """
        found: dict[Peer, Sequence[str]] = {}
        for peer in chosen or tuple(Peer):
            try:
                found[peer] = _command(peer, folder, repository)
            except ProgramMissing as fault:
                if chosen:
                    raise
                say(f"{peer} is left out. {fault}")
        return cls(commands=found)


class Contest:
    """The topics that all read, and each contestant's turn."""

    def __init__(self, stack: LocalStack, folder: Path) -> None:
        """Take the stack, which is up, and a folder for logs and state."""
        self._stack = stack
        self._folder = folder
        self._shown = Demonstration(stack, TOPICS, STORE, folder, simulated=False)
        self._place = Place(stack=stack, topics=TOPICS, folder=folder / "state")

    def prepare(self, events: int) -> int:
        """Publish this many events, and some of them twice; return how many rows they are."""
        rmtree(self._folder / "state", ignore_errors=True)
        self._shown.prepare()
        self._place.prepare()
        sent = year_of(events)
        values = {
            name.removeprefix("JOINEDUP_").lower(): value
            for name, value in self._shown.environment("publisher").items()
        }
        with Publisher(PublisherSettings.model_validate(values)) as publisher:
            require(publisher.publish_many(joining()))
            require(publisher.publish_many(sent))
            require(publisher.publish_many(sent[::_DUPLICATES]))
        return len(sent)

    def ours(self, rows: int) -> Drained:
        """Run intake and join; the clock starts as soon as intake has put out anything."""
        with ExitStack() as stack:
            began = time.monotonic()
            started = {}
            for process in (Process.INTAKE, Process.JOIN):
                log = self._folder / "logs" / f"{process}.log"
                environment = self._shown.environment(process)
                context = running(process, environment, log, until_end=False, simulated=False)
                started[str(process)] = psutil.Process(stack.enter_context(context).pid)
            journeys = stack.enter_context(self._journeys())
            address = make_conninfo(self._stack.superuser_address(), dbname=STORE)
            return self._drained(OURS, began, started, address, "public", rows, journeys)

    def peer(self, peer: Peer, command: Sequence[str], rows: int) -> Drained:
        """Run one comparison program until its rows are there."""
        self._place.tables(peer)
        rows_topics = [self._place.rows_topic(peer)] if peer is Peer.KAFKA_STREAMS else []
        address, schema = self._place.address, self._place.schema(peer)
        with self._place.behind(peer, *rows_topics) as behind:
            began = time.monotonic()
            with self._program(peer, command, self._place.environment(peer)) as program:
                started = {str(peer): psutil.Process(program.pid)}
                found = self._drained(peer, began, started, address, schema, rows)
                # An alert may be written after the last row of the timeline: it counts too.
                self._until(lambda: behind() == 0, peer, started)
        return replace(found, alerts=_alerts(address, schema))

    def copied_per_second(self) -> float:
        """Return how many of our timeline's rows PostgreSQL takes each second by plain COPY."""
        name = "JOINEDUP_DATABASE_URL"
        owner, join = (self._shown.environment(role)[name] for role in ("admin", "join"))
        return copied_per_second(owner, join)

    def replayed(self) -> Read:
        """Return what our own replay of the same events takes."""
        rate = replay_rate(self._shown.environment("auditor"))
        return Read(events=rate.records, seconds=rate.together)

    def reprocessed(self, command: Sequence[str]) -> Read:
        """Return what Kafka Streams takes to read the same topics again, and write no rows."""
        environment = self._place.environment(_REPLAY, writes=False)
        with self._program(_REPLAY, command, environment) as program:
            program.wait()
        lines = self._log(_REPLAY).read_text("utf-8").splitlines()
        said = next((json.loads(line) for line in reversed(lines) if line.startswith("{")), None)
        if said is None:
            raise ProcessFailed(f"Kafka Streams did not read to the end: see {self._log(_REPLAY)}.")
        return Read(events=said["events"], seconds=said["seconds"], cpu=said["cpu_seconds"])

    def _drained(
        self,
        name: str,
        began: float,
        started: Mapping[str, psutil.Process],
        address: str,
        schema: str,
        rows: int,
        has_begun: Callable[[], bool] = lambda: False,
    ) -> Drained:
        options = f"-c search_path={schema}"
        with psycopg.connect(address, options=options, autocommit=True) as asked:
            first = self._first(name, asked, started, has_begun)
            before = self._spent(started)
            last = self._last(name, asked, started, first, rows)
            cpu = {one: spent - before[one] for one, spent in self._spent(started).items()}
        return Drained(name=name, began=began, first=first, last=last, cpu=cpu)

    def _first(
        self,
        name: str,
        asked: psycopg.Connection[Any],
        started: Mapping[str, psutil.Process],
        has_begun: Callable[[], bool],
    ) -> Seen:
        give_up_at = time.monotonic() + _SECONDS_STILL
        while True:
            seen = _seen(asked)
            if seen.rows or has_begun():
                return seen
            self._wait(name, started, give_up_at)

    def _last(
        self,
        name: str,
        asked: psycopg.Connection[Any],
        started: Mapping[str, psutil.Process],
        first: Seen,
        rows: int,
    ) -> Seen:
        seen = first
        while seen.rows < rows:
            now = _seen(asked)
            seen = now if now.rows > seen.rows else seen
            self._wait(name, started, seen.at + _SECONDS_STILL)
        return seen

    def _until(
        self, done: Callable[[], bool], name: str, started: Mapping[str, psutil.Process]
    ) -> None:
        give_up_at = time.monotonic() + _SECONDS_STILL
        while not done():
            self._wait(name, started, give_up_at)

    def _wait(self, name: str, started: Mapping[str, psutil.Process], give_up_at: float) -> None:
        logs = self._folder / "logs"
        if any(map(has_ended, started.values())):
            raise ProcessFailed(f"A process of {name} ended: see the logs in {logs}.")
        if time.monotonic() > give_up_at:
            raise ProcessFailed(
                f"Nothing came of {name} for {_SECONDS_STILL} s: see the logs in {logs}."
            )
        time.sleep(_POLL_SECONDS)

    def _spent(self, started: Mapping[str, psutil.Process]) -> dict[str, float]:
        spent = {
            name: sum(map(processor_seconds, (one, *one.children(recursive=True))))
            for name, one in started.items()
        }
        return spent | services_seconds(self._stack)

    @contextmanager
    def _journeys(self) -> Iterator[Callable[[], bool]]:
        partition = TopicPartition(TOPICS.journeys, TOPICS.partition_of(LA))
        consumer = KafkaConsumer(**connection(self._shown.environment("admin")))
        before = consumer.end_offsets([partition])[partition]
        try:
            yield lambda: consumer.end_offsets([partition])[partition] > before
        finally:
            consumer.close()

    @contextmanager
    def _program(
        self, name: str, command: Sequence[str], environment: Mapping[str, str]
    ) -> Iterator[subprocess.Popen[bytes]]:
        Path(environment["BENCHMARK_FOLDER"]).mkdir(parents=True, exist_ok=True)
        log = self._log(name)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as written:
            program = subprocess.Popen(
                command,
                cwd=PROGRAMS.parent,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
            )
            try:
                yield program
            finally:
                _stop(program)

    def _log(self, name: str) -> Path:
        return self._folder / "logs" / f"{name}.log"


def compared(
    stack: LocalStack,
    folder: Path,
    programs: Programs,
    events: int,
    say: Callable[[str], None],
) -> Comparison:
    """Measure ours and each of the programs; raises ProcessFailed or SendingFailed."""
    contest = Contest(stack, folder)
    say(f"Publishing {events:,} events, which all of them read")
    rows = contest.prepare(events)
    say("Ours: intake and join")
    ours = contest.ours(rows)
    say("Copying the same rows into PostgreSQL")
    copied = contest.copied_per_second()
    peers = []
    for peer, command in programs.commands.items():
        say(f"The same events in {peer}")
        peers.append(contest.peer(peer, command, rows))
    streams = programs.commands.get(Peer.KAFKA_STREAMS)
    replayed = reprocessed = None
    if streams is not None:
        say("Replaying, and reprocessing in Kafka Streams")
        replayed, reprocessed = contest.replayed(), contest.reprocessed(streams)
    return Comparison(
        ours=ours, peers=peers, copied=copied, replayed=replayed, reprocessed=reprocessed
    )


def _command(peer: Peer, folder: Path, repository: str | None) -> Sequence[str]:
    require_programs()
    if peer is Peer.KAFKA_STREAMS:
        return java_command(folder, repository)
    python = sys.executable if peer is Peer.FAUST_TABLE else python_with_peers(folder)
    return (str(python), "-m", f"benchmarks.{peer}")


def _seen(asked: psycopg.Connection[Any]) -> Seen:
    row = asked.execute(_ROWS).fetchone()
    return Seen(time.monotonic(), int(row[0]) if row else 0)


def _alerts(address: str, schema: str) -> frozenset[Alert]:
    with psycopg.connect(address, options=f"-c search_path={schema}") as asked:
        found = asked.execute("SELECT child, duty, due FROM alerts WHERE open").fetchall()
    return frozenset(Alert(*one) for one in found)


def _stop(program: subprocess.Popen[bytes]) -> None:
    if program.poll() is None:
        program.terminate()
        try:
            program.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
