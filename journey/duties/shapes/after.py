"""After something began, something else is owed within a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import Deadline
from journey.duties.duty import Case, Met
from journey.duties.episodes import Dated, Episode
from journey.duties.outcome import earliest, ended, ended_with, met_by_first
from journey.duties.shapes.answers import Answer, answers, lacking
from journey.duties.shapes.asked import Asked
from journey.duties.shapes.clock import Clock
from journey.duties.shapes.subject import NOTHING, Subject
from journey.duties.stops import STOP_FACTS


class After(msgspec.Struct, frozen=True, kw_only=True):
    """After each SUBJECT begins, MET_BY within CLOCK, unless ENDED_BY comes first.

    missing: what is missing, in words. in_words: the words of the fields of an answer that
    has to be complete. period: tells two things owed for one episode apart. until: when it
    ceases to be owed although the subject lasts. also_reads: what `until` looks at.
    """

    subject: Subject
    clock: Clock
    met_by: tuple[Answer, ...]
    missing: str
    ended_by: tuple[Answer, ...] = ()
    in_words: Mapping[str, str] = {}
    period: str = ""
    until: Callable[[Asked, Episode], Met | None] | None = None
    also_reads: frozenset[str] = NOTHING

    @property
    def satisfied_by(self) -> frozenset[str]:
        """The event types that could hold what is missing."""
        return frozenset(answer.kind for answer in self.met_by)

    @property
    def reads(self) -> frozenset[str]:
        """Every event type that can change the cases."""
        others = {answer.kind for answer in self.ended_by}
        own = self.subject.reads | self.clock.reads | self.also_reads
        return own | self.satisfied_by | others | STOP_FACTS

    def cases(
        self, journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
    ) -> Iterator[Case]:
        """Return a case for each episode that the duty is about."""
        among = self.subject.find(journey)
        asked = Asked(journey, parameters, calendars)
        chosen = self.subject.chosen(asked, among) if among else []
        if not chosen:
            return
        done = [(answer, answers(asked, among, (answer,))) for answer in self.met_by]
        over = answers(asked, among, self.ended_by)
        for one in chosen:
            clock = self.clock.of(asked, one.start, one)
            if clock is not None:
                facts = [(a, fact) for a, by in done for fact in by.get(one.anchor, ())]
                yield self._case(asked, one, clock, facts, over.get(one.anchor, ()))

    def _case(
        self,
        asked: Asked,
        one: Episode,
        clock: Deadline,
        facts: list[tuple[Answer, Dated]],
        over: Sequence[Dated],
    ) -> Case:
        lacks = [(lacking(asked, answer, fact), fact) for answer, fact in facts]
        gone = met_by_first(over)
        return Case(
            anchor=one.anchor,
            period=self.period,
            due=clock.due,
            arithmetic=clock.arithmetic,
            because=one.because,
            met=earliest(
                met_by_first(fact for missing, fact in lacks if not missing),
                _over(gone),
                ended_with(one),
                self.until(asked, one) if self.until else None,
            ),
            detail=self._detail(lacks),
        )

    def _detail(self, lacks: list[tuple[list[str], Dated]]) -> str:
        """Return what is missing: all of it or, of the last that was not complete, some fields."""
        if not lacks or not lacks[-1][0]:
            return self.missing
        named = ", ".join(self.in_words.get(name, name) for name in lacks[-1][0])
        return f"it does not say: {named}"


def _over(gone: Met | None) -> Met | None:
    return None if gone is None else ended(gone.on, gone.by)
