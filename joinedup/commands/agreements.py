"""``joinedup agreements``: under which agreements the organisations send, and until when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from joinedup.commands import read_view
from joinedup.commands.listing import Listing
from joinedup.commands.publish_options import Organisation, System
from joinedup.commands.read import AsJson, Authority
from joinedup.commands.sources import sources_file_of
from joinedup.commands.speaking import (
    WRONG,
    fail,
    faults_as_sentences,
    own_settings,
    send,
    source_of,
)
from joinedup.commands.words import day_text
from journey.moments import day_of
from producers.agreements import (
    keep,
    next_version,
    payload_in,
    read_payload,
    recorded,
    versions_of,
)
from producers.event import london_midnight
from producers.publisher import Publisher
from producers.settings import PublisherSettings, read_settings
from schemas.agreements import Agreement, AgreementInvalid
from schemas.sources import SourceRegistry

WARNING_DAYS = 90
"""So many days before its end an agreement is shown as one to renew: our own default."""

EnvFile = Annotated[
    Path | None,
    typer.Option(exists=True, help="Settings to publish with; else those of `publish`."),
]


def register(app: typer.Typer) -> None:
    """Mount ``joinedup agreements``."""
    agreements = typer.Typer(
        help="Data-sharing agreements: under which an organisation's events are taken.",
        no_args_is_help=True,
    )
    agreements.command("list")(list_agreements)
    agreements.command("record")(record_agreement)
    agreements.command("end")(end_agreement)
    app.add_typer(agreements, name="agreements")


def list_agreements(la: Authority, as_json: AsJson = False, env_file: EnvFile = None) -> None:
    """List the agreements that intake holds records to, the first to end first, with days left."""
    today = day_of(_now_ms())
    with faults_as_sentences():
        file = sources_file_of(read_settings(env_file))
        registry = SourceRegistry.load(file)
    bound = {one.organisation for one in registry.agreements if one.local_authority == la}
    standing = [
        one for name in sorted(bound) for one in registry.agreements.standing(la, name, _now_ms())
    ]
    standing.sort(key=lambda one: (one.last_day, one.agreement_id))
    speaking = {
        one.organisation
        for one in registry
        if la in one.local_authorities and one.agency != "governance"
    }
    free = sorted(speaking - bound)
    if as_json:
        rows = [_fields(one, today) for one in standing]
        read_view.as_json({"agreements": rows, "without": free})
        return
    _show(standing, today)
    if free:
        typer.echo(f"Without an agreement, so bound by none: {', '.join(free)}.")


def record_agreement(
    file: Annotated[
        Path,
        typer.Argument(exists=True, help="The agreement as a JSON object (docs/agreements.md)."),
    ],
    la: Authority,
    organisation: Organisation = None,
    system: System = None,
    env_file: EnvFile = None,
) -> None:
    """Put an agreement, or its renewal or change, on record, and hold records to it from now on.

    The event on the decisions topic comes first; what is not accepted there binds nobody.
    """
    with faults_as_sentences():
        settings = read_settings(env_file)
        with _faults_of_agreements():
            _put_on_record(settings, la, read_payload(file), organisation, system, env_file)


def end_agreement(
    agreement_id: Annotated[str, typer.Argument(help="The agreement's id.")],
    la: Authority,
    signed_by: Annotated[
        list[str], typer.Option(help="Role of who decided to end it; may be repeated.")
    ],
    on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Its last day; else today. A day before today ends it at once.",
        ),
    ] = None,
    organisation: Organisation = None,
    system: System = None,
    env_file: EnvFile = None,
) -> None:
    """Let an agreement end on a day that is not its own last one."""
    with faults_as_sentences():
        settings = read_settings(env_file)
        payload = _ended(
            sources_file_of(settings), la, agreement_id, on.date() if on else None, signed_by
        )
        with _faults_of_agreements():
            _put_on_record(settings, la, payload, organisation, system, env_file)


def _ended(
    file: Path, la: str, agreement_id: str, on: date | None, signed_by: list[str]
) -> Mapping[str, Any]:
    known = versions_of(file, la, agreement_id)
    if not known:
        fail(f"There is no agreement of this id: see joinedup agreements list --la {la}.", WRONG)
    today = day_of(_now_ms())
    changed = {"in_force_until": on or today, "signed_on": today, "signed_by": signed_by}
    return {**payload_in(file, la, agreement_id, known[-1].version), **changed}


def _put_on_record(
    settings: PublisherSettings,
    la: str,
    payload: Mapping[str, Any],
    organisation: str | None,
    system: str | None,
    env_file: Path | None,
) -> None:
    file = sources_file_of(settings)
    agreement = next_version(file, la, payload)
    if agreement is None:
        typer.echo("This agreement is on record as it is; nothing was changed.")
        return
    source = source_of(settings, organisation, system, "governance", la)
    # A simulated set has its records' time, in which the agreement is known from its first day.
    moment = london_midnight(agreement.first_day) if settings.simulated else datetime.now(UTC)
    event = recorded(agreement, payload, source, moment)
    with Publisher(own_settings(settings, source, env_file)) as publisher:
        said = "The agreement was not accepted, and binds nobody"
        send(publisher, event, moment if settings.simulated else None, otherwise=said)
    keep(file, agreement, payload, None if settings.simulated else datetime.now(UTC))
    typer.echo(
        f"{agreement.agreement_id}, version {agreement.version}, with {agreement.organisation} is"
        f" on record: in force from {day_text(agreement.first_day)} to the end of"
        f" {day_text(agreement.last_day)}."
    )


@contextmanager
def _faults_of_agreements() -> Iterator[None]:
    """End the command with a sentence where an agreement is not in order."""
    try:
        yield
    except AgreementInvalid as fault:
        fail(f"The agreement is not in order. {fault}", WRONG)


def _show(standing: list[Agreement], today: date) -> None:
    console = Console()
    if not standing:
        console.print("No agreement is on record.")
        return
    table = Listing(
        *("agreement", "version", "organisation", "covers", "basis", "last day", "days left"),
        box=None,
        pad_edge=False,
    )
    for one in standing:
        state, style = _state(one, today)
        covers = ", ".join([*sorted(one.agencies), *sorted(one.event_types)])
        basis = one.lawful_basis.lower().replace("_", " ")
        table.add_row(
            *(one.agreement_id, str(one.version), one.organisation, covers, basis),
            str(one.last_day),
            Text(state, style),
        )
    console.print(table)


def _state(one: Agreement, today: date) -> tuple[str, str]:
    left = (one.last_day - today).days
    if left < 0:
        return "ended", "dim"
    if one.first_day > today:
        return f"begins {one.first_day}", "cyan"
    if left < WARNING_DAYS:
        return f"{left}: renew it, or its events are refused", "yellow"
    return str(left), ""


def _fields(one: Agreement, today: date) -> dict[str, Any]:
    return {
        "agreement_id": one.agreement_id,
        "version": one.version,
        "organisation": one.organisation,
        "parties": one.parties,
        "agencies": sorted(one.agencies),
        "event_types": sorted(one.event_types),
        "purposes": one.purposes,
        "lawful_basis": one.lawful_basis,
        "in_force_from": one.first_day,
        "in_force_until": one.last_day,
        "days_left": (one.last_day - today).days,
        "is_in_force": one.is_in_force(today),
        "renew": one.is_in_force(today) and (one.last_day - today).days < WARNING_DAYS,
    }


def _now_ms() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)
