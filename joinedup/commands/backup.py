"""``joinedup backup`` and ``restore-backup``: a copy of the stores, and any moment since."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from joinedup.commands.sentence import in_a_sentence
from joinedup.commands.status import DEFAULT_ROOT, Root
from stack import LocalStack

KEEP = 7
Keep = Annotated[int, typer.Option(min=1, help="How many backups stay; older ones are removed.")]
Name = Annotated[str | None, typer.Argument(help="Which backup; the newest that will do if none.")]
Until = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%dT%H:%M:%S"], help="The last moment to keep, UTC; all there is if none."
    ),
]

Unsigned = Annotated[
    bool, typer.Option("--unsigned", help="Also one that this installation did not sign.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of backups."""
    app.command()(backup)
    app.command("restore-backup")(restore_backup)


def backup(root: Root = DEFAULT_ROOT, keep: Keep = KEEP) -> None:
    """Copy the stores, the leaf keys and the registry's schemas while they are in use.

    Passwords and keys are not in it: keep the folder of the secrets too, and apart from this. It is
    signed by a key among them, and no other is restored.
    """
    with in_a_sentence():
        stack = LocalStack(root)
        name = stack.backups().take(keep=keep)
    typer.echo(f"Backup {name} is whole; it is in {stack.layout.backups}.")


def restore_backup(
    root: Root = DEFAULT_ROOT, name: Name = None, until: Until = None, unsigned: Unsigned = False
) -> None:
    """Put a backup in the place of the stores, which must be stopped, up to a moment if wanted.

    The next start brings it up to that moment; the join then goes on from where it was.
    """
    moment = until.replace(tzinfo=UTC) if until else None
    with in_a_sentence():
        backups = LocalStack(root).backups()
        chosen = name or backups.newest(moment)
        before = backups.restore(chosen, until=moment, is_signed=not unsigned)
    typer.echo(
        f"Backup {chosen} is in place; joinedup up brings it up to the moment and starts it."
    )
    typer.echo(
        "Children who were erased since that moment: once the join has caught up, run joinedup"
        " erase-again for each local authority."
    )
    if before:
        typer.echo(f"What was there before is kept in {before}: remove it when all is well.")
