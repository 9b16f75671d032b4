"""Two things that may not last at the same time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import in_words
from journey.duties.duty import Case
from journey.duties.episodes import Episode
from journey.duties.outcome import earliest, ended_with
from journey.duties.shapes.asked import Asked
from journey.duties.shapes.subject import Subject
from journey.duties.stops import STOP_FACTS


class Overlap(msgspec.Struct, frozen=True, kw_only=True):
    """Each ONE that is open while an OTHER, begun before it or on its day, is open too.

    satisfied_by: the event types by which one of them ends, or is corrected.
    """

    one: Subject
    other: Subject
    detail: str
    satisfied_by: frozenset[str]

    @property
    def reads(self) -> frozenset[str]:
        """Every event type that can change the cases."""
        return self.one.reads | self.other.reads | self.satisfied_by | STOP_FACTS

    def cases(
        self, journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
    ) -> Iterator[Case]:
        """Return a case for each that overlaps another, from the first day on which they do."""
        asked = Asked(journey, parameters, calendars)
        mine, others = self._found(asked)
        for one in mine:
            rival = next((o for o in others if o is not one and _both_open(one, o)), None)
            if rival is None or (mine is others and _order(rival) > _order(one)):
                continue
            since = max(one.start, rival.start)
            yield Case(
                anchor=one.anchor,
                due=since,
                arithmetic=f"at once, on {in_words(since)}",
                because=(*rival.because, *one.because),
                met=earliest(ended_with(one), ended_with(rival)),
                detail=self.detail,
            )

    def _found(self, asked: Asked) -> tuple[list[Episode], list[Episode]]:
        mine = self.one.chosen(asked, self.one.find(asked.journey))
        if self.other is self.one:
            return mine, mine
        return mine, self.other.chosen(asked, self.other.find(asked.journey)) if mine else []


def _both_open(one: Episode, other: Episode) -> bool:
    """Return whether both last on a day after the first of the later one.

    What ends on the day on which the other begins made room for it.
    """
    since = max(one.start, other.start)
    return all(e.end is None or e.end > since for e in (one, other))


def _order(one: Episode) -> tuple[object, ...]:
    return (one.start, one.facts[0].kappa, one.anchor)
