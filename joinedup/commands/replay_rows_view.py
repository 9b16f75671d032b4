"""How rows that are not what their records say look on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from consumers.replay import attended
from consumers.replay.attended import RowDifference
from consumers.replay.comparing import fields_of
from joinedup.commands.listing import Listing

_TOPICS = {attended.Table.DELIVERIES: "deliveries"}


def counted(rows: Mapping[attended.Table, int]) -> str:
    """Return a sentence of how many rows beside the transitions follow; nothing where none were."""
    if not rows:
        return ""
    *others, last = (f"{number:,} {table}" for table, number in rows.items())
    return f" So do {', '.join(others)} and {last}." if others else f" So do {last}."


def show(console: Console, found: Sequence[RowDifference], most: int) -> None:
    """Print the first of these differences, each with the record behind it."""
    title = "Differences of what people did and were told"
    table = Listing(
        title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 1, 0)
    )
    table.add_column("difference", no_wrap=True)
    table.add_column("LA")
    table.add_column("row", no_wrap=True)
    table.add_column("what, and the record behind it", ratio=1)
    for one in found[:most]:
        place = f"{one.table}\nalert {one.alert_id[:8]}"
        table.add_row(Text(one.fault, "bold red"), one.la, place, Text("\n".join(_lines(one))))
    console.print(table)
    if len(found) > most:
        console.print(f"The first {most} of {len(found):,}; --json lists all.")


def _lines(one: RowDifference) -> list[str]:
    kept, replayed = fields_of(one.kept or ""), fields_of(one.replayed or "")
    said = replayed or kept
    lines = [str(said.get("act") or said.get("step") or "how the alert stands")]
    if one.kept is not None and one.replayed is not None:
        lines += [
            f"{name}: kept {kept.get(name)!r}, follows {replayed.get(name)!r}"
            for name in sorted(kept.keys() | replayed.keys())
            if kept.get(name) != replayed.get(name)
        ]
    return [*lines, _record(one)]


def _record(one: RowDifference) -> str:
    if one.partition is None or one.offset is None:
        return "No record says so."
    topic = _TOPICS.get(one.table, "journeys")
    return f"Record: {topic}, partition {one.partition}, offset {one.offset}."
