"""``joinedup receipt``: what became of an event, as its own source may know it."""

from __future__ import annotations

import json
from typing import Annotated
from uuid import UUID

import psycopg
import typer
from psycopg_pool import PoolTimeout

from gateway.receipts import MEANING, Receipt, Receipts
from joinedup.commands.gateway import EnvFile, receipts_of, settings_of, stop
from schemas.refusals import REASONS

EventId = Annotated[UUID, typer.Argument(help="The id that the event was accepted under.")]
Organisation = Annotated[str, typer.Option(help="Short code of its organisation.")]
System = Annotated[str, typer.Option(help="Short code of its system.")]


def register(app: typer.Typer) -> None:
    """Mount ``joinedup receipt``."""
    app.command("receipt")(receipt)


def receipt(
    event_id: EventId,
    organisation: Organisation,
    system: System,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    env_file: EnvFile = None,
) -> None:
    """Say what became of an event of a system: on the timeline, refused and why, or erased.

    Exit code 1 where nothing is known of it. Systems ask the gateway the same, of their own events.
    """
    found = asked(receipts(env_file), f"{organisation}/{system}", str(event_id))
    if found is None:
        stop(
            "Nothing is known of this event: it is on its way, or this system never sent it, or it"
            " was not signed as this system's, or it came more than 90 days ago."
        )
    typer.echo(json.dumps(found.as_json(), indent=1) if as_json else shown(found))


def receipts(env_file: EnvFile) -> Receipts:
    """Return what reads receipts with the gateway's settings."""
    found = receipts_of(settings_of(env_file))
    if found is None:
        stop("Set JOINEDUP_DATABASE_URL and JOINEDUP_RECEIPT_KEY, as .local/env/gateway.env does.")
    return found


def asked(receipts: Receipts, source: str, event_id: str) -> Receipt | None:
    """Return the receipt of a source's event; ends the command where the store does not answer."""
    receipts.open()
    try:
        return receipts.find(source, event_id)
    except (psycopg.Error, PoolTimeout) as fault:
        stop(f"The store does not answer ({type(fault).__name__}): see joinedup status.")
    finally:
        receipts.close()


def why_refused(reason: str) -> str:
    """Return the reason of a refusal in words, with its code, and what has to be done."""
    known = REASONS.get(reason)
    if known is None:
        return f"Reason: {reason} (see docs/publishing.md)."
    why, what_to_do = known
    return f"{why} ({reason}). {what_to_do}"


def shown(found: Receipt) -> str:
    """Return the receipt as a person reads it."""
    lines = [f"{found.outcome}: {MEANING[found.outcome]}"]
    if found.reason:
        lines.append(why_refused(found.reason))
    if found.known_at is not None:
        lines.append(f"The broker had it on {found.known_at:%d %B %Y at %H:%M:%S} UTC.")
    if found.arrivals > 1:
        lines.append(f"It came {found.arrivals} times; the repeats changed nothing.")
    return "\n".join(lines)
