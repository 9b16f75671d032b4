"""What other rules would have told: the alerts of two replays, held side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar

import msgspec

from journey.moments import day_of
from journey.transition import Kind, Transition

K = TypeVar("K", str, date)
Place = tuple[str, str]
"""(local authority, alert id)."""


class Change(StrEnum):
    """What becomes of an alert under the other rules."""

    GAINED = "gained"
    LOST = "lost"
    SOONER = "sooner"
    LATER = "later"
    SAME = "same"


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """The first time that an alert was told. at: the moment (ms UTC) from which it held."""

    la: str
    alert_id: str
    duty: str
    due: date
    at: int

    @property
    def week(self) -> date:
        """The Monday of its week, in London."""
        day = day_of(self.at)
        return day - timedelta(days=day.weekday())


class Openings:
    """Watches a replay for the alerts that it opens."""

    def __init__(self) -> None:
        """Start with none."""
        self.found: dict[Place, Opening] = {}
        self._moved: Callable[[int], None] = lambda _: None

    def follow(self, moved: Callable[[int], None]) -> None:
        """Take who is told how far the replay is."""
        self._moved = moved

    def told(self, partition: int, transition: Transition) -> None:
        """Take the next transition of a partition."""
        if transition.kind is Kind.OPENED:
            place = (transition.local_authority, transition.alert_id)
            self.found[place] = Opening(
                la=transition.local_authority,
                alert_id=transition.alert_id,
                duty=transition.duty,
                due=transition.due,
                at=transition.as_of,
            )

    def moved(self, records: int) -> None:
        """Take how many offsets of journeys have been passed in all."""
        self._moved(records)

    def is_shown(self, transition: Transition) -> bool:
        """Return False: no facts are asked for."""
        return False


class Compared(NamedTuple):
    """An alert under the rules in force, and under the others; one of them may be missing."""

    before: Opening | None
    after: Opening | None

    @property
    def one(self) -> Opening:
        """The alert, as the other rules tell it where they do."""
        found = self.after or self.before
        assert found is not None, "one of the two told it"
        return found

    @property
    def change(self) -> Change:
        """What becomes of it."""
        if self.before is None:
            return Change.GAINED
        if self.after is None:
            return Change.LOST
        if self.before.at == self.after.at:
            return Change.SAME
        return Change.SOONER if self.after.at < self.before.at else Change.LATER


class Count(msgspec.Struct, kw_only=True):
    """How many alerts were told, would be, and what differs."""

    before: int = 0
    after: int = 0
    gained: int = 0
    lost: int = 0
    sooner: int = 0
    later: int = 0

    def note(self, change: Change) -> None:
        """Count what becomes of an alert."""
        self.gained += change is Change.GAINED
        self.lost += change is Change.LOST
        self.sooner += change is Change.SOONER
        self.later += change is Change.LATER


def compared(before: Openings, after: Openings) -> list[Compared]:
    """Return every alert that either replay told, in order of moments."""
    places = before.found.keys() | after.found.keys()
    pairs = (Compared(before.found.get(place), after.found.get(place)) for place in places)
    return sorted(pairs, key=lambda pair: (pair.one.at, pair.one.alert_id))


def total(found: Iterable[Compared]) -> Count:
    """Return the count of all alerts."""
    counts = _counted(found, lambda _: "")
    return counts.get("", Count())


def by_duty(found: Iterable[Compared]) -> dict[str, Count]:
    """Return the counts by duty, in order of ids."""
    return _counted(found, lambda one: one.duty)


def by_week(found: Iterable[Compared]) -> dict[date, Count]:
    """Return the counts by the Monday of the week in which alerts were, or would be, told.

    One that moves from one week to another counts as sooner or later in the one it comes to.
    """
    return _counted(found, lambda one: one.week)


def _counted(found: Iterable[Compared], key: Callable[[Opening], K]) -> dict[K, Count]:
    counts: defaultdict[K, Count] = defaultdict(Count)
    for one in found:
        if one.before is not None:
            counts[key(one.before)].before += 1
        if one.after is not None:
            counts[key(one.after)].after += 1
        counts[key(one.one)].note(one.change)
    return {name: counts[name] for name in sorted(counts)}
