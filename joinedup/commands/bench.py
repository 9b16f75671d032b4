"""``joinedup bench``: how fast events become alerts on this machine, on the real services."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from joinedup.bench.adapters import AdapterFailed, known_formats
from joinedup.bench.parts import (
    DEFAULT,
    FULL,
    PARTS,
    Part,
    Workplace,
    measured,
    parts,
)
from joinedup.bench.peers import Peer
from joinedup.bench.result import Told, machine, result
from joinedup.commands.demo_processes import ProcessFailed
from joinedup.commands.interrupted import Interrupted, nothing_left_running
from joinedup.commands.stack import DEFAULT_ROOT, Mirror, Root
from producers.simulate.sending import SendingFailed
from schemas.registry import RegistryError
from stack import LocalStack, StackError

Events = Annotated[
    int | None,
    typer.Option(min=1000, help="How many events to publish, for pipeline and for peers."),
]
Alerts = Annotated[
    int | None, typer.Option(min=10, help="How many alerts to wait for, one by one, for pipeline.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Only = Annotated[
    list[Part] | None,
    typer.Option(help="Only this part; may be given several times. " + " ".join(PARTS.values())),
]
Full = Annotated[
    bool,
    typer.Option("--full", help="Every part, at the sizes of a large authority: takes hours."),
]
Megabytes = Annotated[
    float, typer.Option(min=0.1, help="How large the files of each format are, for adapters.")
]
Rows = Annotated[
    int | None,
    typer.Option(min=1000, help="How many alerts, for pages; ten timeline rows for each."),
]
PeerNames = Annotated[
    list[Peer] | None,
    typer.Option("--peer", help="Only this one, for peers; may be given several times."),
]
Children = Annotated[
    int | None, typer.Option(min=100, help="How many children have open deadlines, for deadlines.")
]
Midnight = Annotated[
    int | None, typer.Option(min=10, help="How many fall due at one midnight, for deadlines.")
]
Grown = Annotated[
    list[int] | None,
    typer.Option(
        min=2_000, help="How many children a store has, for growth; may be given several times."
    ),
]
FormatNames = Annotated[
    list[str] | None,
    typer.Option("--format", help="Only this format, for adapters; may be given several times."),
]

_FAULTS = (StackError, ProcessFailed, SendingFailed, AdapterFailed, RegistryError)


def register(app: typer.Typer) -> None:
    """Add the benchmark to the command line."""
    app.command()(bench)


def bench(
    root: Root = DEFAULT_ROOT,
    repository: Mirror = None,
    only: Only = None,
    full: Full = False,
    events: Events = None,
    alerts: Alerts = None,
    megabytes: Megabytes = 4.0,
    formats: FormatNames = None,
    rows: Rows = None,
    peers: PeerNames = None,
    children: Children = None,
    midnight: Midnight = None,
    grown: Grown = None,
    as_json: AsJson = False,
) -> None:
    """Measure how fast events become alerts, how soon, and how that grows.

    Everything runs on this machine, on topics and stores of the benchmark's own. Numbers of shared
    machines differ from run to run: compare ratios of one run. Without --only and --full it takes
    about ten minutes. All that was measured is kept in bench/measured.json of the root folder.
    """
    names = _names(formats)
    sizes = (FULL if full else DEFAULT).but(
        events=events,
        alerts=alerts,
        rows=rows,
        megabytes=megabytes,
        formats=names,
        peers=tuple(peers or ()),
        children=children,
        midnight=midnight,
        grown=tuple(grown) if grown else None,
    )
    stack = LocalStack(root, repository=repository)
    place = Workplace(
        console=Console(stderr=True),
        root=root.absolute(),
        stack=stack,
        sizes=sizes,
        repository=repository,
    )
    told: list[Told] = []
    try:
        with nothing_left_running(stack):
            for one in _told_by(parts(only, full), place, is_chosen=bool(only)):
                told.append(one)
                if not as_json:
                    typer.echo(one.text)
    except Interrupted as interrupted:
        raise typer.Exit(interrupted.exit_code) from None
    except _FAULTS as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None
    finally:
        found = result((one.values for one in told), machine())
        _keep(place.folder, {**found, "more": [one.more for one in told if one.more]})
    if as_json:
        typer.echo(json.dumps(found))


def _told_by(chosen: list[Part], place: Workplace, *, is_chosen: bool) -> Iterator[Told]:
    for part in chosen:
        try:
            yield measured(part, place)
        except StackError as lacks:
            if is_chosen or part is not Part.PAGES:
                raise
            # Without the demo's store all the rest can be measured all the same.
            typer.echo(f"Pages are left out. {lacks}", err=True)


def _names(given: list[str] | None) -> tuple[str, ...]:
    names = tuple(given or known_formats())
    unknown = [name for name in names if name not in known_formats()]
    if unknown:
        known = ", ".join(known_formats())
        typer.echo(f"There is no format {unknown[0]}: give one of {known}.", err=True)
        raise typer.Exit(2)
    return names


def _keep(folder: Path, found: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "measured.json").write_text(json.dumps(found, indent=2) + "\n", "utf-8")
