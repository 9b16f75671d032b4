"""The events in which a source speaks of itself: it joins, is heard, opens and ends a batch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from producers.event import LONDON, Event, Source, milliseconds, new_event

BATCH = "BATCH"
STREAMING = "STREAMING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One delivery of one source for one local authority.

    scope: what a snapshot is all of; None where the batch is no snapshot.
    extracted_at: until when the batch is complete; also the revision of its control events.
    """

    id: str
    local_authority: str
    source: Source
    extracted_at: datetime
    scope: str | None = None


def join_source(
    *,
    local_authority: str,
    source: Source,
    agency: str,
    event_types: Iterable[str],
    at: datetime,
    mode: str = BATCH,
    rhythm_hours: int = 24,
) -> Event:
    """Return the event by which a source joins a local authority.

    ``agency`` is education, health or social-care. ``event_types`` are the types that it will
    send: their absence is believed only when this source was heard. ``rhythm_hours`` is how long
    it may be silent.
    """
    return new_event(
        "SourceJoined",
        local_authority=local_authority,
        source=source,
        source_record_id="source/joined",
        revision=milliseconds(at),
        recorded_at=at,
        agency=agency.upper().replace("-", "_"),
        mode=mode,
        rhythm_hours=rhythm_hours,
        event_types=sorted(event_types),
        joined_on=at.astimezone(LONDON).date(),
    )


def heartbeat(*, local_authority: str, source: Source, complete_to: datetime) -> Event:
    """Return the event that says: everything known to this source by then has been sent."""
    return new_event(
        "SourceHeartbeat",
        local_authority=local_authority,
        source=source,
        source_record_id="source/heartbeat",
        revision=milliseconds(complete_to),
        recorded_at=complete_to,
        complete_to=complete_to,
    )


def ping(*, local_authority: str, source: Source, at: datetime) -> Event:
    """Return the event that tries the path to the store: it says nothing of anybody."""
    return new_event(
        "SourcePinged",
        local_authority=local_authority,
        source=source,
        source_record_id="source/ping",
        revision=milliseconds(at),
        recorded_at=at,
    )


def open_batch(batch: Batch, *, rows: int | None = None) -> Event:
    """Return the event that opens the batch: from here on its source is incomplete."""
    return new_event(
        "BatchOpened",
        local_authority=batch.local_authority,
        source=batch.source,
        source_record_id=f"batch/{batch.id}/opened",
        revision=milliseconds(batch.extracted_at),
        recorded_at=batch.extracted_at,
        batch=batch.id,
        scope=batch.scope,
        batch_id=batch.id,
        batch_scope=batch.scope,
        snapshot=batch.scope is not None,
        rows=rows,
    )


def complete_batch(batch: Batch, *, records: int, unreadable_rows: int = 0) -> Event:
    """Return the event that completes the batch of this many events, to its extract moment.

    unreadable_rows: rows that were refused; what seems to be absent may be in them.
    """
    return new_event(
        "BatchCompleted",
        local_authority=batch.local_authority,
        source=batch.source,
        source_record_id=f"batch/{batch.id}/completed",
        revision=milliseconds(batch.extracted_at),
        recorded_at=batch.extracted_at,
        batch=batch.id,
        scope=batch.scope,
        batch_id=batch.id,
        batch_scope=batch.scope,
        complete_to=batch.extracted_at,
        records=records,
        unreadable_rows=unreadable_rows or None,
    )
