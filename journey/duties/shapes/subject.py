"""What a duty is owed for, one by one: each placement, each plan, each referral."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise
from typing import Self

import msgspec

from journey.child import Journey
from journey.duties.episodes import Episode, closed, dated, episodes
from journey.duties.shapes.asked import Asked
from journey.events import Event

NOTHING: frozenset[str] = frozenset()
OWN_DAY = ""
"""The valid day of a fact is the day on which it occurred, as its schema says."""


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Where the episodes come from that a duty is owed for.

    find: every episode of the kind. reads: the event types that can change it.
    concerns: which of them the duty is about; the others only claim their own facts.
    """

    find: Callable[[Journey], Sequence[Episode]]
    reads: frozenset[str]
    concerns: tuple[Callable[[Asked, Episode], bool], ...] = ()

    def chosen(self, asked: Asked, among: Sequence[Episode]) -> list[Episode]:
        """Return those of the episodes that the duty is about."""
        return [one for one in among if all(test(asked, one) for test in self.concerns)]

    def where(
        self, test: Callable[[Asked, Episode], bool], reads: frozenset[str] = NOTHING
    ) -> Self:
        """Return the same, only where the test holds; reads: what the test looks at."""
        concerns = (*self.concerns, test)
        return msgspec.structs.replace(self, concerns=concerns, reads=self.reads | reads)

    def until(self, kind: str, about: str) -> Self:
        """Return the same, each to the first fact of a type that belongs to it by this field."""
        find = self.find

        def closing(journey: Journey) -> list[Episode]:
            found = find(journey)
            return closed(found, dated(journey, kind, OWN_DAY), about) if found else []

        return msgspec.structs.replace(self, find=closing, reads=self.reads | {kind})

    def replaced(self) -> Self:
        """Return the same, each to the beginning of the next."""
        find = self.find

        def in_turn(journey: Journey) -> list[Episode]:
            found = find(journey)
            return [_to_the_next(one, after) for one, after in pairwise([*found, None]) if one]

        return msgspec.structs.replace(self, find=in_turn)


def _to_the_next(one: Episode, after: Episode | None) -> Episode:
    if after is None or (one.end is not None and one.end <= after.start):
        return one
    return msgspec.structs.replace(one, end=after.start, ended_by=after.because)


def alone(event: Event) -> Hashable:
    """Tell facts of one day apart: each is an episode of its own."""
    return event.record


def each(kind: str, key: Callable[[Event], Hashable] = lambda event: None) -> Subject:
    """Return what each fact of a type started; of one day and one key they are one, told twice."""

    def find(journey: Journey) -> list[Episode]:
        return episodes(journey, kind, OWN_DAY, key)

    return Subject(find=find, reads=frozenset({kind}))
