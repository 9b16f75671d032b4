"""What the demo shows while one waits: a bar over what is sent, a line for what runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

_EVERY = 200
"""Items between two movements of the bar."""


@contextmanager
def counting(console: Console, title: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar while the block runs; yield what moves it. Without a terminal, say it once."""
    if not console.is_terminal:
        console.print(f"{title} …")
        yield lambda _: None
        return
    columns = (SpinnerColumn(), TextColumn(title), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(title, total=total)

        def move(done: int) -> None:
            if done % _EVERY == 0 or done == total:
                bar.update(task, completed=done)

        yield move


@contextmanager
def waiting(console: Console, title: str) -> Iterator[None]:
    """Say what is being done; on a terminal, with the time that it takes."""
    if not console.is_terminal:
        console.print(f"{title} …")
        yield
        return
    columns = (SpinnerColumn(), TextColumn(title), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        bar.add_task(title, total=None)
        yield
