"""``joinedup bench``: how fast events become alerts on this machine, on the real services."""

from __future__ import annotations

import json
import os
from typing import Annotated

import typer
from rich.console import Console

from joinedup.commands.bench_replay import replay_rate
from joinedup.commands.bench_report import Report
from joinedup.commands.bench_run import Bench
from joinedup.commands.demo_processes import ProcessFailed
from joinedup.commands.demo_view import waiting
from joinedup.commands.stack import DEFAULT_ROOT, Mirror, Root, start
from producers.simulate.sending import SendingFailed
from stack import LocalStack, StackError

Events = Annotated[int, typer.Option(min=1000, help="How many events to publish.")]
Alerts = Annotated[int, typer.Option(min=10, help="How many alerts to wait for, one by one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


def register(app: typer.Typer) -> None:
    """Add the benchmark to the command line."""
    app.command()(bench)


def bench(
    root: Root = DEFAULT_ROOT,
    repository: Mirror = None,
    events: Events = 20_000,
    alerts: Alerts = 100,
    as_json: AsJson = False,
) -> None:
    """Measure events per second from publish to PostgreSQL, and how soon an alert is told.

    Everything runs on this machine, on topics and a store of the benchmark's own. Numbers of
    shared machines differ from run to run: compare ratios of one run.
    """
    console = Console(stderr=True)
    try:
        stack = LocalStack(root, repository=repository)
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
    except (StackError, ProcessFailed, SendingFailed) as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None
    report = Report(
        throughput=throughput,
        latency=latency,
        copied=copied,
        load=load,
        cores=os.cpu_count() or 1,
    )
    if as_json:
        typer.echo(json.dumps({**report.as_object(), "replay": replay.as_dict()}))
    else:
        typer.echo(f"{report.as_text()}\n{replay.text()}")
