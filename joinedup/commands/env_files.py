"""Which file of settings a command reads: the one that is given, else the local stack's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

AUDITOR, SEALER, JOIN, NOTIFIER = (
    Path(f".local/env/{process}.env") for process in ("auditor", "sealer", "join", "notifier")
)


def _else(file: Path) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(help=f"File of settings; else {file} if there.")
    return option


AuditorEnvFile = Annotated[Path | None, _else(AUDITOR)]
SealerEnvFile = Annotated[Path | None, _else(SEALER)]
JoinEnvFile = Annotated[Path | None, _else(JOIN)]
NotifierEnvFile = Annotated[Path | None, _else(NOTIFIER)]


def settings_file(given: Path | None, otherwise: Path) -> Path | None:
    """Return the file that is given, else the other one where it is there."""
    return given or (otherwise if otherwise.exists() else None)
