"""``joinedup protection``: what a data protection officer asks, from what the platform goes by."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from consumers.errors import SettingsError
from joinedup.commands.retention_file import ScheduleUnreadable
from joinedup.protection.document import page
from joinedup.protection.installation import Installation
from schemas.sources import SourcesInvalid


def _file(of_what: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(exists=True, dir_okay=False, help=of_what)
    return option


def register(app: typer.Typer) -> None:
    """Mount ``joinedup protection``."""
    app.command()(protection)


def protection(
    sources: Annotated[Path | None, _file("The sources file, for the agreements in it.")] = None,
    recipients: Annotated[Path | None, _file("The file of recipients: who is told.")] = None,
    schedule: Annotated[Path | None, _file("The retention schedule.")] = None,
) -> None:
    """Print the inputs of a data protection impact assessment, and evidence for the DSPT.

    In Markdown, from schemas, topics, permissions and roles, as docs/data-protection.md; with the
    files of an installation also its agreements, recipients and retention. No secret is printed.
    """
    now_ms = time.time_ns() // 1_000_000
    try:
        typer.echo(page(Installation(sources, recipients, schedule, now_ms)), nl=False)
    except (SourcesInvalid, SettingsError, ScheduleUnreadable) as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None
