"""The parts of the benchmark: what each measures, at which size, and when it is left out."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo
from rich.console import Console

from joinedup.bench.adapters import adapter_rates
from joinedup.bench.deadlines import deadlines
from joinedup.bench.growth import growth_told, picture, shared_of, size_of
from joinedup.bench.latency import RATES, latencies
from joinedup.bench.latency import told_of as latency_told
from joinedup.bench.pages import Asking, large_store, page_times
from joinedup.bench.pages import told_of as pages_told
from joinedup.bench.peers import Peer, Programs, compared
from joinedup.bench.replay import replay_rate
from joinedup.bench.report import Report
from joinedup.bench.result import Told
from joinedup.bench.run import STORE, Bench
from joinedup.commands.dashboard import fetched
from joinedup.commands.demo_view import waiting
from joinedup.commands.stack import start
from producers.simulate import LA
from stack import LocalStack

_LEADS = 50
_ROWS_OF_AN_ALERT = 10
"""Of the timeline."""


class Part(StrEnum):
    """A part of the benchmark that can be run alone."""

    PIPELINE = "pipeline"
    LATENCY = "latency"
    PEERS = "peers"
    DEADLINES = "deadlines"
    GROWTH = "growth"
    PAGES = "pages"
    ADAPTERS = "adapters"


PARTS: Mapping[Part, str] = {
    Part.PIPELINE: "pipeline: from the publish to the store, and a replay.",
    Part.LATENCY: "latency: from the publish to the alert, while other events come in.",
    Part.PEERS: "peers: beside the same join in Faust, Quix Streams and Kafka Streams; seldom.",
    Part.DEADLINES: "deadlines: from a deadline that passes, with no input, to the alert.",
    Part.GROWTH: "growth: the same at several sizes, with more workers and authorities; seldom.",
    Part.PAGES: "pages: the dashboard on a large copy of the demo's store.",
    Part.ADAPTERS: "adapters: reading each format, with no service; only where asked for.",
}


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How much of everything there is.

    seconds: how long latencies are measured at each rate. requests: of each kind of page, by one
    lead. reading_seconds: how long all leads read at the same time.
    children: with three and a half open deadlines each, of whom so many fall due at one midnight.
    grown: children of the stores that are compared. shared: events that workers share.
    """

    events: int
    alerts: int
    rows: int
    seconds: float
    requests: int
    reading_seconds: float
    children: int
    midnight: int
    grown: tuple[int, ...]
    shared: int
    megabytes: float = 4.0
    formats: tuple[str, ...] = ()
    peers: tuple[Peer, ...] = ()

    def but(self, **given: Any) -> Sizes:
        """Return these sizes, with those that are given instead."""
        return replace(self, **{name: one for name, one in given.items() if one is not None})


DEFAULT = Sizes(
    events=20_000,
    alerts=100,
    rows=50_000,
    seconds=15.0,
    requests=20,
    reading_seconds=30.0,
    children=10_000,
    midnight=1_000,
    grown=(2_000, 10_000),
    shared=4_000,
)
FULL = Sizes(
    events=200_000,
    alerts=1_000,
    rows=1_000_000,
    seconds=120.0,
    requests=200,
    reading_seconds=300.0,
    children=1_000_000,
    midnight=100_000,
    grown=(10_000, 100_000, 1_000_000),
    shared=100_000,
)


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """Where the benchmark runs, at which sizes, and whom it tells what it does.

    repository: the base address of a Maven mirror; None means what the clients know.
    """

    console: Console
    root: Path
    stack: LocalStack
    sizes: Sizes
    repository: str | None = None

    @property
    def folder(self) -> Path:
        """Return the folder of the benchmark's logs and of what it measured."""
        return self.root / "bench"


_SELDOM = (Part.PEERS, Part.GROWTH, Part.ADAPTERS)
"""They take minutes each, so that the quick run would not be quick."""


def parts(only: list[Part] | None, full: bool) -> list[Part]:
    """Return the parts to measure, in the order in which they are named."""
    seldom = () if full else _SELDOM
    return [one for one in Part if (one in only if only else one not in seldom)]


def measured(part: Part, place: Workplace) -> Told:
    """Measure a part and return what it came to; raises what says in a sentence why it cannot."""
    return _MEASURED_BY[part](place)


def _adapters(place: Workplace) -> Told:
    sizes = place.sizes
    with waiting(place.console, f"Reading {sizes.megabytes:g} MB of each format"):
        rates = list(adapter_rates(sizes.formats, sizes.megabytes))
    text = "\n".join(one.text() for one in rates)
    return Told({}, text, {"adapters": [one.as_dict() for one in rates]})


def _pages(place: Workplace) -> Told:
    console, superuser, sizes = place.console, place.stack.superuser_address(), place.sizes
    with waiting(console, "Starting PostgreSQL and what stands beside it"):
        start(place.stack)
    archive = fetched(place.root / "cache", None)
    rows = sizes.rows * _ROWS_OF_AN_ALERT
    with waiting(console, f"Making a store of {sizes.rows:,} alerts and {rows:,} timeline rows"):
        large = ExitStack()
        large.enter_context(large_store(superuser, sizes.rows, rows))
    asking = Asking(requests=sizes.requests, leads=_LEADS, seconds=sizes.reading_seconds)
    with large, waiting(console, f"Asking for pages, then {_LEADS} leads at the same time"):
        times, read = page_times(place.root, archive, superuser, asking)
    return pages_told(times, read)


def _prepared(place: Workplace, authorities: Sequence[str] = (LA,)) -> Bench:
    with waiting(place.console, "Starting Kafka, the schema registry and PostgreSQL"):
        start(place.stack)
    run = Bench(place.stack, place.folder, place.console.print, authorities)
    with waiting(place.console, "Making fresh topics and a fresh store"):
        run.prepare()
    return run


def _latency(place: Workplace) -> Told:
    run, seconds = _prepared(place), place.sizes.seconds
    superuser = make_conninfo(place.stack.superuser_address(), dbname=STORE)
    said = f"Telling of alerts under {' and '.join(map(str, RATES))} events/s, {seconds:g} s each"
    with run.processes(), waiting(place.console, said):
        return latency_told(list(latencies(run, superuser, seconds)))


def _peers(place: Workplace) -> Told:
    console, sizes = place.console, place.sizes
    with waiting(console, "Building the programs to compare with"):
        programs = Programs.built(
            sizes.peers, place.root / "benchmarks", place.repository, console.print
        )
    with waiting(console, "Starting Kafka, the schema registry and PostgreSQL"):
        start(place.stack)
    found = compared(place.stack, place.folder / "peers", programs, sizes.events, console.print)
    return Told(found.values(), found.text(), {"peers": found.more()})


def _deadlines(place: Workplace) -> Told:
    run, sizes = _prepared(place), place.sizes
    superuser = make_conninfo(place.stack.superuser_address(), dbname=STORE)
    said = f"Filling a store with {sizes.children:,} children, and letting deadlines pass"
    with waiting(place.console, said):
        found = deadlines(run, superuser, place.folder, sizes.children, sizes.midnight)
    return found.told()


def _growth(place: Workplace) -> Told:
    with waiting(place.console, "Starting Kafka, the schema registry and PostgreSQL"):
        start(place.stack)
    run, found = Bench(place.stack, place.folder, place.console.print), []
    for children in place.sizes.grown:
        with waiting(place.console, f"Filling a store with {children:,} children of 75 years"):
            found.append(size_of(run, children))
    drawn = place.folder / "growth.svg"
    drawn.write_text(picture(found), "utf-8")
    with waiting(place.console, "Joining with more workers, and for more authorities"):
        shared = shared_of(lambda authorities: _prepared(place, authorities), place.sizes.shared)
    told = growth_told(found, shared)
    return told._replace(text=f"{told.text}\nplotted: {drawn}")


def _pipeline(place: Workplace) -> Told:
    console, sizes, run = place.console, place.sizes, _prepared(place)
    with run.processes():
        with waiting(console, f"Publishing {sizes.events} events, and joining them"):
            throughput, load = run.throughput(sizes.events), os.getloadavg()[0]
        with waiting(console, f"Waiting for {sizes.alerts} alerts, one by one"):
            latency = run.latency(sizes.alerts)
    with waiting(console, "Replaying all of it"):
        replay = replay_rate(run.environment("auditor"))
    with waiting(console, "Copying the same rows into PostgreSQL"):
        copied = run.copied_per_second()
    report = Report(
        throughput=throughput,
        latency=latency,
        copied=copied,
        load=load,
        cores=os.cpu_count() or 1,
    )
    text = f"{report.as_text()}\n{replay.text()}"
    return Told(
        {**report.values(), **replay.values()},
        text,
        {"pipeline": report.more(), "replay": replay.more()},
    )


_MEASURED_BY: dict[Part, Callable[[Workplace], Told]] = {
    Part.PIPELINE: _pipeline,
    Part.LATENCY: _latency,
    Part.PEERS: _peers,
    Part.DEADLINES: _deadlines,
    Part.GROWTH: _growth,
    Part.PAGES: _pages,
    Part.ADAPTERS: _adapters,
}
