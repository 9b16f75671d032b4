"""What each source has told, and until when its silence means that nothing happened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from journey.events import Event
from journey.moments import HOUR

T = TypeVar("T")

STREAMING = "STREAMING"
BATCH = "BATCH"
SHORTEST_RHYTHM, LONGEST_RHYTHM = 1, 366 * 24
"""Hours. Our own bounds: a source that says more is as one that says nothing for ever, and one
that says less would be silent before it was heard."""


class Source(msgspec.Struct, kw_only=True):
    """One source system of one local authority; moments in ms UTC.

    mode: STREAMING, BATCH, or empty while the source has not joined.
    rhythm: how long it may be silent, in ms.
    heard: when its last record arrived. complete_to: what it stated, never moved back.
    batches: open batches by id, each with the moment it was opened.
    snapshots: the scope of each open batch that is a snapshot, by batch id.
    frozen: the completeness at the moment the first open batch was opened.
    unreadable: by list, rows of its last delivery that were refused; what is absent may be in them.
    held_back: by list, why its last delivery took nothing back; a person has to ask the source.
    """

    id: str
    agency: str = ""
    mode: str = ""
    rhythm: int = 24 * HOUR
    event_types: frozenset[str] = frozenset()
    heard: int = 0
    complete_to: int = 0
    batches: dict[str, int] = {}
    snapshots: dict[str, str] = {}
    frozen: int = 0
    unreadable: dict[str, int] = {}
    held_back: dict[str, str] = {}
    joined: tuple[int, bool, str, str] | None = None
    """The rank of the record by which it joined, so that an older one changes nothing."""

    def complete_at(self, moment: int) -> int:
        """Return until when nothing of this source can be missing, asked at this moment."""
        if self.batches:
            return self.frozen
        if self.mode != STREAMING:
            return self.complete_to
        within = moment <= self.heard + self.rhythm
        return max(self.complete_to, moment if within else self.heard)

    @property
    def silent_at(self) -> int:
        """The moment at which it will have been silent for longer than its rhythm."""
        since = min(self.batches.values()) if self.batches else self.heard
        return since + self.rhythm


PING = "SourcePinged"
"""The type of the event that tries the path; whoever sends it, nobody is heard by it."""


def hear(source: Source, event: Event) -> bool:
    """Note a record of this source; return True where its completeness may have moved.

    Only a first sound after silence, a batch and a heartbeat move what waits; an ordinary
    record of a source that is within its rhythm, or in a batch, moves nothing that waits.
    """
    was_silent = _was_silent(source, event.kappa)
    handler = _CONTROL.get(event.type)
    moved = handler(source, event) if handler else False
    source.heard = max(source.heard, event.kappa)
    return moved or was_silent


def hear_ghost(source: Source, kappa: int) -> bool:
    """Note a record of this source that nobody can read any more; return the same as ``hear``."""
    was_silent = _was_silent(source, kappa)
    source.heard = max(source.heard, kappa)
    return was_silent


def _was_silent(source: Source, kappa: int) -> bool:
    return not source.batches and kappa > source.heard + source.rhythm


def _join(source: Source, event: Event) -> bool:
    if event.retracted or (source.joined is not None and event.rank <= source.joined):
        return False
    source.joined = event.rank
    source.agency = event.text("agency") or source.agency
    source.mode = event.text("mode") or BATCH
    hours = int(event.number("rhythm_hours") or 24)
    source.rhythm = min(max(hours, SHORTEST_RHYTHM), LONGEST_RHYTHM) * HOUR
    source.event_types = frozenset(event.data.get("event_types") or ())
    return True


def _beat(source: Source, event: Event) -> bool:
    stated = int(event.number("complete_to") or 0)
    source.complete_to = max(source.complete_to, min(stated, event.kappa))
    return True


def _open(source: Source, event: Event) -> bool:
    if not source.batches:
        source.frozen = source.complete_at(event.kappa)
    batch = event.text("batch_id") or ""
    source.batches = {**source.batches, batch: event.kappa}
    if event.flag("snapshot"):
        source.snapshots = {**source.snapshots, batch: event.text("batch_scope") or ""}
    return False


def _complete(source: Source, event: Event) -> bool:
    batch = event.text("batch_id") or ""
    source.batches = {key: at for key, at in source.batches.items() if key != batch}
    source.snapshots = {key: at for key, at in source.snapshots.items() if key != batch}
    scope, rows = event.text("batch_scope") or "", int(event.number("unreadable_rows") or 0)
    source.unreadable = _with(source.unreadable, scope, rows)
    return _beat(source, event)


def hold_back(source: Source, scope: str, reason: str) -> None:
    """Note why the last delivery of a list took nothing back; empty where it did as it should."""
    source.held_back = _with(source.held_back, scope, reason)


def _with(noted: dict[str, T], scope: str, value: T) -> dict[str, T]:
    """Return what is noted of the lists with this of one of them, without it where it is none."""
    others = {name: one for name, one in noted.items() if name != scope}
    return {**others, scope: value} if value else others


_CONTROL = {
    "SourceJoined": _join,
    "SourceHeartbeat": _beat,
    "BatchOpened": _open,
    "BatchCompleted": _complete,
}


def watching(
    sources: Iterable[Source], types: frozenset[str], needs: frozenset[str] = frozenset()
) -> list[Source]:
    """Return the joined sources that could hold an event of these types, ordered by id.

    needs: none is returned where nobody who joined sends one of these.
    """
    joined = [source for source in sources if source.mode]
    if needs and not needs <= frozenset().union(*(source.event_types for source in joined)):
        return []
    found = [source for source in joined if source.event_types & types]
    return sorted(found, key=lambda source: source.id)


def incomplete(sources: Iterable[Source], moment: int, deadline: int) -> tuple[str, ...]:
    """Return the ids of the sources that at this moment are not complete to the deadline."""
    return tuple(s.id for s in sources if s.complete_at(moment) < deadline)
