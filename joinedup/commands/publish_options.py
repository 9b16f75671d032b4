"""The options of the publishing commands, each with its line of help."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from producers.files import FORMATS
from schemas.sources import AGENCIES


def _among(names: Iterable[str]) -> Callable[[str], list[str]]:
    """Return what completes one of these names in the shell."""
    known = tuple(names)
    return lambda incomplete: [name for name in known if name.startswith(incomplete)]


Files = Annotated[
    list[Path],
    typer.Argument(exists=True, readable=True, help="Files, or folders of files.", metavar="FILE…"),
]
FormatName = Annotated[
    str | None,
    typer.Option(
        "--format",
        help=f"One of {', '.join(FORMATS)}; told by the names if left out.",
        autocompletion=_among(FORMATS),
    ),
]
Authority = Annotated[
    str, typer.Option("--la", help="Three-digit code of the local authority, such as 330.")
]
OwnAuthority = Annotated[
    str | None,
    typer.Option("--la", help="Code of the local authority; the one that the files name, or 999."),
]
Memory = Annotated[
    Path,
    typer.Option(
        "--memory",
        envvar="JOINEDUP_MEMORY",
        help="Folder in which is remembered what was sent, as keyed hashes.",
    ),
]
Afresh = Annotated[
    bool,
    typer.Option("--afresh", help="Begin anew where an earlier run of these files was cut off."),
]
Organisation = Annotated[
    str | None, typer.Option(help="Whose system speaks; told by the sources file if left out.")
]
System = Annotated[
    str | None, typer.Option(help="The system's name there; told by the sources file if left out.")
]
Agency = Annotated[
    str | None,
    typer.Option(
        help=f"For format events: one of {', '.join(AGENCIES)}.", autocompletion=_among(AGENCIES)
    ),
]
ExtractedAt = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"],
        help="When the system wrote the files, UTC; now if left out. Also the rows' revision.",
    ),
]
OpaqueUpn = Annotated[
    bool,
    typer.Option(
        "--opaque-upn", help="Keep pupil numbers that are no UPN as the school system's own ids."
    ),
]
ReportFile = Annotated[
    Path | None, typer.Option("--report", help="Write the account, with each refusal, as JSON.")
]
EnvFile = Annotated[
    Path | None,
    typer.Option(exists=True, help="File of settings; else .local/env/publisher.env if there."),
]
Rhythm = Annotated[
    int, typer.Option(min=1, help="Hours without a sign of life after which it counts as silent.")
]
Snapshot = Annotated[
    str | None,
    typer.Option(help="The files are all there is of this scope: what they lack is retracted."),
]
Join = Annotated[
    bool, typer.Option(help="Say that the source joins the authority, before the batch.")
]
Streaming = Annotated[
    bool, typer.Option("--streaming", help="It joins as a source that sends as things happen.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and check everything, send nothing.")]
CompleteTo = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%dT%H:%M:%S"], help="Until when all was sent, UTC; else now."),
]
