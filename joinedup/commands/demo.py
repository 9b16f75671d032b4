"""``joinedup demo``: an invented local authority's year, from three agencies to alerts."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from consumers.migrations import MigrationError
from joinedup.commands.demo_alerts import Alert, line_of
from joinedup.commands.demo_candidates import put_candidates_forward
from joinedup.commands.demo_pages import show_until_enter
from joinedup.commands.demo_processes import ProcessFailed
from joinedup.commands.demo_run import Counted, Demonstration
from joinedup.commands.demo_view import counting, waiting
from joinedup.commands.interrupted import Interrupted, nothing_left_running
from joinedup.commands.stack import DEFAULT_ROOT, Mirror, Root, start
from producers.simulate import DEFAULT_CHILDREN, DEFAULT_SEED, LA, STORIES, Year, simulate
from producers.simulate.sending import SendingFailed, Sent
from producers.speakers import NoSpeaker
from schemas.registry import RegistryError
from schemas.sources import SourcesInvalid
from schemas.topics import TopicSet
from stack import LocalStack, StackError
from stack.local import DEMO_STORE, SMALL_PARTITIONS

TOPICS = TopicSet("demo.", SMALL_PARTITIONS)
_FAULTS = (
    StackError,
    MigrationError,
    RegistryError,
    SourcesInvalid,
    NoSpeaker,
    SendingFailed,
    ProcessFailed,
)
_NAMED = 3
"""Duties that the last line names; `joinedup alerts` lists all."""

Children = Annotated[
    int, typer.Option(min=len(STORIES), help="How many invented children the authority has.")
]
Seed = Annotated[int, typer.Option(help="Another seed gives another year, with the same stories.")]


def register(app: typer.Typer) -> None:
    """Add the demo to the command line."""
    app.command()(demo)


def demo(
    root: Root = DEFAULT_ROOT,
    repository: Mirror = None,
    children: Children = DEFAULT_CHILDREN,
    seed: Seed = DEFAULT_SEED,
) -> None:
    """Show the platform at work: an invented authority's school year, and the alerts in it.

    Starts the local stack, sends a year of records from schools, health and social care, and
    prints each alert as it is raised. The stack is left running, so that the year can be looked
    into; `joinedup down` stops it. At a terminal the pages of the leads are shown until Enter.
    """
    console = Console(stderr=True)
    stack = LocalStack(root, repository=repository)
    with _in_a_sentence(stack):
        with waiting(console, "Starting Kafka, the schema registry and PostgreSQL"):
            start(stack)
        shown = Demonstration(stack, TOPICS, DEMO_STORE, root.absolute() / "demo")
        told, sent = _run(shown, console, simulate(seed, children))
        reader = stack.write_demo_environments()
        with waiting(console, "Asking of which records a person should say if they are one child"):
            pairs = put_candidates_forward(shown, reader.with_name("demo-matcher.env"))
        counted = shown.count()
    _say_what_next(told, pairs, reader)
    typer.echo(_summary(told, sent, counted, reader))
    show_until_enter(reader.with_name("demo-dashboard.env"), root, repository)


def _run(shown: Demonstration, console: Console, year: Year) -> tuple[list[Alert], Sent]:
    with waiting(console, "Making fresh topics and a fresh store"):
        shown.prepare()
    with counting(console, "Publishing the agencies' year", len(year.items)) as move:
        sent = shown.publish(year, move)
    with waiting(console, "Intake puts it in one order"):
        shown.take_in()
    console.print("The year unfolds. Each line tells of an alert: raised, resolved, withdrawn.")
    lines = Console(highlight=False, soft_wrap=True)
    told = []
    for alert in shown.join():
        told.append(alert)
        lines.print(line_of(alert))
    return told, sent


@contextmanager
def _in_a_sentence(stack: LocalStack) -> Iterator[None]:
    """After a fault in the block, say it in one sentence and stop what did not run before."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    try:
        with nothing_left_running(stack):
            yield
    except Interrupted as told:
        raise typer.Exit(told.exit_code) from None
    except _FAULTS as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None


def _say_what_next(told: list[Alert], pairs: int, reader: Path) -> None:
    """Print the commands that look into the year, with the key of a child that has an alert."""
    closed = {one["alert_id"] for one in told if one["status"] not in ("DUE_SOON", "OPEN")}
    waits = (one for one in told if one["alert_id"] not in closed)
    key = next((one["child"][:8] for one in waits if one["duty"] == "JOINT_PLAN_MISSING"), "KEY")
    where = f"--la {LA} --env-file {reader}"
    typer.echo("")
    typer.echo("The local stack still runs, so that you can look into the year:")
    typer.echo(f"  .venv/bin/joinedup alerts {where}")
    typer.echo(f"  .venv/bin/joinedup child {key} {where}")
    typer.echo(f"  .venv/bin/joinedup why {key} --on 2025-03-31 {where}")
    typer.echo(f"  .venv/bin/joinedup identity queue {where}   # {pairs} pairs to be looked at")
    pages = f"--env-file {reader.with_name('demo-dashboard.env')}"
    typer.echo(f"  .venv/bin/joinedup dashboard --la {LA} {pages}")
    auditor = f"--env-file {reader.with_name('demo-auditor.env')}"
    typer.echo(f"  .venv/bin/joinedup replay --verify {auditor}")
    typer.echo("Stop it with `.venv/bin/joinedup down`; `make clean` removes all of it.")


def _summary(told: list[Alert], sent: Sent, counted: Counted, reader: Path) -> str:
    raised = Counter(alert["duty"] for alert in told if alert["kind"] == "OPENED")
    by_number = sorted(raised.items(), key=lambda one: (-one[1], one[0]))
    most = ", ".join(f"{duty} {count}" for duty, count in by_number[:_NAMED])
    return (
        f"demo: {sent.messages} events published, {counted.timeline_rows} timeline rows, "
        f"{counted.dead_letters} dead letters, {raised.total()} alerts of {len(raised)} duties"
        f" (most: {most}); "
        f"look next at: .venv/bin/joinedup alerts --la {LA} --env-file {reader}"
    )
