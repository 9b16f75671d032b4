"""AP_REVIEW_OVERDUE: a placement is not reviewed at least each half-term."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journey.calendars import Calendars, SchoolCalendar
from journey.child import Journey
from journey.clocks import weeks_to_a_school_day
from journey.duties.duty import Basis, Case, Duty, Met, Severity
from journey.duties.episodes import PLACEMENT_FACTS, Dated, Episode, belonging, dated, placements
from journey.duties.outcome import earliest, ended_with, met, number
from journey.duties.schooling import ROLL_FACTS, school_of
from journey.duties.stops import STOP_FACTS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each review of each placement, the next one included."""
    placed = placements(journey)
    held = belonging(placed, dated(journey, "ApReviewHeld", "held_on"), "placement")
    weeks = number(parameters, "weeks")
    for one in placed:
        school = school_of(journey, calendars, one.start, one.told("provider"))
        yield from _reviews(one, _in_turn(one, held[one.anchor]), weeks, school)


def _in_turn(placement: Episode, held: list[Dated]) -> list[Dated]:
    """Return the reviews of a placement; two sources' records of one day are one review."""
    by_day = {review.day: review for review in reversed(held)}
    return [by_day[day] for day in sorted(by_day) if placement.is_open(day)]


def _reviews(
    placement: Episode, held: list[Dated], weeks: int, school: SchoolCalendar
) -> Iterator[Case]:
    start, because = placement.start, placement.because
    for ordinal, review in enumerate([*held, None], start=1):
        clock = weeks_to_a_school_day(start, weeks, school)
        yield Case(
            anchor=placement.anchor,
            period=str(ordinal),
            due=clock.due,
            arithmetic=clock.arithmetic,
            because=because,
            met=_outcome(placement, review),
            detail=f"review {ordinal} of the placement has not been held",
        )
        if review is not None:
            start, because = review.day, (review.event.event_id,)


def _outcome(placement: Episode, review: Dated | None) -> Met | None:
    return earliest(None if review is None else met(review), ended_with(placement))


DUTY = Duty(
    id="AP_REVIEW_OVERDUE",
    meaning=(
        "A placement in alternative provision is reviewed at least every half-term. This one "
        "has gone longer without a review."
    ),
    trigger="A placement starts, or its last review was held.",
    satisfying="A review of the placement is held.",
    clock="Seven weeks after the start or the last review.",
    severity=Severity.HIGH,
    basis=Basis.STATUTORY_GUIDANCE,
    source=(
        "DfE Arranging Alternative Provision, Feb 2025: at least half-termly, as quoted by "
        "Bradford council [S14, secondary]"
    ),
    parameters={"weeks": 7},
    reads=frozenset({"ApReviewHeld"}) | PLACEMENT_FACTS | ROLL_FACTS | STOP_FACTS,
    satisfied_by=frozenset({"ApReviewHeld"}),
    cases=cases,
    our_default=(
        "The guidance says half-termly; seven weeks is our own default for it. Where they end "
        "on a day without school, the next school day counts."
    ),
)
