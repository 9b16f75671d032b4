"""``joinedup bench``: how fast events become alerts on this machine, on the real services."""

from __future__ import annotations

import json
import os
import platform
import statistics
from typing import Annotated

import psutil
import typer
from rich.console import Console

from joinedup.commands.bench_replay import replay_rate
from joinedup.commands.bench_run import Bench, Latency, Throughput
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
                throughput = run.throughput(events)
            with waiting(console, f"Waiting for {alerts} alerts, one by one"):
                latency = run.latency(alerts)
        with waiting(console, "Replaying all of it"):
            replay = replay_rate(run.environment("auditor"))
    except (StackError, ProcessFailed, SendingFailed) as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps({**_object(throughput, latency), "replay": replay.as_dict()}))
    else:
        typer.echo(f"{_text(throughput, latency)}\n{replay.text()}")


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def _object(throughput: Throughput, latency: Latency) -> dict[str, object]:
    return {
        "machine": _machine(),
        "events": throughput.events,
        "publish_per_second": round(throughput.events / throughput.published),
        "end_to_end_per_second": round(throughput.events / throughput.committed),
        "cpu_seconds": {name: round(spent, 2) for name, spent in throughput.cpu.items()},
        "alert_latency_ms": {
            "p50": round(_percentile(latency, 50) * 1000),
            "p99": round(_percentile(latency, 99) * 1000),
        },
    }


def _text(throughput: Throughput, latency: Latency) -> str:
    rate = throughput.events / throughput.committed
    cpu = ", ".join(
        f"{name} {spent / throughput.events * 1e6:.0f}" for name, spent in throughput.cpu.items()
    )
    return (
        f"machine: {_machine()}\n"
        f"published: {throughput.events} events, {throughput.events / throughput.published:.0f} "
        "accepted each second\n"
        f"end to end: {rate:.0f} events/s from the first publish to the last commit in PostgreSQL\n"
        f"processor time for each event, in µs: {cpu}\n"
        f"publish to alert: p50 {_percentile(latency, 50) * 1000:.0f} ms, "
        f"p99 {_percentile(latency, 99) * 1000:.0f} ms over {len(latency.seconds)} alerts"
    )


def _percentile(latency: Latency, percent: int) -> float:
    return statistics.quantiles(latency.seconds, n=100, method="inclusive")[percent - 1]
