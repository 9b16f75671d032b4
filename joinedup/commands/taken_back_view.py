"""How it is said who had looked at what was taken back, and is to be told of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from rich.console import Console

from consumers.store.looking import Looked
from consumers.store.reading import Alert
from consumers.store.taken_back import Acted
from joinedup.commands.child_then import moment_text
from joinedup.commands.listing import Listing
from joinedup.commands.words import day_text


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that was withdrawn or given to another child, and who is to be told of that.

    looked: who had looked at the record that it was told of. acted: who did something about it.
    """

    alert: Alert
    looked: tuple[Looked, ...]
    acted: tuple[Acted, ...] = ()


def fields(gone: Iterable[Gone]) -> list[dict[str, Any]]:
    """Return for JSON each alert that was taken back, with who had looked, and who acted."""
    names = ("alert_id", "child", "duty", "due", "status")
    return [
        {name: one.alert[name] for name in names} | {"looked": one.looked, "acted": one.acted}
        for one in gone
    ]


def show(console: Console, gone: Iterable[Gone]) -> None:
    """Print each alert that was taken back, with who had looked: these people are to be told."""
    for one in gone:
        done = "withdrawn" if one.alert["status"] == "WITHDRAWN" else "given to another child"
        due = day_text(one.alert["due"])
        console.print(f"\n{one.alert['duty']}, due by {due}, was {done}.")
        for act in one.acted:
            words = act.act.lower().replace("_", " ")
            console.print(f"To be told: {act.by}, who did something about it ({words}).")
        if not one.looked:
            console.print("Nobody had looked at the record that it was told of.", style="dim")
            continue
        console.print("To be told, since they had looked at the record that it was told of:")
        table = Listing("who", "as", "looked at", "with", box=None, pad_edge=False)
        for look in one.looked:
            table.add_row(look.reader, look.role, moment_text(look.at), look.command)
        console.print(table)
