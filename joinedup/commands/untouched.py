"""``joinedup untouched``: whether a named person has seen every open alert, for a nightly run."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from consumers.store.untouched import Reconciled, Untouched, reconciled, untouched
from joinedup.commands import read_view
from joinedup.commands.listing import Listing
from joinedup.commands.read import AsJson, AsRole, Authority, EnvFile
from joinedup.commands.reader import Role, reader
from journey.silence import SOURCE_SILENT

FOUND = 1
"""Exit code where an open alert was seen by nobody: a nightly run can be watched by it."""
LIMIT = 1000


def register(app: typer.Typer) -> None:
    """Mount ``joinedup untouched``."""
    app.command("untouched")(untouched_command)


def untouched_command(
    la: Authority,
    limit: Annotated[int, typer.Option(min=1, help="List at most so many.")] = LIMIT,
    as_json: AsJson = False,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
) -> None:
    """Show that a named person has seen every open alert, or which ones nobody has seen or has.

    Meant for every night: it ends with code 1 where an open alert was seen by nobody.
    """
    with reader(env_file, la, role) as (_, store):
        counts, found = reconciled(store), untouched(store, limit)
    if as_json:
        read_view.as_json({**_counts(counts), "alerts": [_fields(one) for one in found]})
    else:
        _show(counts, found)
    if counts.unseen:
        raise typer.Exit(FOUND)


def _counts(counts: Reconciled) -> dict[str, object]:
    return {
        "open": counts.open,
        "seen": counts.seen,
        "unseen": counts.unseen,
        "assigned": counts.assigned,
        "set_aside": counts.aside,
        "escalated_by_itself": counts.escalated,
        "seen_by": dict(counts.by_whom),
    }


def _fields(one: Untouched) -> dict[str, object]:
    alert = one.alert
    return {
        "alert_id": alert["alert_id"],
        "child": alert["child"],
        "duty": alert["duty"],
        "severity": alert["severity"],
        "due": alert["due"],
        "seen_by": one.stands.seen_by if one.stands else (),
        "assignee": one.stands.assignee if one.stands else "",
        "escalated": one.stands.escalated if one.stands else "",
    }


def _show(counts: Reconciled, found: list[Untouched]) -> None:
    console = Console()
    console.print(
        f"{counts.open} open alerts: {counts.seen} seen by a named person since they were last"
        f" told, {counts.unseen} by nobody; {counts.assigned} that somebody has."
        f" {counts.escalated} escalated by themselves, {counts.aside} are set aside."
    )
    for name, count in counts.by_whom:
        console.print(f"  {name} has seen {count}.")
    if not found:
        console.print("Every open alert was seen, and somebody has it.")
        return
    table = Listing("severity", "due", "child", "duty", "seen by", "who has it", box=None)
    for one in found:
        alert, stands = one.alert, one.stands
        whom = "—" if alert["duty"] == SOURCE_SILENT.id else alert["child"][: read_view.SHORT]
        seen = ", ".join(stands.seen_by) if stands else ""
        table.add_row(
            alert["severity"],
            alert["due"],
            whom,
            alert["duty"],
            seen or "nobody",
            (stands.assignee if stands else "") or "nobody",
        )
    console.print(table)
