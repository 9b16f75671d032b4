"""What publishing shows: a progress bar while it runs, and the account when it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from joinedup.commands.listing import Listing
from producers.files import Made, Outcome, Skipped
from producers.tally import Tally

Watch: TypeAlias = Callable[[Tally, Outcome], None]
_EVERY = 500
"""Rows between two movements of the bar: drawing it costs more than reading a row."""
_ROWS_SHOWN = 3
_CHUNK = 1 << 20
_NO_LINES = frozenset((".xml", ".json"))
_NO_ROWS = ".toml"


@contextmanager
def progress(console: Console, title: str, files: Sequence[Path]) -> Iterator[Watch]:
    """Show a bar over the rows of these files while the block runs; yield what moves it."""
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("rows, {task.fields[events]} events"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        # Nothing of a bar belongs in a log file, not even the line that it would leave.
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(title, total=_lines(files), events=0)
        passed = made = moved = 0

        def watch(tally: Tally, outcome: Outcome) -> None:
            nonlocal passed, made, moved
            passed += outcome.rows if isinstance(outcome, Skipped) else 0
            if isinstance(outcome, Made):
                made += 1
                passed += 1
            if passed - moved >= _EVERY:
                moved = passed
                bar.update(task, completed=passed, events=made)

        yield watch


def account(
    console: Console, tally: Tally, *, sent: bool, seconds: float, report: Path | None = None
) -> None:
    """Print the closing account: events by type, then each reason with its count and first rows."""
    rows = tally.rows()
    console.print(
        f"Rows read: {rows['read']:,}. Gave events: {rows['with_events']:,}. "
        f"Refused in whole or in part: {rows['refused']:,}. Not used: {rows['not_used']:,}.",
        soft_wrap=True,
    )
    _print_counts(console, "accepted" if sent else "valid", tally.accepted.most_common())
    _print_counts(console, "compared with what was sent before", tally.compared.most_common())
    _print_counts(console, "refused", _refusals(tally))
    _print_counts(console, "not used", tally.skipped.most_common())
    _print_counts(console, "noted", _reasons(tally.noted.most_common()))
    if tally.undelivered is not None:
        console.print(f"[bold red]Not delivered:[/] {tally.undelivered}")
    verb = "Accepted by the broker" if sent else "Valid, none sent"
    console.print(
        f"[bold]{verb}: {tally.events:,}. Refused: {tally.refused.total():,}. "
        f"Undelivered: {tally.undelivered_events:,}.[/] {seconds:.1f} s.",
        soft_wrap=True,
    )
    if tally.refused:
        where = f"{report} lists" if report else "--report FILE keeps"
        console.print(f"{where} each refusal with its file and row.", soft_wrap=True, markup=False)


def _refusals(tally: Tally) -> list[tuple[str, int]]:
    """Return each reason with its count, and in which rows it was met first."""
    places: dict[tuple[str, str], tuple[str, list[int]]] = {}
    for file, row, name, reason in tally.listed:
        first, rows = places.setdefault((name, reason), (file, []))
        if file == first and len(rows) < _ROWS_SHOWN:
            rows.append(row)
    return [
        (f"{name}: {reason}{_place(places.get((name, reason)), count)}", count)
        for (name, reason), count in tally.refused.most_common()
    ]


def _place(found: tuple[str, list[int]] | None, count: int) -> str:
    if found is None:
        return ""
    file, rows = found
    which = f" row {', '.join(map(str, rows))}" if all(rows) else ""
    more = ", …" if count > len(rows) else ""
    return f" ({file}{which}{more})"


def _reasons(counted: list[tuple[tuple[str, str], int]]) -> list[tuple[str, int]]:
    return [(f"{field}: {reason}", count) for (field, reason), count in counted]


def _print_counts(console: Console, title: str, counted: list[tuple[str, int]]) -> None:
    if not counted:
        return
    console.print(title, style="italic")  # a table's own title is folded to the table's width
    table = Listing(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    for what, count in counted:
        table.add_row(f"{count:,}", what)
    console.print(table)


def _lines(files: Sequence[Path]) -> int | None:
    """Return how many lines the files have; None where a row is no line."""
    if any(file.suffix.lower() in _NO_LINES for file in files):
        return None
    return sum(_lines_of(file) for file in files if file.suffix.lower() != _NO_ROWS)


def _lines_of(file: Path) -> int:
    with file.open("rb") as opened:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: opened.read(_CHUNK), b""))
