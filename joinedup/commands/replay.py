"""``joinedup replay``: what follows from journeys, told again and held against what was told."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from consumers.replay.attended import Table
from consumers.replay.deliveries import compared
from consumers.replay.journeys import KafkaTopic
from consumers.replay.kept import StoredAlerts
from consumers.replay.replaying import Scope
from consumers.replay.run import Outcome, Replay
from consumers.settings import AuditorSettings
from joinedup.commands import replay_view
from joinedup.commands.env_files import AUDITOR, AuditorEnvFile, settings_file
from joinedup.commands.reader import stop
from joinedup.commands.replay_memory import MostMiB, within_memory
from joinedup.commands.replay_output import Output, row_of, written_to
from joinedup.commands.replay_progress import following
from joinedup.commands.replay_sources import Origin, Sources, in_one_sentence, store_of
from joinedup.commands.rules_given import From, supposed_of
from journey.duties import RULES_VERSION
from journey.rules_compared import title_of
from journey.transition import Transition
from schemas.codec import Codec

MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]
ArchiveFolder = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Read an archive instead of Kafka and the registry."),
]
Authority = Annotated[
    str | None,
    typer.Option("--la", envvar="JOINEDUP_LA", help="Only this local authority, such as 330."),
]
Moment = Annotated[
    datetime | None,
    typer.Option(
        formats=MOMENTS,
        metavar="MOMENT",
        help="The alerts as they stood then: the first moment of a day, or a moment; in UTC.",
    ),
]


def register(app: typer.Typer) -> None:
    """Mount ``joinedup replay``."""
    app.command()(replay)


def replay(
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="Hold every transition against the store, or the alerts of the archive.",
        ),
    ] = False,
    as_of: Moment = None,
    archive: ArchiveFolder = None,
    store: Annotated[
        bool,
        typer.Option(
            "--store", help="With --archive: hold it against the store, not the archived alerts."
        ),
    ] = False,
    la: Authority = None,
    child: Annotated[
        str | None, typer.Option(metavar="KEY", help="Only what was told of this child.")
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="As if this rule set had judged, in the place of those that were published.",
        ),
    ] = None,
    since: From = None,
    output: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False,
            help="Write what is told, or with --as-of what stood: .json, .csv or .parquet.",
        ),
    ] = None,
    most_mib: MostMiB = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    env_file: AuditorEnvFile = None,
) -> None:
    """Fold journeys again, in memory and without any effect, and show what it tells.

    With --verify the exit code is 1 if anything that is kept is not what follows from journeys:
    what was told, what people did about it, how it stands with them, and who was told of it.
    """
    if verify and as_of is not None:
        stop("--verify compares all that was told: leave out --as-of.")
    if verify and rules is not None:
        stop("--verify compares what was told under the rules in force: leave out --rules.")
    if store and not (verify and archive):
        stop("--store says what to hold an archive against: give --verify and --archive too.")
    if rules is None and since is not None:
        stop("--from says since when --rules are taken to have judged: give both.")
    supposed = supposed_of(rules, since) if rules else None
    scope = Scope(la=la, moment=milliseconds(as_of) if as_of else None)
    with in_one_sentence(), ExitStack() as stack:
        settings = AuditorSettings.load(settings_file(env_file, AUDITOR))
        writing = stack.enter_context(written_to(output))
        origin = Origin(settings, archive, settings.public_key)
        sources = stack.enter_context(origin.opened())
        unproved = sources.unproved(la)
        reading = stack.enter_context(origin.ahead(sources))
        stored = verify and (store or archive is None)
        attended = stack.enter_context(store_of(settings)) if stored else None
        kept = attended or (sources.kept if verify else None)
        watching = Watching(scope, child, writing)
        work = Replay(
            *(sources.journeys, reading, scope, watching, kept, supposed, attended),
            is_behind=store,
        )
        outcome, seconds = _run(work, watching, sources, la, most_mib)
        _stop_where_nothing_is(outcome, la, child)
        if attended is not None and sources.deliveries is not None:
            _add_deliveries(outcome, sources.deliveries, sources.codec, attended, la)
        watching.end(outcome)
    judged_by = title_of(supposed.rules) if supposed else RULES_VERSION
    replay_view.show(
        *(outcome, seconds, scope, child),
        as_json=as_json,
        rules=judged_by,
        unproved=unproved,
    )
    if output is not None:
        Console(stderr=True).print(f"Wrote {watching.written:,} rows to {output}.")
    if not outcome.is_verified:
        raise typer.Exit(1)


class Watching:
    """Writes what is told to the output, and moves the bar."""

    def __init__(self, scope: Scope, child: str | None, output: Output) -> None:
        """Take what is asked for; with a moment the output is of what stood then."""
        self._stood = scope.moment is not None
        self._child = child
        self._output = output
        self.written = 0
        self._partitions: dict[str, int] = {}
        self.moved: Callable[[int], None] = lambda _: None

    def told(self, partition: int, transition: Transition) -> None:
        """Take the next transition of a partition."""
        self._partitions[transition.local_authority] = partition
        if not self._stood and self._is_asked(transition):
            self._write(partition, transition)

    def is_shown(self, transition: Transition) -> bool:
        """Return whether the facts behind an alert that stands so are asked for."""
        return (self._stood or self._child is not None) and self._is_asked(transition)

    def end(self, outcome: Outcome) -> None:
        """Write what stood, where that was asked for."""
        for one in outcome.standing if self._stood else ():
            told = one.transition
            if self._is_asked(told):
                self._write(self._partitions[told.local_authority], told)

    def _write(self, partition: int, transition: Transition) -> None:
        self._output.write(row_of(partition, transition))
        self.written += 1

    def _is_asked(self, transition: Transition) -> bool:
        return self._child is None or transition.child.startswith(self._child)


def _add_deliveries(
    outcome: Outcome, topic: KafkaTopic, codec: Codec, kept: StoredAlerts, la: str | None
) -> None:
    """Hold the deliveries that are kept against their topic too."""
    with topic:
        found = compared(topic, codec, kept, la)
    outcome.rows[Table.DELIVERIES] = found.compared
    outcome.row_differences += found.differences


def _stop_where_nothing_is(outcome: Outcome, la: str | None, child: str | None) -> None:
    """Stop, before a file is there, where nothing is of what was asked for: it may be misspelt.

    What is kept of it and does not follow is a difference, and is shown as one.
    """
    if outcome.differences:
        return
    if la is not None and not outcome.counts.own:
        stop(f"No record of local authority {la} was read: see --la, and --as-of.")
    told = (one.transition.child for one in outcome.standing)
    if child is not None and not any(one.startswith(child) for one in told):
        stop(
            "Nothing was told of a child whose key begins so, or it was erased: see --child, --la"
            " and --as-of."
        )


def _run(
    work: Replay, watching: Watching, sources: Sources, la: str | None, most_mib: int | None
) -> tuple[Outcome, float]:
    extents = work.extents(sources.partition_of(la) if la else None)
    began = time.monotonic()
    with following(Console(stderr=True), "Replaying", sum(extents.values())) as moved:
        watching.moved = within_memory(moved, most_mib)
        outcome = work.run(extents)
    return outcome, time.monotonic() - began


def milliseconds(moment: datetime) -> int:
    """Return a moment in ms since 1970 UTC; one without a zone is taken to be in UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)
