"""``joinedup publish``, ``validate`` and ``heartbeat``: what an agency's team runs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import typer
from rich.console import Console

from consumers.garbage import rarely_collected
from joinedup.commands.publish_options import (
    Afresh,
    Agency,
    Authority,
    CompleteTo,
    DryRun,
    EnvFile,
    ExtractedAt,
    Files,
    FormatName,
    Join,
    OpaqueUpn,
    Organisation,
    OwnAuthority,
    ReportFile,
    Rhythm,
    Snapshot,
    Streaming,
    System,
)
from joinedup.commands.publish_options import Memory as MemoryFolder
from joinedup.commands.publish_run import (
    begun,
    declaring,
    gone_on,
    has_sent,
    opened,
)
from joinedup.commands.publish_view import account, progress
from joinedup.commands.speaking import (
    REFUSED,
    UNDELIVERED,
    WRONG,
    fail,
    faults_as_sentences,
    own_settings,
    source_of,
)
from joinedup.watched.tracing import begin_traces
from producers.control import BATCH, STREAMING
from producers.control import heartbeat as heartbeat_event
from producers.delivery import Delivery, Outlet, Rehearsal, deliver
from producers.event import Source
from producers.files import FORMATS, Context, Format, detect, files_of
from producers.memory import Memory
from producers.publisher import Publisher
from producers.remembering import Remembering
from producers.results import Accepted
from producers.settings import PublisherSettings, read_settings
from producers.tally import Tally
from schemas.sources import AGENCIES

_NOBODY = Source("rehearsal", "rehearsal")
"""Who speaks where nothing is sent."""
_TEST_AUTHORITY = "999"
_MEMORY = Path(".local/publishing")


def register(app: typer.Typer) -> None:
    """Mount the commands of publishing."""
    app.command()(publish)
    app.command()(validate)
    app.command()(heartbeat)


def publish(
    files: Files,
    la: Authority,
    format_name: FormatName = None,
    organisation: Organisation = None,
    system: System = None,
    agency: Agency = None,
    extracted_at: ExtractedAt = None,
    opaque_upn: OpaqueUpn = False,
    snapshot: Snapshot = None,
    join: Join = True,
    streaming: Streaming = False,
    rhythm_hours: Rhythm = 24,
    dry_run: DryRun = False,
    report: ReportFile = None,
    memory: MemoryFolder = _MEMORY,
    afresh: Afresh = False,
    env_file: EnvFile = None,
) -> None:
    """Publish files as one batch; exit code 0 only if every row was accepted.

    A run that was cut off is gone on with: nothing is sent twice, and nothing is missed.
    """
    with faults_as_sentences():
        begin_traces("publisher")
        settings = read_settings(env_file)
        form = _format(format_name, files)
        speaks_for = _agency(form, agency or settings.agency)
        delivery = Delivery(
            form=form,
            files=files_of(files, form),
            context=replace(_context(la, extracted_at, opaque_upn), scope=snapshot),
            agency=speaks_for,
            joins=join and speaks_for != "governance",
            mode=STREAMING if streaming else BATCH,
            rhythm_hours=rhythm_hours,
        )
        if dry_run and not has_sent(memory, la):
            raise typer.Exit(_rehearse(delivery, report))
        source = source_of(settings, organisation, system, speaks_for, la)
        settings = own_settings(settings, source, env_file)
        delivery = replace(delivery, context=replace(delivery.context, source=source))
        given = _utc(extracted_at) if extracted_at else None
        with opened(memory, settings, delivery) as remembered:
            if dry_run:
                raise typer.Exit(_rehearse(delivery, report, remembered))
            run = begun(remembered, delivery, given, afresh=afresh)
            delivery = gone_on(declaring(delivery, remembered), run, settings)
            raise typer.Exit(_send(delivery, settings, remembered, report))


def validate(
    files: Files,
    la: OwnAuthority = None,
    format_name: FormatName = None,
    extracted_at: ExtractedAt = None,
    opaque_upn: OpaqueUpn = False,
    report: ReportFile = None,
) -> None:
    """Read and check files as publish does, with no Kafka; exit code 0 only if all is in order."""
    with faults_as_sentences():
        form = _format(format_name, files)
        found = files_of(files, form)
        authority = la or form.authority(found) or _TEST_AUTHORITY
        delivery = Delivery(
            form=form,
            files=found,
            context=_context(authority, extracted_at, opaque_upn),
            agency=form.agency or "",
            joins=False,
        )
        raise typer.Exit(_rehearse(delivery, report))


def heartbeat(
    la: Authority,
    organisation: Organisation = None,
    system: System = None,
    agency: Agency = None,
    complete_to: CompleteTo = None,
    env_file: EnvFile = None,
) -> None:
    """Say that a source is alive and has sent all that it knows."""
    with faults_as_sentences():
        begin_traces("publisher")
        settings = read_settings(env_file)
        source = source_of(settings, organisation, system, agency, la)
        settings = own_settings(settings, source, env_file)
        moment = _utc(complete_to)
        event = heartbeat_event(local_authority=la, source=source, complete_to=moment)
        with Publisher(settings) as publisher:
            result = publisher.publish(event, timestamp=moment if settings.simulated else None)
    if not isinstance(result, Accepted):
        fail(f"The heartbeat was not accepted: {result}", REFUSED)
    typer.echo(f"{source.organisation}/{source.system} is complete to {moment.isoformat()}.")


def _context(la: str, extracted_at: datetime | None, opaque_upn: bool) -> Context:
    return Context(
        local_authority=la,
        source=_NOBODY,
        extracted_at=_utc(extracted_at),
        recorded_at=datetime.now(UTC),
        opaque_upn=opaque_upn,
    )


def _rehearse(delivery: Delivery, report: Path | None, memory: Memory | None = None) -> int:
    """Check the files without sending anything, show the account, and return the exit code.

    With a memory it says how they compare with what was sent before.
    """
    outlet = Remembering(Rehearsal(), memory) if memory else Rehearsal()
    tally, seconds = _delivered(delivery, outlet, "Checking")
    if isinstance(outlet, Remembering):
        tally.compared.update(outlet.compared)
    return _told(delivery, tally, report, seconds, sent=False)


def _send(
    delivery: Delivery, settings: PublisherSettings, memory: Memory, report: Path | None
) -> int:
    """Publish the files, show the account, and return the exit code."""
    with Publisher(settings) as publisher:
        outlet = Remembering(publisher, memory)
        tally, seconds = _delivered(delivery, outlet, "Publishing")
    tally.compared.update(outlet.compared)
    if tally.completed:
        memory.finish()
    return _told(delivery, tally, report, seconds, sent=True)


def _delivered(delivery: Delivery, outlet: Outlet, doing: str) -> tuple[Tally, float]:
    began = monotonic()
    title = f"{doing} {delivery.form.name}"  # short: the bar needs the line
    with progress(Console(), title, delivery.files) as watch, rarely_collected():
        tally = deliver(delivery, outlet, watch=watch)
    return tally, monotonic() - began


def _told(
    delivery: Delivery, tally: Tally, report: Path | None, seconds: float, *, sent: bool
) -> int:
    account(Console(), tally, sent=sent, seconds=seconds, report=report)
    if report is not None:
        context = delivery.context
        told = {
            "format": delivery.form.name,
            "local_authority": context.local_authority,
            "extracted_at": context.extracted_at.isoformat(),
            "sent": sent,
            **tally.as_json(),
        }
        report.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return _code(tally)


def _code(tally: Tally) -> int:
    if tally.undelivered is not None:
        return UNDELIVERED
    return 0 if tally.all_accepted else REFUSED


def _format(name: str | None, files: list[Path]) -> Format:
    if name is None:
        return detect(files)
    found = FORMATS.get(name)
    if found is None:
        fail(f"There is no format {name}: give one of {', '.join(FORMATS)}.", WRONG)
    return found


def _agency(form: Format, given: str | None) -> str:
    if given is not None and given not in AGENCIES:
        fail(f"There is no agency {given}: give one of {', '.join(AGENCIES)}.", WRONG)
    found = form.agency or given
    if found is None:
        fail("Events may be of any agency: say whose system it is with --agency.", WRONG)
    return found


def _utc(given: datetime | None) -> datetime:
    return given.replace(tzinfo=UTC) if given else datetime.now(UTC)
