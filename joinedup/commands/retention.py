"""``joinedup retention``: how long each child's record is kept, and erasing what need not be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import reduce
from itertools import accumulate
from pathlib import Path
from typing import Annotated

import typer

from consumers.store.erasing import Erasable, erasable, proved_keys, unfinished
from consumers.store.retaining import Recorded, recorded
from joinedup.commands import read_view, retention_view
from joinedup.commands.deciding import ApprovedBy, PublisherEnvFile
from joinedup.commands.erasing import (
    Decision,
    Eraser,
    EraserEnvFile,
    NotErased,
    Reason,
    shredding,
    still_hold,
)
from joinedup.commands.publish_options import Organisation, System
from joinedup.commands.read import AsJson, Authority, EnvFile
from joinedup.commands.reader import Role, reader, stop
from joinedup.commands.retention_file import ScheduleUnreadable, read_schedule
from joinedup.commands.retention_view import Line
from joinedup.commands.speaking import deciding
from joinedup.commands.status import DEFAULT_ROOT, Root
from journey.moments import LONDON
from journey.retention import Schedule, kept
from schemas.catalogue import event_types

MOST = 100
"""Children erased in one run, unless told otherwise."""

Group = tuple[Line, ...]
"""Children who are erased together."""

ScheduleFile = Annotated[
    Path,
    typer.Option(
        "--schedule", exists=True, help="The authority's retention schedule (docs/retention.md)."
    ),
]
On = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="As it will be on that day; today."),
]


def register(app: typer.Typer) -> None:
    """Mount ``joinedup retention``."""
    retention = typer.Typer(
        help="How long children's records are kept, and erasing what need not be.",
        no_args_is_help=True,
    )
    retention.command("report")(report)
    retention.command("run")(run)
    app.add_typer(retention, name="retention")


def report(
    la: Authority,
    schedule: ScheduleFile,
    on: On = None,
    as_json: AsJson = False,
    env_file: EnvFile = None,
) -> None:
    """Show until when children's records are kept, by which class, and what stands in the way."""
    read, _ = _schedule_of(schedule)
    day = on.date() if on else _today()
    lines = _lines(env_file, la, read)
    if as_json:
        read_view.as_json(retention_view.fields(lines, read, day))
    else:
        retention_view.show(lines, read, day)


def run(
    la: Authority,
    schedule: ScheduleFile,
    approved_by: ApprovedBy,
    most: Annotated[
        int, typer.Option(min=1, help="Erase so many children at most, the longest due first.")
    ] = MOST,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    organisation: Organisation = None,
    system: System = None,
    env_file: EnvFile = None,
    publisher_env_file: PublisherEnvFile = None,
    eraser_env_file: EraserEnvFile = None,
    root: Root = DEFAULT_ROOT,
) -> None:
    """Erase the children whose records need be kept no longer; each as `joinedup erase` does it.

    Children whose records are tied go together, once all of them are due. Who is held, waits, or
    is tied to somebody who is to be kept is left and counted. Cut short anywhere, it is gone on
    with by running it again.
    """
    read, name = _schedule_of(schedule)
    today = _today()
    groups = retention_view.due_together(_lines(env_file, la, read), today)
    now = _first(groups, most)
    with reader(env_file, la, Role.LEAD) as (_, store):
        begun = unfinished(store)
    due = sum(map(len, groups))
    typer.echo(retention_view.about_to_go(due, sum(map(len, now)), len(begun)))
    if not now and not begun:
        return
    if not yes:
        typer.confirm("They cannot be brought back. Erase them?", abort=True)
    shred = shredding(eraser_env_file, la)
    with deciding(la, organisation, system, publisher_env_file) as (say, source):
        eraser = Eraser(la, env_file, source, say, shred)
        for one in begun:
            eraser.go_on(one)
        with reader(env_file, la, Role.LEAD) as (_, store):
            shred(proved_keys(store))  # of whoever was cut short after the proof
        refused = [
            why
            for group in now
            if (why := _erased(eraser, group, name, approved_by))
            for _ in group
        ]
    done = sum(map(len, now)) - len(refused)
    typer.echo(f"Erased: {done}. {still_hold(root)}")
    for why in sorted(set(refused)):
        typer.echo(f"{refused.count(why)} not erased: {why}")


def _first(groups: Sequence[Group], most: int) -> list[Group]:
    """Return the first groups that have so many children at most, but one of them at least."""
    together = accumulate(map(len, groups))
    return [group for group, many in zip(groups, together, strict=True) if many <= most] or list(
        groups[:1]
    )


def _erased(eraser: Eraser, group: Group, schedule: str, approved_by: str) -> str:
    """Erase a child, with those tied to it; return why it was not done, empty where it was."""
    last = max(group, key=lambda one: one.kept.until or date.max)
    because: Mapping[str, object] = {
        "retention_class": last.kept.by,
        "retention_schedule": schedule,
        "retention_ended_on": last.kept.until,
    }
    decision = Decision(reason=Reason.RETENTION_ENDED, approved_by=approved_by, because=because)
    with reader(eraser.env_file, eraser.la, Role.LEAD) as (_, store):
        each = [erasable(store, one.child) for one in group]
    if not all(one.leaves for one in each):
        return "It became another child meanwhile, or was erased by somebody else."
    try:
        eraser.erase(group[0].child, reduce(Erasable.together, each), decision)
    except NotErased as why:
        return str(why)
    return ""


def _lines(env_file: Path | None, la: str, schedule: Schedule) -> list[Line]:
    """Return every child of the authority, whoever need be kept no longer first."""
    with reader(env_file, la, Role.LEAD) as (settings, store):
        found = [_line(one, schedule) for one in recorded(store, settings.seal(la))]
    return sorted(found, key=lambda one: (one.kept.until or date.max, one.child))


def _line(one: Recorded, schedule: Schedule) -> Line:
    return Line(
        child=one.child,
        kept=kept(_by_class(one.last), one.born, schedule),
        heard=one.heard,
        held=one.held,
        tied=one.tied,
        waiting=one.waiting,
    )


def _by_class(last: Mapping[str, date]) -> dict[str, date]:
    """Return by retention class the day of the last event that has a field of it."""
    found: dict[str, date] = {}
    for type_, day in last.items():
        for name in event_types()[type_.rpartition(".")[2]].retentions:
            found[name] = max(day, found.get(name, day))
    return found


def _schedule_of(file: Path) -> tuple[Schedule, str]:
    try:
        return read_schedule(file)
    except ScheduleUnreadable as fault:
        stop(str(fault))


def _today() -> date:
    return datetime.now(UTC).astimezone(LONDON).date()
