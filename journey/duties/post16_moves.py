"""The move to a post-16 place: the offers that were accepted, academic year by year."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from journey.calendars import academic_year
from journey.child import Journey, once
from journey.duties.episodes import Episode, day_of, episodes, same
from journey.events import Event

MOVE_FACTS = frozenset({"Post16OfferAccepted"})
FIRST_MONTH_OF_STARTS = 6


class Move(NamedTuple):
    """An accepted post-16 place.

    start: the day on which the place begins. replaced: the next acceptance for that year.
    """

    accepted: Episode
    start: date
    provider: str
    replaced: Episode | None

    @property
    def begins(self) -> int:
        """The academic year that it is for."""
        return entry_year(self.start)


@once(reads=MOVE_FACTS)
def moves(journey: Journey) -> list[Move]:
    """Return the accepted places in order of acceptance."""
    accepted = episodes(journey, "Post16OfferAccepted", "accepted_on", _place)
    return [_move(one, accepted[at + 1 :]) for at, one in enumerate(accepted)]


def entry_year(day: date) -> int:
    """Return the academic year for which a place that begins on a day is meant.

    Courses and enrolments of June to August belong to the year that follows.
    """
    return day.year if day.month >= FIRST_MONTH_OF_STARTS else academic_year(day)


def start_of(accepted: Event) -> date:
    """Return when an accepted place begins; where the source left it out, when accepted."""
    return day_of(accepted, "start_on")


def _place(event: Event) -> tuple[str, date]:
    return same(event.text("provider")), start_of(event)


def _move(accepted: Episode, later: list[Episode]) -> Move:
    start = start_of(accepted.facts[0])
    begins = entry_year(start)
    rivals = (one for one in later if entry_year(start_of(one.facts[0])) == begins)
    return Move(accepted, start, same(accepted.told("provider")), next(rivals, None))
