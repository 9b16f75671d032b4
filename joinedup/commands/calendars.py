"""``joinedup calendars``: when schools are open, and publishing the terms of a school year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec
import typer

from consumers.store.reading import Known
from joinedup.commands import calendars_view
from joinedup.commands.calendars_file import (
    CalendarFile,
    CalendarUnreadable,
    read_calendar,
    record_id_of,
)
from joinedup.commands.deciding import PublisherEnvFile
from joinedup.commands.publish_options import Organisation, System
from joinedup.commands.read import AsJson, AsRole, Authority, EnvFile
from joinedup.commands.reader import ReaderSettings, Role, reader
from joinedup.commands.speaking import (
    REFUSED,
    fail,
    faults_as_sentences,
    own_settings,
    send,
    source_of,
)
from journey.calendars import Calendars, academic_year
from journey.calendars_compared import Shift, shifts
from journey.cluster import Cluster
from journey.events import Event as Fact
from journey.moments import day_of
from journey.recounting import CALENDAR
from journey.rulebooks import rulebook_of
from journey.shelf import calendars_of
from producers.event import Event, Source, new_event
from producers.publisher import Publisher
from producers.settings import PublisherSettings, read_settings

School = Annotated[
    str | None,
    typer.Option(
        "--school", help="A school or provider, as records name it; else the authority's own."
    ),
]
TermsFile = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, help="The terms, in TOML: docs/calendars.md."),
]


class Moves(NamedTuple):
    """What a calendar would move. children: how many it was asked of. shifts: how often each."""

    children: int
    shifts: Counter[Shift]


def register(app: typer.Typer) -> None:
    """Mount ``joinedup calendars``."""
    calendars = typer.Typer(
        help="School calendars: terms, holidays and training days.", no_args_is_help=True
    )
    calendars.command("list")(list_calendars)
    calendars.command("show")(show_calendar)
    calendars.command("publish")(publish_calendar)
    calendars.command("withdraw")(withdraw_calendar)
    app.add_typer(calendars, name="calendars")


def list_calendars(
    la: Authority, as_json: AsJson = False, role: AsRole = Role.LEAD, env_file: EnvFile = None
) -> None:
    """List the calendars that were published: whose, of which year, and whether they count."""
    with reader(env_file, la, role) as (_, store):
        known = store.known()
    records = list(known.authority.calendar_records.values())
    calendars_view.show_list(records, calendars_of(known.authority), as_json=as_json)


def show_calendar(
    la: Authority,
    school: School = None,
    year: Annotated[
        int | None, typer.Option(help="The year in which it begins, such as 2026; else this one.")
    ] = None,
    as_json: AsJson = False,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
) -> None:
    """Show by which terms and half-terms is counted, of a school or where a school has none."""
    with reader(env_file, la, role) as (_, store):
        known = store.known()
    begins = academic_year(day_of(known.kappa)) if year is None else year
    calendars = calendars_of(known.authority)
    calendars_view.show_year(calendars, school, begins, as_json=as_json)


def publish_calendar(
    file: TermsFile,
    la: Authority,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what it would move; send nothing.")
    ] = False,
    organisation: Organisation = None,
    system: System = None,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
    publisher_env_file: PublisherEnvFile = None,
) -> None:
    """Publish the terms of a school year, and say first which open deadlines they move."""
    try:
        terms = read_calendar(file)
    except CalendarUnreadable as fault:
        fail(str(fault), REFUSED)
    with faults_as_sentences():
        settings = None if dry_run else read_settings(publisher_env_file)
        source = None
        if settings is not None:
            source = source_of(settings, organisation, system, "governance", la)
    revision = int(datetime.now(UTC).timestamp() * 1000)
    with reader(env_file, la, role) as (own, store):
        known = store.known()
        fact = _as_known(la, terms, _token(own, la, source, terms), revision, known)
        before, after = calendars_of(known.authority), _with(known, fact)
        moved = _moves(store.clusters(own.seal(la)), terms.establishment, known, before, after)
    calendars_view.show_terms(terms, moved.children)
    calendars_view.show_moves(moved.shifts)
    if settings is None or source is None:
        typer.echo("Nothing was published: leave out --dry-run.")
        return
    event = event_of(la, source, terms.record_id, fact.revision, terms.payload)
    _send(settings, event, publisher_env_file, source)
    typer.echo("Published. Once intake and join have come to it: joinedup calendars list.")


def withdraw_calendar(
    la: Authority,
    year: Annotated[str, typer.Option(help="The academic year as it was published: 2026-27.")],
    school: School = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what it would move; send nothing.")
    ] = False,
    organisation: Organisation = None,
    system: System = None,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
    publisher_env_file: PublisherEnvFile = None,
) -> None:
    """Take back a calendar that this source published, and say which open deadlines that moves."""
    with faults_as_sentences():
        settings = read_settings(publisher_env_file)
        source = source_of(settings, organisation, system, "governance", la)
    record_id = record_id_of(school, year)
    with reader(env_file, la, role) as (own, store):
        known = store.known()
        token = own.tokens().record(la, source.organisation, source.system, record_id)
        stands = known.authority.calendar_records.get(token)
        if stands is None or stands.retracted:
            fail(
                f"{source.organisation}/{source.system} published no such calendar with"
                " `joinedup calendars publish`: see `joinedup calendars list`.",
                REFUSED,
            )
        gone = msgspec.structs.replace(stands, retracted=True, revision=stands.revision + 1)
        before, after = calendars_of(known.authority), _with(known, gone)
        moved = _moves(store.clusters(own.seal(la)), school, known, before, after)
    calendars_view.show_moves(moved.shifts)
    if dry_run:
        typer.echo("Nothing was taken back: leave out --dry-run.")
        return
    event = event_of(la, source, record_id, gone.revision, gone.data, retracted=True)
    _send(settings, event, publisher_env_file, source)
    typer.echo("Taken back. Once intake and join have come to it: joinedup calendars list.")


def event_of(
    la: str,
    source: Source,
    record_id: str,
    revision: int,
    payload: Mapping[str, Any],
    *,
    retracted: bool = False,
) -> Event:
    """Return the event that publishes a calendar, or takes it back."""
    return new_event(
        CALENDAR,
        local_authority=la,
        source=source,
        source_record_id=record_id,
        revision=revision,
        recorded_at=datetime.now(UTC),
        retracted=retracted,
        **payload,
    )


def _send(settings: PublisherSettings, event: Event, env_file: Path | None, who: Source) -> None:
    moment = datetime.now(UTC) if settings.simulated else None
    with faults_as_sentences(), Publisher(own_settings(settings, who, env_file)) as publisher:
        send(publisher, event, moment, otherwise="It was not accepted")


def _token(settings: ReaderSettings, la: str, source: Source | None, terms: CalendarFile) -> str:
    """Return what the record is known by; a dry run has no source, and a record of its own."""
    if source is None:
        return terms.record_id
    return settings.tokens().record(la, source.organisation, source.system, terms.record_id)


def _as_known(la: str, terms: CalendarFile, token: str, revision: int, known: Known) -> Fact:
    """Return the calendar as the platform would know it, above every revision of its record."""
    old = known.authority.calendar_records.get(token)
    return Fact(
        type=CALENDAR,
        agency="governance",
        la=la,
        source="",
        record=token,
        leaf="",
        event_id="",
        revision=max(revision, old.revision + 1 if old else 0),
        occurred_on=terms.payload["from_on"],
        kappa=known.kappa,
        data=terms.payload,
    )


def _with(known: Known, fact: Fact) -> Calendars:
    records = {**known.authority.calendar_records, fact.record: fact}
    return calendars_of(msgspec.structs.replace(known.authority, calendar_records=records))


def _moves(
    clusters: Iterable[Cluster],
    school: str | None,
    known: Known,
    before: Calendars,
    after: Calendars,
) -> Moves:
    duties = list(rulebook_of(known.authority).asked.values())
    children, found = 0, Counter[Shift]()
    for cluster in clusters:
        if not _serves(school, cluster):
            continue
        for child in cluster.identity.anchors:
            children += 1
            found.update(shifts(cluster.journey(child), duties, before, after))
    return Moves(children, found)


def _serves(school: str | None, cluster: Cluster) -> bool:
    return school is None or any(school in fact.schools for fact in cluster.records.values())
