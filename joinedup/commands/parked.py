"""``joinedup parked``: children whose records wait because one could not be taken in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console

from consumers.store.parks import Park, parks
from joinedup.commands import read_view
from joinedup.commands.deciding import ApprovedBy, PublisherEnvFile, speaker
from joinedup.commands.listing import Listing
from joinedup.commands.publish_options import Organisation, System
from joinedup.commands.read import AsJson, AsRole, Authority, EnvFile
from joinedup.commands.reader import Role, reader, stop
from joinedup.commands.words import in_words
from journey.cluster import REDRIVE

MOST = 100
"""How many children one command orders to be redriven, unless it is told another number."""

Child = Annotated[str, typer.Argument(help="The child's key; its first characters are enough.")]


def register(app: typer.Typer) -> None:
    """Mount ``joinedup parked``."""
    parked = typer.Typer(
        help="Children whose records wait because one could not be taken in.",
        no_args_is_help=True,
    )
    parked.command("list")(list_parked)
    parked.command("show")(show_parked)
    parked.command("redrive")(redrive)
    app.add_typer(parked, name="parked")


def list_parked(
    la: Authority, as_json: AsJson = False, role: AsRole = Role.LEAD, env_file: EnvFile = None
) -> None:
    """List the children whose records wait, the longest first: how many, since when and why."""
    with reader(env_file, la, role) as (_, store):
        found = parks(store)
    if as_json:
        read_view.as_json({"parked": [_summary(one) for one in found]})
    elif not found:
        typer.echo("Nothing is parked.")
    else:
        _show_all(found)


def show_parked(
    child: Child,
    la: Authority,
    as_json: AsJson = False,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
) -> None:
    """Show which records of a child wait, in the order in which they will be taken."""
    with reader(env_file, la, role) as (_, store):
        found = _named(parks(store), child)
    if as_json:
        read_view.as_json(found)
        return
    table = Listing("number", "known on", "record", "why", box=None, pad_edge=False)
    for one in found.waiting:
        why = f"could not be taken ({one.reason})" if one.reason else "waits behind it"
        table.add_row(str(one.number), _day(one.known_at), in_words(one.type), why)
    console = Console()
    console.print(f"Child {found.child}")
    console.print(table)


def redrive(
    la: Authority,
    reason: Annotated[
        str, typer.Option(help="Why now, such as the release that mends it; names no person.")
    ],
    approved_by: ApprovedBy,
    child: Annotated[
        str | None, typer.Argument(help="The child's key; its first characters are enough.")
    ] = None,
    all_children: Annotated[bool, typer.Option("--all", help="Every child that waits.")] = False,
    at_most: Annotated[
        int, typer.Option(min=1, help="With --all: at most so many, the longest waiting first.")
    ] = MOST,
    organisation: Organisation = None,
    system: System = None,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
    publisher_env_file: PublisherEnvFile = None,
) -> None:
    """Order that a child's parked records be taken again, in order, now that the cause is mended.

    Each child is an order of its own on the decisions topic; Ctrl-C stops before the next one. A
    record that fails again stays parked, with all that waits behind it.
    """
    if (child is None) != all_children:
        stop("Name one child by its key or give --all, one of the two.")
    with reader(env_file, la, role) as (_, store):
        found = parks(store)
    chosen = found[:at_most] if all_children else [_named(found, child or "")]
    with speaker(la, organisation, system, publisher_env_file) as who, _stoppable() as ordered:
        for one in chosen:
            who.decide(
                REDRIVE,
                f"redrive/{one.record}/{time.time_ns()}",
                1,
                park=one.record,
                reason=reason,
                approved_by=approved_by,
            )
            ordered.append(one)
    left = len(found) - len(ordered)
    typer.echo(
        f"Ordered for {_children(len(ordered))}, {_records(ordered)}; {left} not."
        f" Once intake and join have come to it, see: joinedup parked list --la {la}"
    )


@contextmanager
def _stoppable() -> Iterator[list[Park]]:
    """Yield a list of what was done; an interruption ends the block and is no fault."""
    done: list[Park] = []
    try:
        yield done
    except KeyboardInterrupt:
        typer.echo("Stopped between two orders.", err=True)


def _named(found: list[Park], key: str) -> Park:
    mine = [one for one in found if (one.child or "").startswith(key)]
    if not mine:
        stop("No child that waits has a key that begins so: see `joinedup parked list`.")
    if len(mine) > 1:
        stop("The keys of several children that wait begin so: give more of the key.")
    return mine[0]


def _summary(park: Park) -> dict[str, object]:
    return {
        "child": park.child,
        "records": len(park.waiting),
        "since": park.since,
        "type": park.type,
        "reason": park.reason,
    }


def _show_all(found: list[Park]) -> None:
    table = Listing(
        "child", "records", "since", "could not be taken", "why", box=None, pad_edge=False
    )
    for one in found:
        key = (one.child or "—")[: read_view.SHORT]
        table.add_row(key, str(len(one.waiting)), _day(one.since), in_words(one.type), one.reason)
    console = Console()
    console.print(table)
    console.print(
        f"{_children(len(found))}, {_records(found)}. Mend the cause, then see:"
        " joinedup parked redrive --help",
        style="dim",
    )


def _day(moment: int) -> str:
    return read_view.day_of(moment).isoformat()


def _children(count: int) -> str:
    return "1 child" if count == 1 else f"{count} children"


def _records(found: list[Park]) -> str:
    count = sum(len(one.waiting) for one in found)
    return "1 record" if count == 1 else f"{count} records"
