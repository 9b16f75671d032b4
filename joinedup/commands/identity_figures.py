"""``joinedup identity figures``: how right the shipped numbers are, where the truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from consumers.errors import SettingsError
from consumers.matching.figures import Figures, figures_of, linked_sets
from consumers.matching.model import MODEL, THRESHOLD
from joinedup.commands import read_view
from joinedup.commands.listing import Listing
from joinedup.commands.read import AsJson
from joinedup.commands.reader import stop

Data = Annotated[
    Path, typer.Option(exists=True, file_okay=False, help="Folder of linked sets, as data/README.")
]
Threshold = Annotated[
    float,
    typer.Option(help="Weight from which a pair is put forward; else the shipped one."),
]


def figures(data: Data, threshold: Threshold = THRESHOLD, as_json: AsJson = False) -> None:
    """Print precision and recall of what is put forward, on sets of invented people."""
    try:
        found = [figures_of(one, threshold) for one in linked_sets(data)]
    except (OSError, KeyError) as fault:
        stop(f"The linked sets cannot be read ({type(fault).__name__}): see --data.")
    except SettingsError as fault:
        stop(str(fault))
    if as_json:
        read_view.as_json({"model": MODEL, "threshold": threshold, "sets": _fields(found)})
    else:
        _show(found, threshold)


def _fields(found: list[Figures]) -> list[dict[str, object]]:
    return [
        {
            "set": one.name,
            "records": one.records,
            "pairs": one.truth,
            "put_forward": one.found,
            "right": one.right,
            "precision": round(one.precision, 4),
            "recall": round(one.recall, 4),
        }
        for one in found
    ]


def _show(found: list[Figures], threshold: float) -> None:
    table = Listing(box=None, pad_edge=False)
    table.add_column("set")
    for name in ("records", "pairs", "put forward", "right", "precision", "recall"):
        table.add_column(name, justify="right")
    for one in found:
        counts = (one.records, one.truth, one.found, one.right)
        rates = (f"{one.precision:.3f}", f"{one.recall:.3f}")
        table.add_row(one.name, *(f"{count:,}" for count in counts), *rates)
    console = Console()
    console.print(table)
    console.print(f"Numbers of {MODEL}, put forward from a weight of {threshold:g}.", style="dim")
