"""How long children's records are kept, in words and as a table; no child's key but in JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from rich.console import Console

from joinedup.commands.listing import Listing
from joinedup.commands.words import day_text
from journey.retention import PERIODS, Kept, Schedule

_SOON_DAYS = 365
ACTIVE_DAYS = 365
"""Of whom a record came within so many days, nobody is erased by a schedule: our own rule."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """How long one child is kept, and what keeps it from being erased then.

    heard: the day on which the last record of it came. tied: the keys of other children without
    whom it cannot be erased.
    """

    child: str
    kept: Kept
    heard: date
    held: bool
    tied: tuple[str, ...]
    waiting: bool

    def has_ended(self, day: date) -> bool:
        """Return whether, by that day, the record need not be kept."""
        return self.kept.until is not None and self.kept.until <= day

    def is_due(self, day: date) -> bool:
        """Return whether, by that day, it may be erased, with those to whom it is tied.

        Its time is over, and nothing of its own is in the way.
        """
        in_the_way = self.held or self.waiting or self.is_active(day)
        return self.has_ended(day) and not in_the_way

    def is_active(self, day: date) -> bool:
        """Return whether a record of the child came within the last year."""
        return (day - self.heard).days < ACTIVE_DAYS


def due_together(lines: Sequence[Line], day: date) -> list[tuple[Line, ...]]:
    """Return who is to be erased by that day: each alone or, where tied, all of them in one group.

    The groups are in the order of their first. Who is tied to somebody who may not be erased yet,
    or of whom nothing is known, is in none.
    """
    known, found, seen = {one.child: one for one in lines}, [], set[str]()
    for line in lines:
        if line.child in seen:
            continue
        group = [known.get(child) for child in (line.child, *line.tied)]
        seen.update((line.child, *line.tied))
        whole = tuple(one for one in group if one is not None and one.is_due(day))
        if len(whole) == len(group):
            found.append(whole)
    return found


def show(lines: Sequence[Line], schedule: Schedule, day: date) -> None:
    """Print by class how many are kept how long, and what a person has to look at."""
    console = Console()
    console.print(f"On {day_text(day)}, under schedule {schedule.version}:")
    table = Listing(box=None, pad_edge=False)
    for name in ("kept by", "for", "children", "ended", "within a year", "later", "no end"):
        table.add_column(name, justify="left" if name in ("kept by", "for") else "right")
    for name in PERIODS:
        counts = Counter(_when(one, day) for one in lines if one.kept.by == name)
        cells = [counts[when] for when in ("ended", "soon", "later", "never")]
        table.add_row(name, _years(schedule, name), *map(str, [sum(cells), *cells]))
    console.print(table)
    for sentence in _sentences(lines, day):
        console.print(sentence, soft_wrap=True)


def fields(lines: Sequence[Line], schedule: Schedule, day: date) -> dict[str, Any]:
    """Return the report as JSON has it, each child by its key."""
    due = {one.child for group in due_together(lines, day) for one in group}
    return {
        "schedule": schedule.version,
        "day": day.isoformat(),
        "children": [
            {
                "child": one.child,
                "kept_by": one.kept.by,
                "until": one.kept.until.isoformat() if one.kept.until else None,
                "without_end": one.kept.without_end or None,
                "last_heard_on": one.heard.isoformat(),
                "held": one.held,
                "tied_to": list(one.tied),
                "waiting": one.waiting,
                "due": one.child in due,
            }
            for one in lines
        ],
    }


def about_to_go(due: int, now: int, begun: int) -> str:
    """Return in words what a run is about to do."""
    if not due and not begun:
        return (
            "Nobody is to be erased now. Whose record has come to its end, and what stands in the"
            " way, says `joinedup retention report`."
        )
    less = f", {now} of them now" if now < due else ""
    more = f" Begun before and to be completed: {begun}." if begun else ""
    return f"Children whose records need be kept no longer: {due}{less}.{more}"


def _sentences(lines: Sequence[Line], day: date) -> list[str]:
    ended = [one for one in lines if one.has_ended(day)]
    due = {one.child for group in due_together(lines, day) for one in group}
    found = [f"To be erased: {len(due)}."]
    in_the_way = (
        (sum(one.held for one in ended), "held, see `joinedup hold list`"),
        (sum(one.waiting for one in ended), "with records that wait, see `joinedup parked list`"),
        (
            sum(one.is_active(day) for one in ended),
            "of whom a record came within the last year: a person decides, by `joinedup erase`",
        ),
        (
            sum(one.is_due(day) and one.child not in due for one in ended),
            "tied to the records of a child that is to be kept: erased together once both are due,"
            " or by a person, with `joinedup erase … --together …`",
        ),
    )
    found += [f"Ended, and not to be erased: {many} {why}." for many, why in in_the_way if many]
    endless = Counter((one.kept.by, one.kept.without_end) for one in lines if not one.kept.until)
    found += [
        f"Without an end: {many} of {name}: {why}." for (name, why), many in sorted(endless.items())
    ]
    return found


def _when(line: Line, day: date) -> str:
    if line.kept.until is None:
        return "never"
    if line.kept.until <= day:
        return "ended"
    return "soon" if (line.kept.until - day).days <= _SOON_DAYS else "later"


def _years(schedule: Schedule, name: str) -> str:
    period = schedule.period(name)
    return f"{period.years} years from {period.start.replace('-', ' ')}" if period else "–"
