"""How identities in doubt are shown: what agrees and what does not, never an identifier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from rich.console import Console

from consumers.store.candidates import Candidate
from consumers.store.identities import WHY, Doubt, Leaf, letters_of, marks_of
from joinedup.commands import read_view
from joinedup.commands.listing import Listing
from joinedup.commands.words import day_text


def queue(console: Console, found: list[Doubt], forward: Sequence[Candidate] = ()) -> None:
    """Print the doubts, the oldest first, then the candidates, the heaviest first."""
    table = Listing("name", "children", "since", "why", box=None, pad_edge=False)
    for one in found:
        table.add_row(one.name, *_whom(one), WHY.get(one.reason, one.reason))
    for other in forward:
        why = f"name, birth and postcode speak for one child: weight {other.weight:+.1f}"
        table.add_row(other.name, *_whom(other), why)
    console.print(table)
    count = len(found) + len(forward)
    doubts = "1 identity" if count == 1 else f"{count} identities"
    console.print(f"{doubts} in doubt. See: joinedup identity show NAME", style="dim")


def _whom(one: Doubt | Candidate) -> tuple[str, str]:
    children = " ".join(child[: read_view.SHORT] for child in one.children)
    return children, read_view.day_of(one.since).isoformat()


def weights(console: Console, one: Candidate) -> None:
    """Print what each comparison of two records says for one child, and of all together."""
    table = Listing("comparison", "how far they agree", "weight", box=None, pad_edge=False)
    for said in one.because:
        field, level = (words.replace("_", " ") for words in (said.field, said.level))
        table.add_row(field, level.replace("-", " "), f"{said.weight:+.2f}")
    table.add_row("all, with how rare it is", "", f"{one.weight:+.2f}")
    console.print(table)
    console.print(
        f"By the numbers of {one.model}: a weight of 1 more is twice the odds, 0 is as likely as"
        " not. What was compared is shown nowhere: ask the sources. Decide with joinedup identity"
        " link or apart.",
        style="dim",
    )


def side_by_side(console: Console, doubt: Doubt | None, found: list[Leaf]) -> None:
    """Print the records of the children concerned, and which identifiers they have in common."""
    if doubt is not None:
        console.print(f"Not taken as one: {WHY.get(doubt.reason, doubt.reason)}.")
    table = Listing("child", "record", "source", "known since", "facts", "born", "identifiers")
    table.box, table.pad_edge = None, False
    names = letters_of(found)
    for one in found:
        table.add_row(
            one.child[: read_view.SHORT],
            one.token[: read_view.SHORT],
            one.source,
            read_view.day_of(one.first_known).isoformat(),
            str(one.facts),
            day_text(one.born) if one.born else "not given",
            ", ".join(marks_of(one, names)) or "none",
        )
    console.print(table)
    console.print(
        "Identifiers with the same letter are equal. A source finds its record by the event:",
        style="dim",
    )
    for one in found:
        console.print(f"  {one.token[: read_view.SHORT]}  {one.last_event}", style="dim")


def evidence(found: list[Leaf]) -> list[dict[str, Any]]:
    """Return the records for JSON, identifiers by letters that say which are equal."""
    names = letters_of(found)
    return [msgspec.to_builtins(one) | {"marks": list(marks_of(one, names))} for one in found]
