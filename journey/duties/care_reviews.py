"""The reviews of looked after children in turn: what three duties count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from journey.child import Journey
from journey.clocks import Deadline
from journey.duties.duty import Case, Met
from journey.duties.episodes import CARE_FACTS, Dated, Episode, care_periods, dated
from journey.duties.outcome import earliest, ended_with, met
from journey.duties.stops import STOP_FACTS

READS = frozenset({"LacReviewHeld"}) | CARE_FACTS | STOP_FACTS
Parameters = Mapping[str, int | str]


class Turn(NamedTuple):
    """The review that is the `ordinal`-th of a period of care.

    before: the review before it, None for the first. held: None while it is owed.
    """

    period: Episode
    ordinal: int
    before: Dated | None
    held: Dated | None

    @property
    def is_counted(self) -> bool:
        """Whether the ordinal is that of the period: the source knows it from its beginning."""
        return not any(fact.flag("began_before") for fact in self.period.facts)


def turns(journey: Journey) -> Iterator[Turn]:
    """Return the reviews of each period of care in order, with the one that comes next."""
    periods = care_periods(journey)
    reviews = dated(journey, "LacReviewHeld", "held_on") if periods else []
    for period in periods:
        held = _in(period, reviews)
        steps = zip([None, *held], [*held, None], strict=True)
        for ordinal, (before, after) in enumerate(steps, start=1):
            yield Turn(period, ordinal, before, after)


def case_of(turn: Turn, clock: Deadline, period: str = "") -> Case:
    """Return the case of one review under its clock."""
    started = turn.period.because if turn.before is None else (turn.before.event.event_id,)
    return Case(
        anchor=turn.period.anchor,
        period=period,
        due=clock.due,
        arithmetic=clock.arithmetic,
        because=started,
        met=earliest(_held(turn), ended_with(turn.period)),
        detail=_missing(turn),
    )


def _missing(turn: Turn) -> str:
    since = "of this period of care" if turn.is_counted else "since the first day known"
    return f"review {turn.ordinal} {since} has not been held"


def _in(period: Episode, reviews: Sequence[Dated]) -> list[Dated]:
    """Return the reviews within a period; two records of one day are one review."""
    by_day = {review.day: review for review in reversed(reviews)}
    return [by_day[day] for day in sorted(by_day) if period.is_open(day)]


def _held(turn: Turn) -> Met | None:
    return None if turn.held is None else met(turn.held)
