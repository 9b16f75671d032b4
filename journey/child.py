"""A child's journey: the standing facts of all the leaves that are one child."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from typing import Any, TypeVar

import msgspec

from journey.events import Event

T = TypeVar("T")

_FOLLOWING: dict[str, list[object]] = {}
"""By event type, the functions whose answers its facts can change; filled by ``once``."""


class Journey(msgspec.Struct, frozen=True, kw_only=True):
    """All that stands about one child: winning, unretracted revisions only.

    key: the platform's pseudonymous child key.
    anchor: the earliest leaf of the child (by known time), the anchor of age and year duties.
    date_of_birth: None where no source gave one.
    facts: by event type, each list in order (occurred_on, kappa, event_id).
    derived: what was worked out from the facts, by function or event type, so that several
        duties, and later facts of other types, need it only once.
    """

    key: str
    anchor: str
    date_of_birth: date | None
    facts: dict[str, list[Event]]
    derived: dict[object, Any] = msgspec.field(default_factory=dict)

    def with_one_more(self, event: Event) -> None:
        """Take in a fact that is not among them yet; what follows from its type is forgotten."""
        for key in (event.type, *_FOLLOWING.get(event.type, ())):
            self.derived.pop(key, None)
        self._add(event)

    def with_other(self, old: Event, event: Event) -> None:
        """Take in a fact in the place of one of the same type; what was derived is forgotten."""
        self.derived.clear()
        facts = self.facts[old.type]
        facts[:] = [fact for fact in facts if fact.record != old.record]
        self._add(event)

    def _add(self, event: Event) -> None:
        facts = self.facts.setdefault(event.type, [])
        if facts and in_order(event) < in_order(facts[-1]):
            insort(facts, event, key=in_order)
        else:
            facts.append(event)  # most facts are told in the order in which they happened

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


def once(reads: frozenset[str]) -> Callable[[Callable[[Journey], T]], Callable[[Journey], T]]:
    """Return a decorator: the function's answer is worked out only once for the same facts.

    reads: every event type that can change the answer.
    """

    def deriving(derive: Callable[[Journey], T]) -> Callable[[Journey], T]:
        for name in reads:
            _FOLLOWING.setdefault(name, []).append(derive)

        @wraps(derive)
        def derived(journey: Journey) -> T:
            found: T
            try:
                found = journey.derived[derive]
            except KeyError:
                found = journey.derived[derive] = derive(journey)
            return found

        return derived

    return deriving
