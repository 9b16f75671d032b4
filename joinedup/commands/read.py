"""``joinedup alerts``, ``child`` and ``why``: what a safeguarding lead or an auditor reads."""

from __future__ import annotations

from datetime import UTC, date, datetime
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from consumers.store.finding import LINKING
from consumers.store.looking import looked
from consumers.store.standings import standings
from consumers.store.why import Circumstances, why
from joinedup.commands import read_view
from joinedup.commands.child_then import AskedThen, show_child_then
from joinedup.commands.env_files import settings_file
from joinedup.commands.reader import (
    DEFAULT_ENV_FILE,
    Purpose,
    ReaderSettings,
    Role,
    child_of,
    note_look,
    one_child,
    reader,
    stop,
)
from joinedup.commands.replay import MOMENTS, milliseconds
from journey.duties import all_duties
from journey.rulebooks import rulebook_of
from journey.shelf import calendars_of
from journey.shield import WITHHELD
from journey.transition import Status

__all__ = ["ReaderSettings", "register"]


class State(StrEnum):
    """Which alerts to show."""

    OPEN = "open"
    DUE_SOON = "due-soon"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    ALL = "all"


Authority = Annotated[
    str,
    typer.Option(
        "--la", envvar="JOINEDUP_LA", help="Three-digit code of the local authority, such as 330."
    ),
]
Key = Annotated[
    str | None, typer.Argument(help="The child's key; its first characters are enough.")
]
Identifier = Annotated[
    str | None,
    typer.Option(
        "--identifier",
        metavar="SCHEME:VALUE",
        help=f"Find the child by {', '.join(LINKING[:-1])} or {LINKING[-1]}, such as UPN:….",
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        formats=MOMENTS, metavar="MOMENT", help="As it was known then: a day or a moment, UTC."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ForPurpose = Annotated[
    Purpose | None,
    typer.Option(
        "--purpose",
        envvar="JOINEDUP_PURPOSE",
        help="Why you look, which is recorded; else audit for an auditor, safeguarding for a lead.",
    ),
]
AsRole = Annotated[Role, typer.Option("--as", envvar="JOINEDUP_ROLE", help="As whom you read.")]
EnvFile = Annotated[
    Path | None,
    typer.Option(exists=True, help="File of settings; else .local/env/reader.env if there."),
]


def register(app: typer.Typer) -> None:
    """Mount the commands of reading."""
    app.command()(alerts)
    app.command()(child)
    app.command("why")(why_command)


def _duty_names(incomplete: str) -> list[str]:
    return [name for name in sorted(all_duties()) if name.startswith(incomplete.upper())]


def _duty(name: str | None) -> str | None:
    """Return the id of a duty as it is written; stop where there is none of this name."""
    if name is None:
        return None
    if read_view.duty_of(name.upper()) is None:
        near = get_close_matches(name.upper(), all_duties(), n=1)
        meant = f"did you mean {near[0]}?" if near else "docs/duties.md lists them."
        stop(f"There is no such duty: {meant}")
    return name.upper()


def alerts(
    la: Authority,
    child: Annotated[str | None, typer.Option(help="Only of this child (key).")] = None,
    duty: Annotated[
        str | None,
        typer.Option(
            help="Only of this duty, such as EHC_PLAN_20_WEEKS.", autocompletion=_duty_names
        ),
    ] = None,
    state: Annotated[State, typer.Option(help="Only in this state.")] = State.OPEN,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many, the first by severity; else all.")
    ] = None,
    as_json: AsJson = False,
    role: AsRole = Role.LEAD,
    purpose: ForPurpose = None,
    env_file: EnvFile = None,
) -> None:
    """Show alerts, the most severe and longest due first, each with its reason and evidence."""
    known_duty = _duty(duty)
    with reader(env_file, la, role) as (settings, store):
        key = one_child(store, child) if child else None
        if key is not None:
            note_look(settings, la, key, role, "alerts", purpose)
        status = None if state is State.ALL else state.upper().replace("-", "_")
        found = store.alerts(child=key, duty=known_duty, status=status, limit=limit)
        evidence = store.evidence(
            (alert["child"] for alert in found),
            (event for alert in found for event in (*alert["because"], *alert["met_by"])),
        )
        soon = []
        if state is State.OPEN:
            soon = store.alerts(child=key, duty=known_duty, status=Status.DUE_SOON)
        stands = standings(store, (alert["alert_id"] for alert in found))
        heard_of = bool(found or store.known().kappa or store.children(""))
    if as_json:
        shown = [read_view.alert_fields(one, evidence, stands) for one in found]
        read_view.as_json({"alerts": shown})
    elif heard_of:
        read_view.show_alerts(found, evidence, stands, limit)
        read_view.say_due_soon(len(soon))
    else:
        typer.echo(f"Nothing was ever heard of local authority {la} in this store: see --la.")


def child(
    la: Authority,
    key: Key = None,
    identifier: Identifier = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
    role: AsRole = Role.LEAD,
    purpose: ForPurpose = None,
    env_file: EnvFile = None,
) -> None:
    """Show a child's timeline across the agencies, with the alerts beside it.

    With --as-of: as it was known and told then, by a replay of the authority, and who had looked.
    """
    then, moment = None, passed(as_of) if as_of else None
    with reader(env_file, la, role) as (settings, store):
        found = child_of(settings, store, key, identifier, role)
        note_look(settings, la, found, role, "child", purpose)
        withheld = store.is_shielded(found)
        if moment is not None:
            then = AskedThen(
                la=la,
                child=found,
                moment=moment,
                role=role,
                leaves=tuple(store.leaves(found)),
                looked=tuple(looked(store, found, moment)),
                withheld=withheld,
            )
        timeline = store.timeline(found)
        told = store.alerts(child=found)
        named = (event for alert in told for event in (*alert["because"], *alert["met_by"]))
        evidence = store.evidence([found], named)
        stands = standings(store, (alert["alert_id"] for alert in told))
    if then is not None:
        show_child_then(settings_file(env_file, DEFAULT_ENV_FILE), then, as_json=as_json)
    elif as_json:
        read_view.as_json(
            {
                "child": found,
                **read_view.withheld_fields(withheld),
                "timeline": timeline,
                "alerts": [read_view.alert_fields(one, evidence, stands) for one in told],
            }
        )
    else:
        read_view.show_child(found, timeline, told, evidence, stands, withheld=withheld)


def passed(as_of: datetime) -> int:
    """Return a moment in ms since 1970 UTC; stop where it is still to come."""
    moment = milliseconds(as_of)
    if moment > milliseconds(datetime.now(UTC)):
        stop(
            "That moment is still to come: give --as-of one that has passed. What will be due on a"
            " day, `joinedup why KEY --on DAY` says."
        )
    return moment


def why_command(
    la: Authority,
    key: Key = None,
    on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="The day to ask about; the last known if left out."
        ),
    ] = None,
    identifier: Identifier = None,
    duty: Annotated[
        str | None, typer.Option(help="Only this duty.", autocompletion=_duty_names)
    ] = None,
    as_json: AsJson = False,
    role: AsRole = Role.LEAD,
    purpose: ForPurpose = None,
    env_file: EnvFile = None,
) -> None:
    """Say for each duty why there is an alert for this child on this day, or why there is none."""
    known_duty = _duty(duty)
    with reader(env_file, la, role) as (settings, store):
        found = child_of(settings, store, key, identifier, role)
        note_look(settings, la, found, role, "why", purpose)
        if store.is_shielded(found):
            return _say_withheld(found, as_json)
        cluster = store.cluster_of_child(found, settings.seal(store.la))
        known = store.known()
        told = {one["alert_id"]: str(one["status"]) for one in store.alerts(child=found)}
    if cluster is None or found not in cluster.identity.anchors:
        stop("Nothing that stands is known of this child any more.")
    day = on.date() if on else read_view.day_of(known.kappa)
    around = Circumstances(
        calendars=calendars_of(known.authority),
        sources=tuple(known.authority.sources.values()),
        kappa=known.kappa,
        told=told,
    )
    reasons = [
        reason
        for reason in why(
            cluster.journey(found), day, around, rulebook_of(known.authority).everything
        )
        if known_duty in (None, reason.duty.id)
    ]
    _show_why(found, day, reasons, len(cluster.parked), as_json)


def _say_withheld(found: str, as_json: bool) -> None:
    """Say that no duty's reason is shown: each names what leads to where the child is."""
    if as_json:
        read_view.as_json({"child": found, **read_view.withheld_fields(True), "duties": []})
    else:
        typer.echo(f"Child {found}: {WITHHELD}. Its alerts are told: joinedup child {found[:8]}")


def _show_why(
    found: str, day: date, reasons: list[read_view.Reason], parked: int, as_json: bool
) -> None:
    if as_json:
        answers = [read_view.reason_fields(reason) for reason in reasons]
        read_view.as_json({"child": found, "on": day, "parked": parked, "duties": answers})
        return
    read_view.show_why(found, day, reasons)
    if parked:
        typer.echo(
            f"Not counted: {parked} of the newest records, which could not be taken in or wait"
            f" behind one. See: joinedup parked show {found[: read_view.SHORT]}"
        )
