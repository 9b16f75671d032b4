"""What the benchmark runs: a live topic set, the three processes, and a publisher."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

import psutil
import psycopg

from joinedup.bench.plain_copy import copied_per_second
from joinedup.bench.processor import processor_seconds, services_seconds
from joinedup.commands.demo_processes import ProcessFailed, running
from joinedup.commands.demo_run import Demonstration
from joinedup.commands.run import Process
from producers.control import STREAMING, join_source
from producers.event import Event, Identifier, new_event
from producers.publisher import Publisher
from producers.results import Accepted, Result
from producers.settings import PublisherSettings
from producers.simulate import LA, simulate
from producers.simulate.sending import SendingFailed
from producers.simulate.sources import AP_REGISTER, SOURCES, Agency
from schemas.topics import TopicSet
from stack import LocalStack

TOPICS = TopicSet("bench.", 4)
STORE = "joinedup_bench"
EVENTS_OF_A_CHILD = 25
"""Fewer than a simulated child has in a year, so that the events suffice."""
_MEASURED = (Process.INTAKE, Process.JOIN, Process.RELAY)
"""From an event to its alert on the topic; what tells people of it has to be set up by them."""
_SECONDS_TO_START = 900
"""Only a bound: on a machine that is busy with other things three processes start slowly, and one
that failed has ended, which is noticed at once."""
_SECONDS_STILL = 300
"""How long nothing at all may be joined before it is said that the join stands still."""
_SECONDS_BETWEEN_WORDS = 15
_POLL_SECONDS = 0.002
_SELDOM_SECONDS = 0.02
"""How often the join is asked how far it is: asking costs what is being measured."""
_WARMING_EVENTS = 2_000


@dataclass(frozen=True, kw_only=True)
class Throughput:
    """Seconds from the first publish until all was accepted, and until all was committed.

    cpu: processor seconds spent meanwhile, by process; the publisher's only while it published.
    """

    events: int
    published: float
    committed: float
    cpu: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Seconds from a publish until its alert stands in PostgreSQL, one for each alert."""

    seconds: list[float]


class Bench:
    """The real services and processes, on topics and a store of the benchmark's own."""

    def __init__(
        self,
        stack: LocalStack,
        folder: Path,
        say: Callable[[str], None],
        authorities: Sequence[str] = (LA,),
    ) -> None:
        """Take the stack, which is up, a folder for logs, and whom to tell what is waited for.

        authorities: for which the sources may speak.
        """
        self._stack = stack
        self._say = say
        self._shown = Demonstration(
            stack, TOPICS, STORE, folder, simulated=False, authorities=authorities
        )
        self._folder = folder
        self._children: dict[str, psutil.Process] = {}
        self._connections: dict[str, psycopg.Connection] = {}

    def prepare(self) -> None:
        """Make topics, store, schemas and sources, all as if there had never been any."""
        for connection in self._connections.values():  # of a store that is to be dropped
            connection.close()
        self._connections.clear()
        self._shown.prepare()

    def environment(self, process: str) -> dict[str, str]:
        """Return the variables of a process on the benchmark's topics and store."""
        return self._shown.environment(process)

    @contextmanager
    def processes(self) -> Iterator[None]:
        """Run intake, join and relay while the block runs; raises ProcessFailed."""
        before = self.known()
        with ExitStack() as stack:
            for process in _MEASURED:
                stack.enter_context(self.running(process))
            self.until(lambda: self.known() > before, _SECONDS_TO_START, "the first tick")
            with self.publisher() as publisher:
                require(publisher.publish_many(joining()))
            yield

    @contextmanager
    def running(self, process: Process) -> Iterator[psutil.Process]:
        """Run one process while the block runs; raises ProcessFailed."""
        log = self._folder / "logs" / f"{process}.log"
        environment = self._shown.environment(process)
        with running(process, environment, log, until_end=False, simulated=False) as started:
            child = self._children[process] = psutil.Process(started.pid)
            try:
                yield child
            finally:
                self._children.pop(process, None)

    def throughput(self, events: int) -> Throughput:
        """Publish this many events as fast as can be and wait until the join has them all.

        Some of the same year come before them, so that every process has met most types once.
        """
        year = year_of(_WARMING_EVENTS + events)
        self._measured(year[:_WARMING_EVENTS])
        return self._measured(year[_WARMING_EVENTS:])

    def copied_per_second(self) -> float:
        """Return how many of the timeline's rows PostgreSQL takes each second by plain COPY."""
        name = "JOINEDUP_DATABASE_URL"
        owner, join = (self._shown.environment(role)[name] for role in ("admin", "join"))
        return copied_per_second(owner, join)

    def _measured(self, sent: list[Event]) -> Throughput:
        joined, own = self.joined(), psutil.Process()
        with self.publisher() as publisher:
            before, publishing = self._spent(), processor_seconds(own)
            began = time.monotonic()
            require(publisher.publish_many(sent))
            published = time.monotonic() - began
            cpu = {"publisher": processor_seconds(own) - publishing}
            self.until_joined(joined + len(sent))
        committed = time.monotonic() - began
        cpu |= {name: spent - before[name] for name, spent in self._spent().items()}
        return Throughput(events=len(sent), published=published, committed=committed, cpu=cpu)

    def latency(self, alerts: int) -> Latency:
        """Publish one placement without a commissioner after another, each until its alert."""
        yesterday = datetime.now(UTC) - timedelta(days=1)
        seconds = []
        with self.publisher() as publisher:
            for number in range(alerts):
                told = partial(self._has_opened_since, self._opened())
                began = time.monotonic()
                require([publisher.publish(unclear(number, yesterday))])
                self.until(told, _SECONDS_STILL, "an alert")
                seconds.append(time.monotonic() - began)
        return Latency(seconds=seconds)

    def publisher(self) -> Publisher:
        """Return a publisher of all the invented authority's systems."""
        values = {
            name.removeprefix("JOINEDUP_").lower(): value
            for name, value in self._shown.environment("publisher").items()
        }
        return Publisher(PublisherSettings.model_validate(values))

    def _spent(self) -> dict[str, float]:
        spent = {name: processor_seconds(process) for name, process in self._children.items()}
        return spent | services_seconds(self._stack)

    def take_in(self) -> None:
        """Run intake until it has put in order all that was published; raises ProcessFailed."""
        log = self._folder / "logs" / "intake.log"
        environment = self._shown.environment(Process.INTAKE)
        with running(Process.INTAKE, environment, log, simulated=False) as intake:
            intake.wait()

    def known(self) -> int:
        """Return the known time (ms UTC) that the store has come to."""
        return self._asked("SELECT coalesce(max(kappa), 0) FROM partition_state")

    def owners(self) -> int:
        """Return how often any partition was taken over."""
        return self._asked("SELECT coalesce(sum(epoch), 0) FROM partition_state")

    def open_deadlines(self) -> int:
        """Return how many cases are to be looked at at a moment that is known."""
        return self._asked("SELECT count(*) FROM due WHERE wake IS NOT NULL", "join")

    def joined(self) -> int:
        """Return how many events about children the join has committed."""
        return self._asked("SELECT coalesce(sum(events), 0) FROM partition_state")

    def _opened(self) -> int:
        return self._asked("SELECT coalesce(sum(sequence), 0) FROM partition_state")

    def _has_opened_since(self, before: int) -> bool:
        return self._opened() > before

    def _asked(self, query: str, role: str = "reader") -> int:
        if role not in self._connections:
            address = self._shown.environment(role)["JOINEDUP_DATABASE_URL"]
            self._connections[role] = psycopg.connect(address, autocommit=True)
        row = self._connections[role].execute(query.encode()).fetchone()
        return int(row[0]) if row else 0

    def until_joined(self, events: int) -> None:
        """Wait until so many events are joined, as long as the join goes on."""
        joined = self.joined()
        while joined < events:
            before = joined
            self.until(
                lambda before=before: self.joined() > before,  # type: ignore[misc]
                _SECONDS_STILL,
                f"the join, {events - before:,} events behind",
                _SELDOM_SECONDS,
            )
            joined = self.joined()

    def until(
        self, done: Callable[[], bool], seconds: float, what: str, pause: float = _POLL_SECONDS
    ) -> None:
        """Wait until it is done; raises ProcessFailed after so long, or where a process ended."""
        began = told = time.monotonic()
        while not done():
            now = time.monotonic()
            if now - began > seconds:
                raise ProcessFailed(
                    f"Waited {seconds:.0f} s for {what}: see the logs in {self._folder / 'logs'}."
                )
            if now - told > _SECONDS_BETWEEN_WORDS:
                told = now
                self._say(f"Waiting for {what}, {now - began:.0f} s so far")
            if any(map(has_ended, self._children.values())):
                raise ProcessFailed(f"A process ended: see the logs in {self._folder / 'logs'}.")
            time.sleep(pause)


def has_ended(process: psutil.Process) -> bool:
    """Return whether a child of this process has ended."""
    # A child that ended stays a zombie, which "is running", until its parent has asked for it.
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def require(results: Iterable[Result]) -> None:
    """Raise SendingFailed where an event was not accepted."""
    for result in results:
        if not isinstance(result, Accepted):
            raise SendingFailed(f"The benchmark's event was not accepted: {result}")


def year_of(events: int) -> list[Event]:
    """Return so many events about children of an invented year, in the order of that year."""
    year = simulate(1, max(1000, events // EVENTS_OF_A_CHILD))
    told = (record.event for record in year.records)
    distinct = {event.event_id: event for event in told if event.kind.subject == "child"}
    return list(islice(distinct.values(), events))


def joining() -> Iterator[Event]:
    """Return that each source has joined, and is heard often enough for this benchmark."""
    for source in SOURCES:
        if source.agency is not Agency.GOVERNANCE:
            yield join_source(
                local_authority=LA,
                source=source.speaker,
                agency=source.agency,
                event_types=source.event_types,
                at=datetime.now(UTC),
                mode=STREAMING,
                rhythm_hours=source.rhythm_hours,
            )


def unclear(number: int, yesterday: datetime) -> Event:
    """Return a placement of yesterday without a commissioner: it is told of at once."""
    return new_event(
        "ApPlacementStarted",
        local_authority=LA,
        source=AP_REGISTER.speaker,
        source_record_id=f"bench-placement-{number}",
        revision=1,
        recorded_at=yesterday,
        identifiers=[Identifier("MIS_ID", f"bench-{number}")],
        provider="bench-provider",
        start_on=yesterday.date(),
    )
