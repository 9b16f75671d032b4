"""How far a replay has come, on a terminal: records, rate and what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class _Rate(TextColumn):
    """Records a second."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f} records/s" if task.speed else "")


@contextmanager
def following(console: Console, title: str, total: int) -> Iterator[Callable[[int], None]]:
    """Yield what takes the number of records passed; without a terminal, say it once."""
    if not console.is_terminal:
        console.print(f"{title}: {total:,} records …")
        yield lambda _: None
        return
    columns = (SpinnerColumn(), TextColumn(title), BarColumn(), MofNCompleteColumn(), _Rate())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda passed: bar.update(task, completed=passed)
