"""``joinedup reviews``: what a person has to look at beside identities in doubt."""

from __future__ import annotations

from collections.abc import Iterable

import typer
from rich.console import Console

from consumers.store.reviews import REASONS, Standing
from consumers.store.reviews import reviews as standing
from joinedup.commands import read_view
from joinedup.commands.listing import Listing
from joinedup.commands.read import AsJson, AsRole, Authority, EnvFile
from joinedup.commands.reader import Role, reader
from journey.moments import day_of
from journey.words import day_text


def register(app: typer.Typer) -> None:
    """Mount ``joinedup reviews``."""
    app.command()(reviews)


def reviews(
    la: Authority, as_json: AsJson = False, role: AsRole = Role.LEAD, env_file: EnvFile = None
) -> None:
    """List contradictions, lists that lost too much, and rules and calendars with a fault.

    Identities in doubt are in ``joinedup identity queue``.
    """
    with reader(env_file, la, role) as (_, store):
        found = standing(store)
    if as_json:
        read_view.as_json({"reviews": found})
    elif found:
        show(found)
    else:
        typer.echo("Nothing has to be looked at.")


def show(found: Iterable[Standing]) -> None:
    """Print them, the longest known first."""
    table = Listing("known on", "kind", "what", "event or batch", "child", box=None, pad_edge=False)
    for one in found:
        table.add_row(
            day_text(day_of(one.known_at)),
            one.kind.replace("-", " "),
            REASONS.get(one.reason, one.reason.replace("-", " ")),
            one.about,
            (one.child or "—")[: read_view.SHORT],
        )
    console = Console()
    console.print(table)
    console.print("Ask the source; its next revision is what stands.", style="dim")
