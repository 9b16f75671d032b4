"""``joinedup child --as-of``: what was known of a child then, who was told, and who had looked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.console import Console

from consumers.replay.child import ChildThen, child_then
from consumers.replay.replaying import Scope
from consumers.settings import AuditorSettings
from consumers.store.deliveries import DeliveryShown, told_of
from consumers.store.looking import Looked
from joinedup.commands import read_view
from joinedup.commands.deliveries_view import told_table
from joinedup.commands.listing import Listing
from joinedup.commands.reader import Role, reader, stop
from joinedup.commands.replay_sources import from_kafka, in_one_sentence
from joinedup.commands.replay_view import alert_of, evidence_of


class AskedThen(msgspec.Struct, frozen=True, kw_only=True):
    """Which child, when (ms since 1970 UTC), as whom, and what the store says beside it.

    leaves: by which the child is known now. looked: who had looked by then.
    withheld: no detail of the child is to be shown, as its records are shielded by now.
    """

    la: str
    child: str
    moment: int
    role: Role
    leaves: tuple[str, ...]
    looked: tuple[Looked, ...]
    withheld: bool = False


def show_child_then(env_file: Path | None, asked: AskedThen, *, as_json: bool) -> None:
    """Replay the authority up to the moment, and print the child as it was known then."""
    scope = Scope(la=asked.la, moment=asked.moment)
    with in_one_sentence():
        settings = AuditorSettings.load(env_file)
        with from_kafka(settings, la=asked.la) as sources:
            partition = sources.partition_of(asked.la)
            until = sources.journeys.ends().get(partition, 0)
            then = child_then(sources.reader, partition, until, scope, asked.child, asked.leaves)
    if then is None:
        stop("The child of this key was not known yet at that moment.")
    with reader(env_file, asked.la, asked.role) as (_, store):
        told = told_of(store, (one.transition.alert_id for one in then.alerts), asked.moment)
    if as_json:
        read_view.as_json(_document(asked, then, told))
    else:
        _show(asked, then, told)


def _document(
    asked: AskedThen, then: ChildThen, told: Sequence[DeliveryShown]
) -> dict[str, object]:
    evidence = evidence_of(then.facts)
    return {
        "child": asked.child,
        **read_view.withheld_fields(asked.withheld),
        "as_of": asked.moment,
        "timeline": then.timeline,
        "alerts": [read_view.alert_fields(alert_of(one), evidence) for one in then.alerts],
        "judged_by": [{"engine": engine, "rules": rules} for engine, rules in then.judged_by],
        "told": told,
        "looked": asked.looked if asked.role is Role.AUDITOR else None,
    }


def _show(asked: AskedThen, then: ChildThen, told: Sequence[DeliveryShown]) -> None:
    console = Console()
    console.print(f"As it was known at {moment_text(asked.moment)}")
    alerts = [alert_of(one) for one in then.alerts]
    read_view.show_child(
        asked.child, then.timeline, alerts, evidence_of(then.facts), withheld=asked.withheld
    )
    judged = "; ".join(f"engine {engine}, rules {rules}" for engine, rules in then.judged_by)
    console.print(f"Judged by: {judged or 'nothing, as nothing was told'}.")
    console.print(told_table(told) if told else "Nobody had been told of its alerts.")
    show_looked(console, asked.role, asked.looked)


def show_looked(console: Console, role: Role, looked: Sequence[Looked]) -> None:
    """Print who had looked, to an auditor; to others, that they are not told."""
    if role is not Role.AUDITOR:
        console.print("Who had looked is shown to auditors: --as auditor.", style="dim")
    elif looked:
        table = Listing("looked at", "who", "as", "with", "for", box=None, pad_edge=False)
        for one in looked:
            table.add_row(moment_text(one.at), one.reader, one.role, one.command, one.purpose)
        console.print(table)
    else:
        console.print("Nobody had looked.")


def moment_text(milliseconds: int) -> str:
    """Return a moment (ms since 1970 UTC) as people write it."""
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
