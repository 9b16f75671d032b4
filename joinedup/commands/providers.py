"""``joinedup providers``: at which unregistered providers so many children are full-time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console

from consumers.store.counting import Count
from consumers.store.counting import count as counted
from consumers.tokens import Tokens
from joinedup.commands.deciding import PublisherEnvFile, speaker
from joinedup.commands.listing import Listing
from joinedup.commands.publish_options import Organisation, System
from joinedup.commands.read import AsJson, Authority, EnvFile
from joinedup.commands.read_view import SHORT
from joinedup.commands.read_view import as_json as print_json
from joinedup.commands.reader import Role, reader
from joinedup.commands.speaking import REFUSED, fail
from journey.counting import Told, news
from journey.duties.ap_unregistered_five_pupils import DUTY, PUPILS_COUNTED
from journey.duties.episodes import same, stated_day
from journey.words import day_text
from producers.event import Event, Source, milliseconds, new_event


def register(app: typer.Typer) -> None:
    """Mount ``joinedup providers``."""
    providers = typer.Typer(
        help="At which unregistered providers so many children are full-time.",
        no_args_is_help=True,
    )
    providers.command("count")(count)
    providers.command("list")(list_)
    app.add_typer(providers, name="providers")


def count(
    la: Authority,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and publish nothing.")] = False,
    organisation: Organisation = None,
    system: System = None,
    env_file: EnvFile = None,
    publisher_env_file: PublisherEnvFile = None,
) -> None:
    """Count the children who are full-time at each unregistered provider, and publish what is new.

    Over all children, those whose records are shielded too: what is published is a provider, days
    and a number. For a nightly or weekly run.
    """
    with reader(env_file, la, Role.LEAD) as (settings, store):
        found = counted(store, settings.seal(la))
        tokens = settings.tokens()
    told = news(found.wanted, found.known)
    if told and not dry_run:
        with speaker(la, organisation, system, publisher_env_file) as who:
            _held_to_one_source(found, who.source)
            for one in told:
                who.say(pupils_counted(la, who.source, one, found, datetime.now(UTC), tokens))
    lasting = sum(one.ended_on is None for mine in found.wanted.values() for one in mine)
    typer.echo(
        f"Counted: {found.children:,} children with a placement. Providers that are no registered"
        f" school and have {found.pupils} or more of them full-time now: {lasting}."
        f" New or changed: {len(told)}."
    )
    if dry_run:
        typer.echo("Nothing was published.")
    elif told:
        typer.echo("Published. Once intake and join have come to it: joinedup providers list.")
    if lasting and not found.is_watched:
        kinds = " or ".join(sorted(DUTY.satisfied_by))
        typer.echo(
            f"Nobody is told of it yet: no source that sends {kinds} has joined, so nothing could"
            " say that there are fewer again."
        )


def _held_to_one_source(count: Count, source: Source) -> None:
    """End the command where another source told what lasts: only that source can change it."""
    mine = f"{source.organisation}/{source.system}"
    told = (event for events in count.known.values() for event in events)
    lasting = (event.source for event in told if stated_day(event, "ended_on") is None)
    theirs = next((who for who in lasting if who != mine), None)
    if theirs is not None:
        organisation, _, system = theirs.partition("/")
        fail(
            f"{theirs} counted here before, and a count of {mine} would stand beside its count"
            f" and replace nothing: count with --organisation {organisation} --system {system}.",
            REFUSED,
        )


def pupils_counted(
    la: str, source: Source, one: Told, count: Count, moment: datetime, tokens: Tokens
) -> Event:
    """Return the event that says what was counted; a later count of the same time replaces it."""
    name = tokens.of("provider", la, same(one.spell.provider))
    return new_event(
        PUPILS_COUNTED,
        local_authority=la,
        source=source,
        source_record_id=f"provider/{name}/{one.ordinal}",
        revision=milliseconds(moment),
        recorded_at=moment,
        retracted=one.retracted,
        provider=one.spell.provider,
        from_on=one.spell.from_on,
        ended_on=one.spell.ended_on,
        pupils=one.spell.pupils,
        full_time_hours=count.full_time_hours,
        counted_on=count.today,
    )


def list_(la: Authority, as_json: AsJson = False, env_file: EnvFile = None) -> None:
    """List the providers of which it was told that so many children are full-time there."""
    with reader(env_file, la, Role.LEAD) as (settings, store):
        found = counted(store, settings.seal(la))
    rows = list(_rows(found))
    if as_json:
        print_json(rows)
    elif not rows:
        typer.echo("No provider has been told of.")
    else:
        table = Listing("key", "provider", "from", "until", "most at once", box=None)
        for row in rows:
            until = day_text(row["ended_on"]) if row["ended_on"] else "lasts"
            first = day_text(row["from_on"])
            table.add_row(row["key"][:SHORT], row["provider"], first, until, str(row["pupils"]))
        Console().print(table)


def _rows(found: Count) -> Iterable[dict[str, Any]]:
    for name, events in found.known.items():
        for event in events:
            yield {
                "key": found.keys[name],
                "provider": event.text("provider"),
                "from_on": stated_day(event, "from_on"),
                "ended_on": stated_day(event, "ended_on"),
                "pupils": event.number("pupils"),
            }
