"""While something lasts, a state of affairs that may not be: from each day on which it begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import in_words
from journey.duties.duty import Case, Met
from journey.duties.episodes import Dated, Episode
from journey.duties.outcome import earliest, ended_with, met_by_first
from journey.duties.shapes.answers import Answer, answers
from journey.duties.shapes.asked import Asked
from journey.duties.shapes.subject import NOTHING, Subject
from journey.duties.stops import STOP_FACTS


class Spells(msgspec.Struct, frozen=True, kw_only=True):
    """While each SUBJECT lasts, every spell in which there are GROUNDS, which should not be.

    changes: the days on which the grounds may change, each with the event ids of what changed.
    grounds: the event ids of what makes it so on a day, or none. met_by: what also meets it.
    """

    subject: Subject
    changes: Callable[[Asked, Episode], Iterable[tuple[date, tuple[str, ...]]]]
    grounds: Callable[[Asked, Episode, date], tuple[str, ...]]
    detail: str
    satisfied_by: frozenset[str]
    met_by: tuple[Answer, ...] = ()
    also_reads: frozenset[str] = NOTHING

    @property
    def reads(self) -> frozenset[str]:
        """Every event type that can change the cases."""
        answered = {answer.kind for answer in self.met_by}
        return self.subject.reads | self.satisfied_by | self.also_reads | answered | STOP_FACTS

    def cases(
        self, journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
    ) -> Iterator[Case]:
        """Return a case for each spell of each episode."""
        among = self.subject.find(journey)
        asked = Asked(journey, parameters, calendars)
        chosen = self.subject.chosen(asked, among) if among else []
        done = answers(asked, among, self.met_by) if chosen else {}
        for one in chosen:
            yield from self._spells(asked, one, done.get(one.anchor, ()))

    def _spells(self, asked: Asked, one: Episode, done: Sequence[Dated]) -> Iterator[Case]:
        changed = _by_day(one, self.changes(asked, one))
        since: tuple[date, tuple[str, ...]] | None = None
        ordinal = 0
        for day, facts in sorted(changed.items()):
            now = self.grounds(asked, one, day)
            if now and since is None:
                since, ordinal = (day, now), ordinal + 1
            elif not now and since is not None:
                yield self._case(one, ordinal, since, Met(on=day, by=facts), done)
                since = None
        if since is not None:
            yield self._case(one, ordinal, since, ended_with(one), done)

    def _case(
        self,
        one: Episode,
        ordinal: int,
        since: tuple[date, tuple[str, ...]],
        over: Met | None,
        done: Sequence[Dated],
    ) -> Case:
        day, because = since
        return Case(
            anchor=one.anchor,
            period=str(ordinal),
            due=day,
            arithmetic=f"at once, on {in_words(day)}",
            because=because,
            met=earliest(met_by_first(done, day), over),
            detail=self.detail,
        )


def _by_day(
    one: Episode, changes: Iterable[tuple[date, tuple[str, ...]]]
) -> dict[date, tuple[str, ...]]:
    found: dict[date, tuple[str, ...]] = {one.start: ()}
    for day, facts in changes:
        if one.is_open(day):
            found[day] = (*found.get(day, ()), *facts)
    return found
