"""A child's journey: the standing facts of all the leaves that are one child."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from journey.events import Event


class Journey(msgspec.Struct, frozen=True, kw_only=True):
    """All that stands about one child: winning, unretracted revisions only.

    key: the platform's pseudonymous child key.
    anchor: the earliest leaf of the child (by known time), the anchor of age and year duties.
    date_of_birth: None where no source gave one.
    facts: by event type, each list in order (occurred_on, kappa, event_id).
    """

    key: str
    anchor: str
    date_of_birth: date | None
    facts: dict[str, list[Event]]

    def of(self, *types: str) -> list[Event]:
        """Return the facts of these types, ordered by (occurred_on, kappa, event_id)."""
        if len(types) == 1:
            return self.facts.get(types[0], [])
        found = [fact for name in types for fact in self.facts.get(name, [])]
        return sorted(found, key=in_order)


def in_order(event: Event) -> tuple[date, int, str]:
    """Sort key of facts: valid day, then known time, then event id."""
    return (event.occurred_on, event.kappa, event.event_id)


def journey_of(
    key: str, anchor: str, date_of_birth: date | None, events: Iterable[Event]
) -> Journey:
    """Return the journey of these winning events; retracted ones are left out."""
    facts: dict[str, list[Event]] = {}
    for event in sorted((e for e in events if not e.retracted), key=in_order):
        facts.setdefault(event.type, []).append(event)
    return Journey(key=key, anchor=anchor, date_of_birth=date_of_birth, facts=facts)
