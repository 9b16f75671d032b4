"""Deliveries as tables: where each stands, and who had been told."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from consumers.store.deliveries import CAUSES, STATES, DeliveryShown
from joinedup.commands.listing import Listing
from joinedup.commands.words import moment_text

_STYLES = {
    "PLANNED": "cyan",
    "ATTEMPTED": "cyan",
    "ACCEPTED": "green",
    "DELIVERED": "green",
    "FAILED": "yellow",
    "GIVEN_UP": "bold red",
    "CANCELLED": "dim",
}


def states_table(found: Sequence[DeliveryShown]) -> Listing:
    """Return where deliveries stand."""
    table = Listing(box=None, pad_edge=False)
    for name in ("planned", "alert", "severity", "what", "to", "by", "state", "since", "why"):
        table.add_column(name)
    for one in found:
        said, style = STATES[one.step], _STYLES[one.step]
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


def told_table(found: Sequence[DeliveryShown]) -> Listing:
    """Return who had been told of alerts, in order."""
    table = Listing("told at", "who", "by", "of alert", "which was", box=None, pad_edge=False)
    for one in found:
        table.add_row(
            moment_text(one.at),
            one.recipient,
            one.channel.lower().replace("_", "-"),
            one.alert_id[:8],
            one.kind.lower().replace("_", " "),
        )
    return table
