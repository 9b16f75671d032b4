"""``joinedup rules try``: what another rule set would have told in the history of an authority."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from consumers.replay.replaying import Scope
from consumers.replay.run import Reading, Replay
from consumers.replay.trying import (
    Change,
    Compared,
    Count,
    Openings,
    by_duty,
    by_week,
    compared,
    total,
)
from consumers.settings import AuditorSettings
from joinedup.commands import read_view
from joinedup.commands.env_files import AUDITOR, AuditorEnvFile, settings_file
from joinedup.commands.listing import Listing
from joinedup.commands.read import AsJson
from joinedup.commands.replay import ArchiveFolder
from joinedup.commands.replay_memory import within_memory
from joinedup.commands.replay_progress import following
from joinedup.commands.replay_sources import Origin, Sources, in_one_sentence
from joinedup.commands.rules_given import From, RulesFile, supposed_of
from journey.duties.duty import UNLIMITED
from journey.rulebook import Supposed

OneAuthority = Annotated[
    str, typer.Option("--la", envvar="JOINEDUP_LA", help="The local authority, such as 330.")
]


def try_rules(
    file: RulesFile,
    la: OneAuthority,
    since: From = None,
    archive: ArchiveFolder = None,
    as_json: AsJson = False,
    env_file: AuditorEnvFile = None,
) -> None:
    """Show which alerts a rule set would have added and spared, had it judged in the past.

    It folds the authority's history twice, in memory and without any effect: under the rules that
    were in force, and as if this set had judged from a day on in the place of all others.
    """
    supposed = supposed_of(file, since)
    with in_one_sentence(), ExitStack() as stack:
        settings = AuditorSettings.load(settings_file(env_file, AUDITOR))
        origin = Origin(settings, archive, settings.public_key)
        sources = stack.enter_context(origin.opened())
        reading = stack.enter_context(origin.ahead(sources))
        found = _tried(sources, reading, la, supposed)
    _show(found, la, supposed, as_json=as_json)


def _tried(sources: Sources, reading: Reading, la: str, supposed: Supposed) -> list[Compared]:
    replays = []
    for rules in (None, supposed):
        openings = Openings()
        scope = Scope(la=la)
        work = Replay(sources.journeys, reading, scope, openings, supposed=rules)
        replays.append((work, openings))
    # Asked once: what is written meanwhile is in neither.
    extents = replays[0][0].extents(sources.partition_of(la))
    passed = sum(extents.values())
    with following(Console(stderr=True), "Replaying twice", 2 * passed) as moved:
        bounded = within_memory(moved, None)
        for number, (work, openings) in enumerate(replays):
            openings.follow(_from(bounded, number * passed))
            work.run(extents)
    (_, before), (_, after) = replays
    return compared(before, after)


def _from(moved: Callable[[int], None], passed: int) -> Callable[[int], None]:
    return lambda records: moved(passed + records)


def _show(found: list[Compared], la: str, supposed: Supposed, *, as_json: bool) -> None:
    begins = None if supposed.since == UNLIMITED else supposed.since
    if as_json:
        read_view.as_json(_document(found, la, supposed, begins))
        return
    console = Console()
    duties = {name: count for name, count in by_duty(found).items() if _differs(count)}
    weeks = {week.isoformat(): count for week, count in by_week(found).items() if _differs(count)}
    if duties:
        console.print(_table("week of", weeks))
        console.print(_table("duty", duties))
    count = total(found)
    console.print(
        f"Under {supposed.rules.version}, had it judged from"
        f" {begins or 'the beginning'}: {count.after:,} alerts, where {count.before:,} were told;"
        f" {count.gained:,} gained, {count.lost:,} lost,"
        f" {count.sooner:,} sooner and {count.later:,} later."
    )
    console.print("Nothing was changed: weeks and duties without a difference are left out.")


def _differs(count: Count) -> bool:
    return count.before != count.after or any((count.gained, count.lost, count.sooner, count.later))


def _table(first: str, counts: dict[str, Count]) -> Listing:
    table = Listing(first, "told", "would be", "gained", "lost", "sooner", "later", box=None)
    for name, count in counts.items():
        numbers = (count.before, count.after, count.gained, count.lost, count.sooner, count.later)
        table.add_row(name, *(f"{number:,}" for number in numbers))
    return table


def _document(found: list[Compared], la: str, supposed: Supposed, begins: Any) -> dict[str, Any]:
    return {
        "la": la,
        "version": supposed.rules.version,
        "from": begins,
        "total": total(found),
        "weeks": [{"week": w, **_fields(count)} for w, count in by_week(found).items()],
        "duties": [{"duty": d, **_fields(count)} for d, count in by_duty(found).items()],
        "alerts": [
            {
                "change": one.change,
                "alert_id": one.one.alert_id,
                "duty": one.one.duty,
                "told_at": one.before.at if one.before else None,
                "would_be_at": one.after.at if one.after else None,
            }
            for one in found
            if one.change is not Change.SAME
        ],
    }


def _fields(count: Count) -> dict[str, int]:
    return msgspec.structs.asdict(count)
