"""While something lasts, something is owed again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from journey.calendars import Calendars
from journey.child import Journey
from journey.duties.duty import Case, Met
from journey.duties.episodes import Dated, Episode
from journey.duties.outcome import earliest, ended_with, met
from journey.duties.shapes.answers import Answer, answers
from journey.duties.shapes.asked import Asked
from journey.duties.shapes.clock import Clock
from journey.duties.shapes.subject import NOTHING, Subject
from journey.duties.stops import STOP_FACTS


class Repeats(msgspec.Struct, frozen=True, kw_only=True):
    """While each SUBJECT lasts, DONE_BY within FIRST of its start, then within THEN of the last.

    first: None where the first time is another duty's. missing: what is missing, in words.
    until: when it ceases to be owed although the subject lasts.
    """

    subject: Subject
    done_by: tuple[Answer, ...]
    then: Clock
    missing: str
    first: Clock | None = None
    until: Callable[[Asked, Episode], Met | None] | None = None
    also_reads: frozenset[str] = NOTHING

    @property
    def satisfied_by(self) -> frozenset[str]:
        """The event types that could hold what is missing."""
        return frozenset(answer.kind for answer in self.done_by)

    @property
    def reads(self) -> frozenset[str]:
        """Every event type that can change the cases."""
        clocks = self.then.reads | (self.first.reads if self.first else NOTHING)
        return self.subject.reads | clocks | self.satisfied_by | self.also_reads | STOP_FACTS

    def cases(
        self, journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
    ) -> Iterator[Case]:
        """Return a case for each time of each episode, the next one included."""
        among = self.subject.find(journey)
        asked = Asked(journey, parameters, calendars)
        chosen = self.subject.chosen(asked, among) if among else []
        if not chosen:
            return
        done = answers(asked, among, self.done_by)
        for one in chosen:
            yield from self._times(asked, one, _in_turn(one, done.get(one.anchor, ())))

    def _times(self, asked: Asked, one: Episode, done: list[Dated]) -> Iterator[Case]:
        start, because, clock = one.start, one.because, self.first
        over = earliest(ended_with(one), self.until(asked, one) if self.until else None)
        for ordinal, fact in enumerate([*done, None], start=1):
            last_day = clock.of(asked, start, one) if clock else None
            if last_day is not None:
                yield Case(
                    anchor=one.anchor,
                    period=str(ordinal),
                    due=last_day.due,
                    arithmetic=last_day.arithmetic,
                    because=because,
                    met=earliest(None if fact is None else met(fact), over),
                    detail=self.missing,
                )
            if fact is not None:
                start, because, clock = fact.day, (fact.event.event_id,), self.then


def _in_turn(one: Episode, done: Sequence[Dated]) -> list[Dated]:
    """Return what was done while the episode lasted; two sources' records of one day are one."""
    by_day = {fact.day: fact for fact in reversed(done)}
    return [by_day[day] for day in sorted(by_day) if one.is_open(day)]
