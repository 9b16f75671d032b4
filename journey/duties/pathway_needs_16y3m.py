"""PATHWAY_NEEDS_16Y3M: the needs assessment of a young person who will leave care."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import birthday, calendar_days, months
from journey.duties.duty import Basis, Case, Duty, Met, Severity, at_most
from journey.duties.episodes import CARE_FACTS, Episode, care_periods, dated
from journey.duties.outcome import earliest, ended_with, met_by_first, number
from journey.duties.stops import STOP_FACTS

FROM_AGE, AGE = 14, 16
MONTHS_BEFORE = 6


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for the period of care in which the young person becomes eligible."""
    born = journey.date_of_birth
    if born is None:
        return
    found = _eligible(journey, birthday(born, FROM_AGE), birthday(born, AGE), parameters)
    if found is None:
        return
    period, since = found
    clock = months(since, number(parameters, "limit_months"))
    yield Case(
        anchor=period.anchor,
        due=clock.due,
        arithmetic=clock.arithmetic,
        because=period.because,
        met=earliest(_assessed(journey, birthday(born, AGE)), ended_with(period)),
        detail="the needs for leaving care have not been assessed",
    )


def _eligible(
    journey: Journey, fourteen: date, sixteen: date, parameters: Mapping[str, int | str]
) -> tuple[Episode, date] | None:
    """Return the period of care, and the day, by which 16 and 13 weeks since 14 are reached."""
    left = 7 * number(parameters, "eligible_weeks")
    for period in care_periods(journey):
        first = max(period.start, fourteen)
        last = date.max if period.end is None else period.end
        if left > 0 and (last - first).days >= left:
            reached = max(calendar_days(first, left).due, sixteen)
            left = 0
        else:
            left -= max(0, (last - first).days)
            reached = max(first, sixteen)
        if left <= 0 and period.start <= reached <= last:
            return period, reached
    return None


def _assessed(journey: Journey, sixteen: date) -> Met | None:
    since = months(sixteen, -MONTHS_BEFORE).due
    return met_by_first(dated(journey, "PathwayNeedsAssessed", ""), since)


DUTY = Duty(
    id="PATHWAY_NEEDS_16Y3M",
    meaning=(
        "A looked after young person of 16, for 13 weeks in care since 14, has a pathway needs "
        "assessment within three months."
    ),
    trigger="A looked after child turns 16, or becomes eligible later.",
    satisfying="The pathway needs are assessed.",
    clock=(
        "Three months after the 16th birthday, or after 13 weeks in care since 14 where that is "
        "later."
    ),
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source="Care Planning Regulations 2010 (SI 2010/959), reg 40 and 42 [S47]",
    parameters={"limit_months": 3, "eligible_weeks": 13},
    reads=frozenset({"PathwayNeedsAssessed"}) | CARE_FACTS | STOP_FACTS,
    satisfied_by=frozenset({"PathwayNeedsAssessed"}),
    cases=cases,
    our_default=(
        "Counting an assessment of the six months before the 16th birthday is our own default."
    ),
    limits=(
        at_most("limit_months", 3),
        at_most("eligible_weeks", 13),
    ),
)
