"""Where each alert stands after a replay, and the facts behind what was told."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from consumers.replay.comparing import Difference, fields_of
from journey.duties.duty import Severity
from journey.events import Event
from journey.shelf import MemoryShelf
from journey.transition import Transition

_BY_SEVERITY = {severity: rank for rank, severity in enumerate(Severity)}


class Stood(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as it stood: its last transition, and since when it held (ms since 1970 UTC)."""

    opened_at: int
    transition: Transition


class Standing:
    """The alerts as they stand after the transitions that were taken."""

    def __init__(self) -> None:
        """Start with no alert."""
        self._alerts: dict[tuple[str, str], Stood] = {}

    def add(self, transition: Transition) -> None:
        """Take the next transition."""
        key = (transition.local_authority, transition.alert_id)
        before = self._alerts.get(key)
        opened_at = before.opened_at if before else transition.as_of
        self._alerts[key] = Stood(opened_at=opened_at, transition=transition)

    def merge(self, other: Standing) -> None:
        """Take the alerts of another partition."""
        self._alerts |= other._alerts

    def alerts(self) -> list[Stood]:
        """Return the alerts, the most severe and the longest due first."""
        return sorted(self._alerts.values(), key=_order)


def _order(one: Stood) -> tuple[int, str, str, str]:
    told = one.transition
    rank = _BY_SEVERITY[Severity(told.severity)]
    return (rank, told.due.isoformat(), told.local_authority, told.alert_id)


def facts_behind(shelf: MemoryShelf, transitions: Iterable[Transition]) -> dict[str, Event]:
    """Return, by event id, the standing facts that the transitions name."""
    found: dict[str, Event] = {}
    for one in transitions:
        found |= _named(shelf, one.local_authority, one.anchor, {*one.because, *one.met_by})
    return found


def facts_behind_differences(
    shelf: MemoryShelf, differences: Iterable[Difference]
) -> dict[str, Event]:
    """Return, by event id, the standing facts that either side of the differences names."""
    found: dict[str, Event] = {}
    for one in differences:
        anchor = fields_of(one.replayed or one.kept or "").get("anchor")
        if isinstance(anchor, str):
            found |= _named(shelf, one.la, anchor, set(one.events))
    return found


def _named(shelf: MemoryShelf, la: str, anchor: str, events: set[str]) -> dict[str, Event]:
    return {
        event.event_id: event
        for cluster in shelf.find(la, [anchor])
        for event in cluster.records.values()
        if event.event_id in events
    }
