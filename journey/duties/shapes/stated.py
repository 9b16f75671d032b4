"""What begins has to show something from its first day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import in_words
from journey.duties.duty import Case, Met
from journey.duties.episodes import Episode
from journey.duties.outcome import earliest, ended_with
from journey.duties.shapes.asked import Asked
from journey.duties.shapes.subject import Subject
from journey.duties.stops import STOP_FACTS


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """Each SUBJECT, on its first day, SHOWS something.

    shown_by: the event ids that show it, or none where nothing does. A correction that shows it
    later holds from the first day. satisfied_by: the event types that could show it.
    """

    subject: Subject
    shown_by: Callable[[Asked, Episode], tuple[str, ...]]
    missing: str
    satisfied_by: frozenset[str]
    also_reads: frozenset[str] = frozenset()

    @property
    def reads(self) -> frozenset[str]:
        """Every event type that can change the cases."""
        return self.subject.reads | self.satisfied_by | self.also_reads | STOP_FACTS

    def cases(
        self, journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
    ) -> Iterator[Case]:
        """Return a case for each episode that the duty is about."""
        among = self.subject.find(journey)
        asked = Asked(journey, parameters, calendars)
        for one in self.subject.chosen(asked, among) if among else ():
            shown = self.shown_by(asked, one)
            yield Case(
                anchor=one.anchor,
                due=one.start,
                arithmetic=f"at once, on {in_words(one.start)}",
                because=one.because,
                met=earliest(Met(on=one.start, by=shown) if shown else None, ended_with(one)),
                detail=self.missing,
            )
