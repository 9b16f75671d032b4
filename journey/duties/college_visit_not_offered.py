"""COLLEGE_VISIT_NOT_OFFERED: no visit to a college offered in year 11."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import fixed_date, years_in_words
from journey.duties.duty import Basis, Case, Duty, Met, Severity
from journey.duties.episodes import PLACEMENT_FACTS, Episode, dated, open_ones, placements
from journey.duties.outcome import earliest, ended_with, met_by_first, number
from journey.duties.schooling import ROLL_FACTS, first_day, year_begins
from journey.duties.stops import STOP_FACTS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return one case for the child's year 11, where it was in alternative provision then."""
    begins = year_begins(journey, 11)
    if begins is None:
        return
    clock = fixed_date(begins, number(parameters, "month"), number(parameters, "day"))
    placed = open_ones(placements(journey), first_day(begins), clock.due)
    if not placed:
        return
    offered = dated(journey, "TransitionVisitOffered", "")
    yield Case(
        anchor=journey.anchor,
        period=years_in_words(begins),
        due=clock.due,
        arithmetic=clock.arithmetic,
        because=placed[-1].because,
        met=earliest(met_by_first(offered, first_day(begins - 1)), _left(placed)),
        detail="no visit to a post-16 provider has been offered",
    )


def _left(placed: list[Episode]) -> Met | None:
    """Return that alternative provision ended: then another school offers it."""
    last = max(placed, key=lambda one: one.end or date.max)
    return ended_with(last)


DUTY = Duty(
    id="COLLEGE_VISIT_NOT_OFFERED",
    meaning=(
        "A child in alternative provision in year 11 is offered a visit to a post-16 provider, "
        "or an open day."
    ),
    trigger="A placement in alternative provision is open in year 11.",
    satisfying="A visit or open day is offered.",
    clock="31 May of year 11; a visit offered in year 10 counts.",
    severity=Severity.LOW,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024, good practice: visits so that "
        "the child knows what to expect [S15]"
    ),
    parameters={"month": 5, "day": 31},
    reads=frozenset({"TransitionVisitOffered"}) | PLACEMENT_FACTS | ROLL_FACTS | STOP_FACTS,
    satisfied_by=frozenset({"TransitionVisitOffered"}),
    cases=cases,
    our_default="31 May is our own default.",
    person_anchored=True,
)
