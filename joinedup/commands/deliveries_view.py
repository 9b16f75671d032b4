"""Deliveries as tables: where each stands, and who had been told."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from consumers.store.deliveries import DeliveryShown
from joinedup.commands.words import moment_text

STATES = {
    "PLANNED": ("waits", "cyan"),
    "ATTEMPTED": ("on its way", "cyan"),
    "ACCEPTED": ("accepted", "green"),
    "DELIVERED": ("delivered", "green"),
    "FAILED": ("failed, to be tried again", "yellow"),
    "GIVEN_UP": ("given up", "bold red"),
    "CANCELLED": ("cancelled", "dim"),
}
CAUSES = {
    "TEAM": "",
    "TOLD_BEFORE": "was told before",
    "NO_TEAM": "no team is named",
    "GIVEN_UP": "in the place of who could not be told",
    "NOBODY_TOLD": "nobody else was told in time",
    "UNATTENDED": "nobody attends to it",
}


def states_table(found: Sequence[DeliveryShown]) -> Table:
    """Return where deliveries stand."""
    table = Table(box=None, pad_edge=False)
    for name in ("planned", "alert", "severity", "what", "to", "by", "state", "since", "why"):
        table.add_column(name)
    for one in found:
        said, style = STATES[one.step]
        reason = (one.reason or "").lower().replace("_", " ")
        table.add_row(
            moment_text(one.planned_at),
            one.alert_id[:8],
            one.severity,
            one.kind.lower().replace("_", " "),
            one.recipient,
            one.channel.lower().replace("_", "-"),
            Text(f"{said} ({one.attempt})" if one.attempt > 1 else said, style=style),
            moment_text(one.at),
            "; ".join(part for part in (reason, CAUSES[one.cause]) if part),
        )
    return table


def told_table(found: Sequence[DeliveryShown]) -> Table:
    """Return who had been told of alerts, in order."""
    table = Table("told at", "who", "by", "of alert", "which was", box=None, pad_edge=False)
    for one in found:
        table.add_row(
            moment_text(one.at),
            one.recipient,
            one.channel.lower().replace("_", "-"),
            one.alert_id[:8],
            one.kind.lower().replace("_", " "),
        )
    return table
