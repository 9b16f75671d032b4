"""What is wrong as it is recorded: there is a case only while the record says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

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


class Wrong(NamedTuple):
    """What is wrong: in words, from which day, by which other facts, and how it was put right."""

    detail: str
    on: date
    by: tuple[str, ...] = ()
    met: Met | None = None
    period: str = ""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Each SUBJECT of which something is WRONG, from the day on which it is.

    A correction of the record takes the case back, which withdraws its alert.
    satisfied_by: the event types that a correction, or what puts it right, may come in.
    """

    subject: Subject
    wrong: Callable[[Asked, Episode], Wrong | None]
    satisfied_by: frozenset[str]
    also_reads: frozenset[str] = frozenset()

    @property
    def reads(self) -> frozenset[str]:
        """Every event type that can change the cases."""
        return self.subject.reads | self.satisfied_by | self.also_reads | STOP_FACTS

    def cases(
        self, journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
    ) -> Iterator[Case]:
        """Return a case for each episode of which something is wrong."""
        among = self.subject.find(journey)
        asked = Asked(journey, parameters, calendars)
        for one in self.subject.chosen(asked, among) if among else ():
            found = self.wrong(asked, one)
            if found is not None:
                yield Case(
                    anchor=one.anchor,
                    period=found.period,
                    due=found.on,
                    arithmetic=f"at once, on {in_words(found.on)}",
                    because=(*one.because, *(e for e in found.by if e not in one.because)),
                    met=earliest(found.met, ended_with(one)),
                    detail=found.detail,
                )
