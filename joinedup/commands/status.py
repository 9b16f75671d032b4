"""``joinedup status``: the services of the local stack, and what intake made of what it read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from consumers.store.parks import ParkedTotals
from joinedup.commands.intake_totals import TOPIC_SETS, IntakeTotals, intake_totals
from joinedup.commands.listing import Listing
from joinedup.commands.parked_totals import parked_in_stores
from joinedup.commands.sentence import in_a_sentence
from journey.moments import day_of
from stack import LocalStack, Service, State

DEFAULT_ROOT = Path(".local")

Root = Annotated[
    Path, typer.Option("--root", envvar="JOINEDUP_ROOT", help="Folder of data, logs and secrets.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


def status(root: Root = DEFAULT_ROOT, as_json: AsJson = False) -> None:
    """Show each service, and how many records intake has read, journeyed and set aside.

    The exit code is 0 only if every service runs and every record that was read is accounted for.
    """
    with in_a_sentence():
        stack = LocalStack(root)
        services = stack.status()
        all_run = all(service.state is State.RUNNING for service in services)
        counted = _totals(stack) if all_run else []
        waiting = parked_in_stores(stack) if all_run else {}
    if as_json:
        typer.echo(json.dumps(_document(services, counted, waiting), indent=1))
    else:
        _print_services(services)
        _print_totals(counted)
        _print_parked(waiting)
    if not all_run or not all(one.is_balanced for one in counted):
        raise typer.Exit(1)


def _totals(stack: LocalStack) -> list[IntakeTotals]:
    found = (intake_totals(stack, name, topics) for name, topics in TOPIC_SETS.items())
    return [one for one in found if one is not None]


def _document(
    services: list[Service], counted: list[IntakeTotals], waiting: Mapping[str, ParkedTotals]
) -> dict[str, object]:
    return {
        "services": [service.as_dict() for service in services],
        "intake": [one.as_dict() for one in counted],
        "parked": {name: one._asdict() for name, one in waiting.items()},
    }


def _print_parked(waiting: Mapping[str, ParkedTotals]) -> None:
    for name, one in waiting.items():
        if one.records and one.since is not None:
            typer.echo(
                f"Parked in {name}: {one.records:,}, the first since {day_of(one.since)}. A record"
                " could not be taken in; see `joinedup parked list --la LA`.",
                err=True,
            )


def _print_services(services: list[Service]) -> None:
    table = Listing("service", "version", "state", "port", "process", box=None, pad_edge=False)
    for service in services:
        pid = str(service.pid) if service.pid else "—"
        table.add_row(service.name, service.version, str(service.state), str(service.port), pid)
    Console().print(table)
    for service in services:
        if service.state in (State.CRASHED, State.UNHEALTHY):
            typer.echo(f"{service.name} is {service.state}: see {service.log}", err=True)


def _print_totals(counted: list[IntakeTotals]) -> None:
    if not counted:
        return
    names = ("topics", "read", "journeyed", "dead letters", "waiting")
    table = Listing(*names, box=None, pad_edge=False)
    for one in counted:
        numbers = (one.read, one.journeyed, one.dead_letters, one.waiting)
        table.add_row(one.topics, *(f"{number:,}" for number in numbers))
    typer.echo("")
    Console().print(table)
    for one in counted:
        if not one.is_balanced:
            lost = one.read - one.journeyed - one.dead_letters
            typer.echo(
                f"Of the {one.topics} topics {lost:,} records are not accounted for.", err=True
            )
