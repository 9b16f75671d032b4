"""What went out of a child before its shield, which only people can follow: who is to be told."""

from __future__ import annotations

import time
from collections.abc import Iterable

import msgspec
import typer

from consumers.store.deliveries import told_of
from consumers.store.identities import Leaf
from consumers.store.reading import Reading
from consumers.store.taken_back import acted_on


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """Who knows of a child from before its shield.

    systems: whose records it was made of, with their agencies. told: recipients of messages about
    its alerts. acted: who did something about one.
    """

    systems: tuple[tuple[str, str], ...]
    told: tuple[str, ...]
    acted: tuple[str, ...]


def before_shield(store: Reading, child: str, leaves: Iterable[Leaf]) -> Before:
    """Return who knows of the child; who looked at it is shown to auditors alone, elsewhere."""
    alerts = [one["alert_id"] for one in store.alerts(child=child)]
    told = told_of(store, alerts, time.time_ns() // 1_000_000)
    acted = (one.by for alert in alerts for one in acted_on(store, alert))
    return Before(
        systems=tuple(sorted({(one.source, one.agency) for one in leaves})),
        told=tuple(sorted({one.recipient for one in told})),
        acted=tuple(sorted(set(acted))),
    )


def show(before: Before, child: str, la: str) -> None:
    """Print whom to tell, as what stands elsewhere follows no shield."""
    typer.echo("What went out before stays where it went. Tell these of the shield, by yourself:")
    for source, agency in before.systems:
        typer.echo(f"  {source} ({agency}): its own records are not shielded by this.")
    for recipient in before.told:
        typer.echo(f"  {recipient}: was sent messages about alerts of the child.")
    for who in before.acted:
        typer.echo(f"  {who}: did something about an alert of the child.")
    typer.echo(
        f"Who looked at it: joinedup sharing {child} --la {la} --as auditor, for an auditor."
    )
    typer.echo(
        "Archives, exports and figures taken before hold what was told then: docs/operations.md,"
        " Shielding a child."
    )
