"""While something lasts, something is owed in each school term or half-term."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import in_words, noted
from journey.duties.duty import Case
from journey.duties.episodes import Dated, Episode
from journey.duties.outcome import earliest, ended_with, met_by_first
from journey.duties.schooling import ROLL_FACTS
from journey.duties.shapes.answers import Answer, answers
from journey.duties.shapes.asked import Asked
from journey.duties.shapes.subject import Subject
from journey.duties.stops import STOP_FACTS
from journey.terms import Term, terms_from


class EachTerm(msgspec.Struct, frozen=True, kw_only=True):
    """While each SUBJECT lasts, DONE_BY in every term (or half), by its last school day.

    A term counts from so many school days of it on, by the parameter `least_school_days`. A
    holiday belongs to the term that follows. Terms missed one after the other are one case.
    since: the day from which it is owed where that is not the first day of the subject.
    """

    subject: Subject
    done_by: tuple[Answer, ...]
    missing: str
    halves: bool = False
    since: Callable[[Asked, Episode], date] | None = None

    @property
    def satisfied_by(self) -> frozenset[str]:
        """The event types that could hold what is missing."""
        return frozenset(answer.kind for answer in self.done_by)

    @property
    def reads(self) -> frozenset[str]:
        """Every event type that can change the cases."""
        return self.subject.reads | self.satisfied_by | ROLL_FACTS | STOP_FACTS

    def cases(
        self, journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
    ) -> Iterator[Case]:
        """Return a case for each term in which it was done, and each run in which it was not."""
        among = self.subject.find(journey)
        asked = Asked(journey, parameters, calendars)
        chosen = self.subject.chosen(asked, among) if among else []
        if not chosen:
            return
        done = answers(asked, among, self.done_by)
        for one in chosen:
            yield from self._runs(asked, one, _by_day(done.get(one.anchor, ())))

    def _runs(self, asked: Asked, one: Episode, done: Sequence[Dated]) -> Iterator[Case]:
        is_missing = False
        for term in self._terms(asked, one):
            here = [fact for fact in done if term.since <= fact.day <= term.last]
            after = [fact for fact in done if fact.day > term.last]
            if not is_missing:
                yield self._case(one, term, here or after)
            is_missing = not here
            if not (here or after) or (one.end is not None and one.end <= term.last):
                return

    def _terms(self, asked: Asked, one: Episode) -> Iterator[Term]:
        start = max(one.start, self.since(asked, one)) if self.since else one.start
        school, least = asked.school(one, start), asked.number("least_school_days")
        for term in terms_from(school, start, halves=self.halves):
            if term.left_from(start) >= min(least, len(term.days)):
                yield term

    def _case(self, one: Episode, term: Term, done: Sequence[Dated]) -> Case:
        last = in_words(term.last)
        return Case(
            anchor=one.anchor,
            period=term.name,
            due=term.last,
            arithmetic=f"by the last school day of {term.name}, {last}{noted(term.assumed)}",
            because=one.because,
            met=earliest(met_by_first(done), ended_with(one)),
            detail=self.missing,
        )


def _by_day(facts: Sequence[Dated]) -> list[Dated]:
    return sorted(facts, key=lambda fact: fact.day)
