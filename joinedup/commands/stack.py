"""Commands that start, stop and show the local stack."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from consumers.migrations import STORE, MigrationError, migrate
from schemas.topics import TopicSet
from stack import LocalStack, Service, StackError, State
from stack.databases import KEYS_SUFFIX
from stack.local import DEMO_STORE, LIVE_STORE

DEFAULT_ROOT = Path(".local")

Root = Annotated[
    Path, typer.Option("--root", envvar="JOINEDUP_ROOT", help="Folder of data, logs and secrets.")
]
Mirror = Annotated[
    str | None,
    typer.Option(envvar="JOINEDUP_MAVEN_REPOSITORY", help="Base address of a Maven mirror."),
]
Port = Annotated[int | None, typer.Option(min=1, max=65535, show_default="the last, else standard")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def register(app: typer.Typer) -> None:
    """Add the commands of the local stack to the command line."""
    app.command()(up)
    app.command()(down)
    app.command()(status)


def up(
    root: Root = DEFAULT_ROOT,
    repository: Mirror = None,
    kafka_port: Port = None,
    controller_port: Port = None,
    registry_port: Port = None,
    management_port: Port = None,
    postgresql_port: Port = None,
) -> None:
    """Start Kafka, the schema registry and PostgreSQL on this machine, and wait until they serve.

    Fetches what is missing at the first start. The live topics and the stores are made too.
    """
    chosen = {
        "kafka": kafka_port,
        "controller": controller_port,
        "registry": registry_port,
        "management": management_port,
        "postgresql": postgresql_port,
    }
    with in_a_sentence():
        before = LocalStack(root).ports
        ports = replace(before, **{name: port for name, port in chosen.items() if port})
        stack = LocalStack(root, ports, repository=repository)
        started = start(stack)
    said = f"started {', '.join(started)}" if started else "all was running already"
    typer.echo(f"The local stack is up: {said}. Next: joinedup status, or joinedup down.")


def down(
    root: Root = DEFAULT_ROOT,
    erase: Annotated[
        bool, typer.Option("--erase", help="Remove the folder too: data, secrets, programs.")
    ] = False,
) -> None:
    """Stop the local stack and wait until it has stopped; its data stay unless --erase is given."""
    with in_a_sentence():
        stopped = LocalStack(root).down(erase=erase)
    typer.echo(f"Stopped {', '.join(stopped)}." if stopped else "Nothing was running.")


def status(root: Root = DEFAULT_ROOT, as_json: AsJson = False) -> None:
    """Show each service with its state, version, port and process; exit with 1 unless all run."""
    with in_a_sentence():
        services = LocalStack(root).status()
    if as_json:
        typer.echo(json.dumps({"services": [service.as_dict() for service in services]}, indent=1))
    else:
        _print_table(services)
    if any(service.state is not State.RUNNING for service in services):
        raise typer.Exit(1)


def start(stack: LocalStack) -> list[str]:
    """Bring the stack up with its live topics and migrated stores; return the services started."""
    started = stack.up()
    if started:
        stack.create_topic_set(TopicSet(), simulated=False)
        for store in (LIVE_STORE, DEMO_STORE):
            prepare_store(stack, store)
    return started


def prepare_store(stack: LocalStack, store: str) -> None:
    """Create a store and its leaf keys where they are not there, and migrate both."""
    stack.create_store(store)
    migrate(stack.owner_address(store))
    migrate(stack.owner_address(store + KEYS_SUFFIX), STORE / "keys")


@contextmanager
def in_a_sentence() -> Iterator[None]:
    """Print an error of the stack as its one sentence, and exit with 1."""
    # The Kafka client reports each attempt to connect; what matters reaches us as an exception.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    try:
        yield
    except (StackError, MigrationError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _print_table(services: list[Service]) -> None:
    table = Table("service", "version", "state", "port", "process", box=None, pad_edge=False)
    for service in services:
        pid = str(service.pid) if service.pid else "—"
        table.add_row(service.name, service.version, str(service.state), str(service.port), pid)
    Console().print(table)
    for service in services:
        if service.state in (State.CRASHED, State.UNHEALTHY):
            typer.echo(f"{service.name} is {service.state}: see {service.log}", err=True)
