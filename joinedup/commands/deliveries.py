"""``joinedup deliveries``: who was told of alerts, by what, and what could not be delivered."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from consumers.store.deliveries import TOLD, WAITING, deliveries, untold
from joinedup.commands import read_view
from joinedup.commands.deliveries_view import states_table
from joinedup.commands.read import AsJson, AsRole, Authority, EnvFile
from joinedup.commands.reader import Role, reader

SHOWN = 50


class State(StrEnum):
    """Which deliveries to show."""

    WAITING = "waiting"
    TOLD = "told"
    GIVEN_UP = "given-up"
    ALL = "all"


_STEPS = {State.WAITING: WAITING, State.TOLD: TOLD, State.GIVEN_UP: ("GIVEN_UP",), State.ALL: None}


def register(app: typer.Typer) -> None:
    """Mount ``joinedup deliveries``."""
    app.command("deliveries")(show_deliveries)


def show_deliveries(
    la: Authority,
    alert: Annotated[
        str | None, typer.Option(help="Only of this alert; the beginning of its id is enough.")
    ] = None,
    state: Annotated[State, typer.Option(help="Only in this state.")] = State.ALL,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the last first.")] = SHOWN,
    as_json: AsJson = False,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
) -> None:
    """Show who was told of alerts, by what, what became of it, and what nobody was told of.

    Recipients are shown by their codes in the file of recipients (docs/notifications.md).
    """
    with reader(env_file, la, role) as (_, store):
        found = deliveries(store, steps=_STEPS[state], alert=alert, limit=limit)
        missing = untold(store)
    if as_json:
        read_view.as_json({"deliveries": found, "untold_critical": missing})
        return
    console = Console()
    if found:
        console.print(states_table(found))
    else:
        typer.echo(f"No such delivery of local authority {la}: see that `run notifier` runs.")
    if missing:
        named = ", ".join(one[:8] for one in missing[:5]) + (" …" if len(missing) > 5 else "")
        count = (
            "1 critical alert is" if len(missing) == 1 else f"{len(missing):,} critical alerts are"
        )
        them = "it" if len(missing) == 1 else "them"
        console.print(
            f"{count} open and nobody was told of {them}: {named}.",
            style="bold red",
            soft_wrap=True,
        )
