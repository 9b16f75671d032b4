"""``joinedup bench``: how fast events become alerts on this machine, on the real services."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer
from rich.console import Console

from joinedup.commands.bench_adapters import AdapterFailed, adapter_rates, known_formats
from joinedup.commands.bench_pages import large_store, page_times
from joinedup.commands.bench_replay import replay_rate
from joinedup.commands.bench_report import Report
from joinedup.commands.bench_run import Bench
from joinedup.commands.dashboard import fetched
from joinedup.commands.demo_processes import ProcessFailed
from joinedup.commands.demo_view import waiting
from joinedup.commands.stack import DEFAULT_ROOT, Mirror, Root, start
from producers.simulate.sending import SendingFailed
from stack import LocalStack, StackError

Events = Annotated[int, typer.Option(min=1000, help="How many events to publish.")]
Alerts = Annotated[int, typer.Option(min=10, help="How many alerts to wait for, one by one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


Told: TypeAlias = tuple[dict[str, object], str]
"""What was measured, for JSON and as text."""


_REQUESTS = 200
"""For each kind of page."""


class Part(StrEnum):
    """A part of the benchmark that can be run alone."""

    ADAPTERS = "adapters"
    PIPELINE = "pipeline"
    PAGES = "pages"


Only = Annotated[
    Part | None,
    typer.Option(
        help="adapters: reading each format, with no service; pages: the dashboard on a large copy"
        " of the demo's store, only where asked for; pipeline: the rest."
    ),
]
Megabytes = Annotated[
    float, typer.Option(min=0.1, help="How large the files of each format are, for adapters.")
]
Rows = Annotated[int, typer.Option(min=1000, help="How many alerts, and timeline rows, for pages.")]
FormatNames = Annotated[
    list[str] | None,
    typer.Option("--format", help="Only this format, for adapters; may be given several times."),
]


def register(app: typer.Typer) -> None:
    """Add the benchmark to the command line."""
    app.command()(bench)


def bench(
    root: Root = DEFAULT_ROOT,
    repository: Mirror = None,
    events: Events = 20_000,
    alerts: Alerts = 100,
    only: Only = None,
    megabytes: Megabytes = 4.0,
    formats: FormatNames = None,
    rows: Rows = 1_000_000,
    as_json: AsJson = False,
) -> None:
    """Measure events per second from publish to PostgreSQL, and how soon an alert is told.

    Also how fast each format's files are read and checked, and in how much memory. Everything runs
    on this machine, on topics and a store of the benchmark's own. Numbers of shared machines differ
    from run to run: compare ratios of one run.
    """
    console = Console(stderr=True)
    names = _names(formats)
    told: list[Told] = []
    try:
        if only is Part.PAGES:
            told.append(_pages(console, root, LocalStack(root, repository=repository), rows))
        if only in (None, Part.ADAPTERS):
            told.append(_adapters(console, names, megabytes))
        if only in (None, Part.PIPELINE):
            stack = LocalStack(root, repository=repository)
            told.append(_pipeline(console, root, stack, events, alerts))
    except (StackError, ProcessFailed, SendingFailed, AdapterFailed) as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps({name: one for part, _ in told for name, one in part.items()}))
    else:
        typer.echo("\n".join(text for _, text in told))


def _names(given: list[str] | None) -> tuple[str, ...]:
    names = tuple(given or known_formats())
    unknown = [name for name in names if name not in known_formats()]
    if unknown:
        known = ", ".join(known_formats())
        typer.echo(f"There is no format {unknown[0]}: give one of {known}.", err=True)
        raise typer.Exit(2)
    return names


def _adapters(console: Console, names: Sequence[str], megabytes: float) -> Told:
    with waiting(console, f"Reading {megabytes:g} MB of each format"):
        rates = list(adapter_rates(names, megabytes))
    return {"adapters": [one.as_dict() for one in rates]}, "\n".join(one.text() for one in rates)


def _pages(console: Console, root: Path, stack: LocalStack, rows: int) -> Told:
    with waiting(console, "Starting PostgreSQL and what stands beside it"):
        start(stack)
    archive = fetched(root / "cache", None)
    with waiting(console, f"Making a store of {rows:,} alerts and timeline rows"):
        large = ExitStack()
        large.enter_context(large_store(stack.superuser_address(), rows))
    with large, waiting(console, "Asking for pages"):
        times = page_times(root, archive, stack.superuser_address(), _REQUESTS)
    load = f"load average {os.getloadavg()[0]:.1f}"
    text = "\n".join(one.text() for one in times)
    return {"pages": [one.as_dict() for one in times]}, f"{text}\n{load}"


def _pipeline(console: Console, root: Path, stack: LocalStack, events: int, alerts: int) -> Told:
    with waiting(console, "Starting Kafka, the schema registry and PostgreSQL"):
        start(stack)
    run = Bench(stack, root.absolute() / "bench")
    with waiting(console, "Making fresh topics and a fresh store"):
        run.prepare()
    with run.processes():
        with waiting(console, f"Publishing {events} events, and joining them"):
            throughput, load = run.throughput(events), os.getloadavg()[0]
        with waiting(console, f"Waiting for {alerts} alerts, one by one"):
            latency = run.latency(alerts)
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
    found = {**report.as_object(), "replay": replay.as_dict()}
    return found, f"{report.as_text()}\n{replay.text()}"
