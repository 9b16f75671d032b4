"""The papers of a looked after child: plans, visits, education, health."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from producers.simulate.life import CarePeriod, Life
from producers.simulate.school_year import (
    HORIZON,
    OPENING,
    plus_working_days,
    working_day_from,
    working_day_until,
)
from producers.simulate.sources import CASEWORK, CLINIC

_VISITS_FROM = OPENING - timedelta(days=36)
_NEARLY_A_YEAR = 345
_SIXTEEN, _SEVENTEEN = 16, 17
_PEP_MONTHS = ((3, 3), (6, 20), (11, 20))
"""In each term a day by which the education plan was looked at."""


def keep_care_papers(life: Life) -> None:
    """Tell what each period of care asks of social worker, school and health."""
    for period in life.care:
        until = min(period.ceased_on or HORIZON, HORIZON)
        _plan(life, period.started_on)
        _visit(life, period, until)
        _educate(life, period, until)
        _look_after_health(life, period.started_on, until)
        _prepare_to_leave(life, period, until)


def _plan(life: Life, on: date) -> None:
    prepared = plus_working_days(on, life.random.randint(2, 7))
    due = plus_working_days(on, 10)
    file = life.file
    file("LAC_CARE_PLAN_10_DAYS", CASEWORK, "CarePlanPrepared", in_time=prepared, due=due)
    file("PEP_INITIATED_10_DAYS", CASEWORK, "PepInitiated", in_time=prepared, due=due)
    file(
        "PEP_READY_FIRST_REVIEW",
        CASEWORK,
        "PepCompleted",
        in_time=plus_working_days(on, life.random.randint(11, 17)),
        due=plus_working_days(on, 20),
    )


def _visit(life: Life, period: CarePeriod, until: date) -> None:
    """Tell a visit soon after each move, every few weeks, and before care ends.

    Of those before the year only the last is told.
    """
    begun, *moves = [working_day_from(on + timedelta(days=2)) for on, _, _ in period.placements]
    if period.ceased_on is not None:
        moves.append(working_day_until(period.ceased_on - timedelta(days=1)))
    on: date | None = max(begun, working_day_from(_VISITS_FROM))
    for moved in moves:
        if moved >= _VISITS_FROM:
            life.tell(CASEWORK, "LacVisitMade", visited_on=moved)
    while on is not None and on < until:
        life.tell(CASEWORK, "LacVisitMade", visited_on=on)
        on = _next_visit(life, on)


def _next_visit(life: Life, last: date) -> date | None:
    due = last + timedelta(weeks=6)
    in_time = working_day_until(last + timedelta(days=life.random.randint(33, 41)))
    on = in_time
    if last > OPENING:
        on = life.met("LAC_VISIT_OVERDUE", 0.0, in_time=in_time, due=due) or HORIZON
    return working_day_from(on) if on < HORIZON else None


def _educate(life: Life, period: CarePeriod, until: date) -> None:
    for on in _each_term(period.started_on + timedelta(days=20), until):
        reviewed = working_day_until(on)
        due = on + timedelta(days=32)
        if on < OPENING:
            life.tell(CASEWORK, "PepReviewed", reviewed_on=reviewed)
        else:
            life.file("PEP_TERMLY", CASEWORK, "PepReviewed", in_time=reviewed, due=due)


def _each_term(first: date, last: date) -> Iterator[date]:
    for year in range(first.year, last.year + 1):
        for month, day in _PEP_MONTHS:
            if first <= date(year, month, day) <= last:
                yield date(year, month, day)


def _look_after_health(life: Life, started_on: date, until: date) -> None:
    assessed = life.file(
        "LAC_IHA_20_DAYS",
        CLINIC,
        "HealthAssessmentCompleted",
        in_time=plus_working_days(started_on, life.random.randint(8, 17)),
        due=plus_working_days(started_on, 20),
        kind="INITIAL",
    )
    if assessed is not None:
        for on in _yearly(life, "LAC_RHA_OVERDUE", plus_working_days(started_on, 8), until):
            life.tell(CLINIC, "HealthAssessmentCompleted", completed_on=on, kind="REVIEW")
    seventeenth = _birthday(life, _SEVENTEEN)
    for on in _yearly(life, "LAC_SDQ_ANNUAL", started_on, min(until, seventeenth)):
        life.tell(CASEWORK, "SdqRecorded", recorded_on=on)


def _yearly(life: Life, duty: str, since: date, until: date) -> Iterator[date]:
    on = since
    while on + timedelta(days=_NEARLY_A_YEAR) < until:
        in_time = working_day_until(on + timedelta(days=_NEARLY_A_YEAR))
        due = on + timedelta(days=365)
        held = life.met(duty, 0.0, in_time=in_time, due=due) if due > OPENING else in_time
        if held is None:
            return
        on = working_day_from(held)
        yield on


def _prepare_to_leave(life: Life, period: CarePeriod, until: date) -> None:
    since = max(_birthday(life, _SIXTEEN), period.started_on + timedelta(weeks=13))
    needs_on = since + timedelta(days=life.random.randint(20, 60))
    if needs_on >= until:
        return
    needs_on = working_day_from(needs_on)
    due = since + timedelta(days=92)
    assessed_on = life.met("PATHWAY_NEEDS_16Y3M", 0.0, in_time=needs_on, due=due)
    if assessed_on is not None:
        life.tell(CASEWORK, "PathwayNeedsAssessed", assessed_on=assessed_on)
        _plan_pathway(life, assessed_on, until)


def _plan_pathway(life: Life, assessed_on: date, until: date) -> None:
    in_time = plus_working_days(assessed_on, life.random.randint(5, 15))
    due = assessed_on + timedelta(days=31)
    on = life.met("PATHWAY_PLAN_MISSING", 0.0, in_time=in_time, due=due)
    if on is not None:
        life.tell(CASEWORK, "PathwayPlanAgreed", agreed_on=on)
    while on is not None and on + timedelta(days=165) < until:
        in_time, due = working_day_until(on + timedelta(days=165)), on + timedelta(days=184)
        on = life.met("PATHWAY_REVIEW_6_MONTHS", 0.0, in_time=in_time, due=due)
        if on is not None:
            life.tell(CASEWORK, "PathwayPlanReviewed", reviewed_on=on)


def _birthday(life: Life, age: int) -> date:
    born = life.child.birth
    return date(born.year + age, born.month, min(born.day, 28))
