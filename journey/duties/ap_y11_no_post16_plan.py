"""AP_Y11_NO_POST16_PLAN: in alternative provision in year 11, and no plan for afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import Deadline, fixed_date, later, school_days, years_in_words
from journey.duties.duty import Basis, Case, Duty, Met, Severity
from journey.duties.episodes import (
    PLACEMENT_FACTS,
    Episode,
    dated,
    open_ones,
    placements,
)
from journey.duties.outcome import earliest, ended, met_by_first, number
from journey.duties.schooling import ROLL_FACTS, first_day, last_day, school_of, year_begins
from journey.duties.stops import STOP_FACTS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return one case for the child's year 11, where it was in alternative provision then."""
    begins = year_begins(journey, 11)
    if begins is None:
        return
    placed = open_ones(placements(journey), first_day(begins), last_day(begins))
    if not placed:
        return
    month, day = number(parameters, "critical_month"), number(parameters, "critical_day")
    critical = fixed_date(begins, month, day).due
    clock = _clock(journey, placed, begins, parameters, calendars)
    yield Case(
        anchor=journey.anchor,
        period=years_in_words(begins),
        due=clock.due,
        arithmetic=clock.arithmetic,
        because=placed[-1].because,
        met=earliest(_planned(journey), _enrolled(journey, begins), _left(placed, critical)),
        escalates_on=max(critical, clock.due),
        detail="no pathway and provider are agreed for after year 11",
    )


def _clock(
    journey: Journey,
    placed: list[Episode],
    begins: int,
    parameters: Mapping[str, int | str],
    calendars: Calendars,
) -> Deadline:
    first = placed[0]
    school = school_of(journey, calendars, first.start, first.told("provider"))
    by_date = fixed_date(begins, number(parameters, "month"), number(parameters, "day"))
    after_start = school_days(first.start, number(parameters, "late_start_school_days"), school)
    return later(by_date, after_start)


def _planned(journey: Journey) -> Met | None:
    plans = dated(journey, "Post16PlanAgreed", "agreed_on")
    return met_by_first(p for p in plans if p.event.text("provider") and p.event.text("pathway"))


def _enrolled(journey: Journey, begins: int) -> Met | None:
    """Return that the child is on a post-16 course, so that a plan is no longer needed."""
    enrolled = met_by_first(dated(journey, "Post16Enrolled", "enrolled_on"), first_day(begins))
    return None if enrolled is None else ended(enrolled.on, enrolled.by)


def _left(placed: list[Episode], critical: date) -> Met | None:
    """Return that alternative provision ended in time for another school to plan.

    Leaving at the end of year 11 ends nothing: then the child leaves without a plan.
    """
    if any(one.end is None for one in placed):
        return None
    last = max(placed, key=lambda one: one.end or date.max)
    if last.end is None or last.end > critical:
        return None
    return ended(last.end, last.ended_by)


DUTY = Duty(
    id="AP_Y11_NO_POST16_PLAN",
    meaning=(
        "A child in alternative provision is in year 11, and nobody has agreed with the child "
        "which pathway and which provider come next."
    ),
    trigger="A placement in alternative provision is open in year 11.",
    satisfying="A post-16 plan is agreed that names pathway and provider.",
    clock=(
        "31 January of year 11, or 20 school days after a placement that starts late; critical "
        "after 31 May."
    ),
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024: children stay to the end of year "
        "11 without clear plans for post-16 [S15]"
    ),
    parameters={
        "month": 1,
        "day": 31,
        "critical_month": 5,
        "critical_day": 31,
        "late_start_school_days": 20,
    },
    reads=frozenset({"Post16PlanAgreed", "Post16Enrolled"})
    | PLACEMENT_FACTS
    | ROLL_FACTS
    | STOP_FACTS,
    satisfied_by=frozenset({"Post16PlanAgreed"}),
    cases=cases,
    our_default="31 January, 31 May and the 20 school days are our own defaults.",
    person_anchored=True,
)
