"""``joinedup disks``: whether what is kept here lies on encrypted disks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from joinedup.commands.status import DEFAULT_ROOT, Root
from stack import LocalStack
from stack.disks import Disk, disk_of
from stack.layout import KAFKA, POSTGRESQL

Folders = Annotated[
    list[Path] | None,
    typer.Argument(exists=True, help="Which folders, such as a volume's; else the local stack's."),
]


def register(app: typer.Typer) -> None:
    """Mount ``joinedup disks``."""
    app.command("disks")(disks)


def disks(folders: Folders = None, root: Root = DEFAULT_ROOT) -> None:
    """Say of each folder of data, backups and secrets whether its disk is encrypted.

    What agencies sent lies on Kafka's disk as they sent it, and who looked lies in the stores and
    their backups. The exit code is 0 only where each is on a disk that this machine encrypts.
    """
    found = {folder: disk_of(folder) for folder in folders or _of_the_stack(root)}
    if not found:
        typer.echo(
            f"There is nothing in {root} yet: name the folders, or run joinedup up.", err=True
        )
        raise typer.Exit(1)
    for folder, disk in found.items():
        typer.echo(f"{folder}: {disk}.")
    if set(found.values()) != {Disk.ENCRYPTED}:
        typer.echo(
            "Encrypt these disks (LUKS), or have it in writing that the host or the drive does"
            " it: docs/operations.md says what lies there.",
            err=True,
        )
        raise typer.Exit(1)


def _of_the_stack(root: Path) -> list[Path]:
    layout = LocalStack(root).layout
    kept = (layout.data(KAFKA), layout.data(POSTGRESQL), layout.backups, layout.secrets.parent)
    return [folder for folder in kept if folder.exists()]
