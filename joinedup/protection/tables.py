"""Tables and words of the data-protection pack."""

from __future__ import annotations

from collections.abc import Iterable

NOTHING = "–"


def table(head: str, rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table; what is empty is shown as a dash."""
    lines = ("| " + " | ".join(cell or NOTHING for cell in row) + " |\n" for row in rows)
    columns = head.count("|") + 1
    return f"| {head} |\n|{'---|' * columns}\n" + "".join(lines)


def code(names: Iterable[str]) -> str:
    """Return names as code, in their order, with commas between."""
    return ", ".join(f"`{name}`" for name in names)
