"""``joinedup sources``: how fresh each source is, how much came of it, and what was refused."""

from __future__ import annotations

from collections.abc import Iterator

import typer
from rich.console import Console
from rich.text import Text

from consumers.store.freshness import PERIODS, Fresh, Freshness, freshness
from joinedup.commands import read_view
from joinedup.commands.read import AsJson, AsRole, Authority, EnvFile
from joinedup.commands.reader import Role, reader
from joinedup.commands.words import moment_text
from journey.moments import DAY, HOUR
from journey.redrive import LOST_TOO_MUCH, UNREADABLE_ROWS

_MINUTE = HOUR // 60

HELD_BACK = {
    LOST_TOO_MUCH: "lacked more than a fifth of the list, so nothing was taken back: ask whether"
    " it was whole, and have it sent again",
    UNREADABLE_ROWS: "had rows that could not be read, so nothing was taken back: have them mended"
    " and the list sent again",
}


def register(app: typer.Typer) -> None:
    """Mount ``joinedup sources``."""
    app.command()(sources)


def sources(
    la: Authority, as_json: AsJson = False, role: AsRole = Role.LEAD, env_file: EnvFile = None
) -> None:
    """Show each source of the authority: when it was heard, how far it is complete, how much came.

    A source that is silent for longer than it declared is an alert too (SOURCE_SILENT).
    """
    with reader(env_file, la, role) as (_, store):
        found = freshness(store)
    if as_json:
        read_view.as_json(found)
    elif found.sources:
        _show(found)
    else:
        typer.echo(f"Nothing was ever heard of local authority {la} in this store: see --la.")


def _show(found: Freshness) -> None:
    console = Console()
    console.print(f"As of {moment_text(found.kappa)}, the last moment that is known:")
    for one in found.sources:
        # Two lines each, not a table: names are long, and one cut short is not one's own.
        console.print(_who(one), soft_wrap=True)
        console.print(f"  {_how_fresh(one, found.kappa)}", soft_wrap=True)
    for sentence in _sentences(found):
        console.print(sentence, soft_wrap=True)


def _sentences(found: Freshness) -> Iterator[str]:
    for one in found.sources:
        if one.unconfirmed:
            yield f"{one.source}: {one.unconfirmed} open alerts were told without its word."
        for scope, rows in sorted(one.unreadable.items()):
            yield (
                f"{one.source}: {rows:,} rows of its last delivery{_of(scope)} could not be read;"
                " what looks absent may be in them."
            )
        for scope, reason in sorted(one.held_back.items()):
            yield f"{one.source}: its last delivery{_of(scope)} {HELD_BACK[reason]}."
        if one.refused:
            yield f"{one.source}: {_records_were(one.refused)} refused: {_reasons(one.reasons)}."
    if any(not one.mode for one in found.sources):
        yield (
            "A source that sends facts of children joins by SourceJoined (docs/onboarding.md);"
            " one that only decides, counts or sends calendars need not."
        )
    if found.unclaimed.refused:
        yield (
            f"Refused and of no source that is known: {found.unclaimed.refused:,}"
            f" ({_reasons(found.unclaimed.reasons)})."
        )
    if any(one.refused for one in found.sources) or found.unclaimed.refused:
        yield "What was refused is in the dead letters; docs/publishing.md says what to do."


def _of(scope: str) -> str:
    return f" of {scope}" if scope else ""


def _records_were(count: int) -> str:
    return "1 of its records was" if count == 1 else f"{count:,} of its records were"


def _reasons(reasons: dict[str, int]) -> str:
    ranked = sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{count:,} for {name}" for name, count in ranked)


def _who(one: Fresh) -> Text:
    agency = one.agency.lower().replace("_", "-")
    return Text.assemble((one.source, "bold"), "  ", f"{agency}, " if agency else "", _state(one))


def _how_fresh(one: Fresh, kappa: int) -> str:
    came = [
        f"{day.came:,} {'today' if days == 1 else f'in {days} days'}"
        for days, day in zip(PERIODS, one.volumes, strict=True)
    ]
    # Completeness is of what a source says that it sends: one that has not joined has said nothing.
    complete = f", complete to {_ago(one.complete_to, kappa)}" if one.complete_to else ""
    return (
        f"heard {_ago(one.heard, kappa)}{complete};"
        f" came: {', '.join(came)}; refused: {one.refused:,}"
    )


def _state(one: Fresh) -> Text:
    if not one.mode:
        return Text("has not joined, no duty waits for it", style="yellow")
    if one.is_silent and one.silent_from is not None:
        return Text(f"SILENT since {moment_text(one.silent_from)}", style="bold red")
    if one.open_batches:
        return Text("sends a list", style="cyan")
    duties = f"{one.duties} {'duty asks' if one.duties == 1 else 'duties ask'} it"
    return Text(f"{one.mode.lower()}, {duties}", style="green")


def _ago(moment: int | None, kappa: int) -> str:
    """Return how long before the last known moment it was, in the largest whole unit."""
    if not moment:
        return "never"
    past = kappa - moment
    if past < _MINUTE:
        return "now"
    for size, name in ((DAY, "day"), (HOUR, "hour"), (_MINUTE, "minute")):
        if past >= size:
            count = past // size
            return f"{count} {name}{'s' if count > 1 else ''} before"
    return "now"
