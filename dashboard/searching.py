"""How often somebody may search for a child: each is on record, by whom and never for whom."""

from __future__ import annotations

from consumers.store import searches
from dashboard.people import Person, Refused
from dashboard.store import Store

MOST, MOST_MISSED = 60, 15
"""Searches in an hour, and those among them that found no one child: our own default."""


def limited(store: Store, person: Person, scheme: str) -> Refused | None:
    """Return why this person may not search now; that they tried is on record. None: they may."""
    with store.reading(person) as reading:
        made, missed = searches.lately(reading, person.name)
    if made < MOST and missed < MOST_MISSED:
        return None
    searched(store, person, scheme, "REFUSED")
    return Refused("You have searched too often in the last hour. It is on record; wait a while")


def searched(store: Store, person: Person, scheme: str, outcome: str) -> None:
    """Put a search on record before anything is said of it."""
    with store.writing(person) as connection:
        searches.searched_on(
            connection,
            la=person.la,
            reader=person.name,
            role=person.role,
            scheme=scheme,
            outcome=outcome,
        )
