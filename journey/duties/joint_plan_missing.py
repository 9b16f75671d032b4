"""JOINT_PLAN_MISSING: several agencies know the child and have no plan together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import HORIZON, months, school_days
from journey.duties.duty import Basis, Case, Duty, Met, Severity
from journey.duties.episodes import Episode, placements
from journey.duties.involvement import (
    INVOLVEMENT_FACTS,
    SOCIAL_CARE,
    Involvement,
    involvements,
    listed,
    special_education,
)
from journey.duties.joint_plans import PLAN_FACTS, contributors, joint_plans
from journey.duties.outcome import ended, number
from journey.duties.schooling import ROLL_FACTS, first_day, school_of, year_begins
from journey.duties.stops import STOP_FACTS

ONE_DAY = timedelta(days=1)


class Known(NamedTuple):
    """What a joint plan is owed by.

    year_9: the first day of year 9, None where the child's age is not known.
    """

    involved: list[Involvement]
    placed: list[Episode]
    special: list[Episode]
    year_9: date | None
    least: int

    def agencies(self, day: date) -> set[str]:
        """Return the agencies open on a day, none where no plan is owed."""
        found = {i.agency for i in self.involved if i.episode.is_open(day)}
        owed = len(found) >= self.least and self._is_at_stake(day, found)
        return found if owed else set()

    def _is_at_stake(self, day: date, agencies: set[str]) -> bool:
        if any(one.is_open(day) for one in self.placed):
            return True
        is_older = self.year_9 is not None and day >= self.year_9
        known = SOCIAL_CARE in agencies or any(one.is_open(day) for one in self.special)
        return is_older and known


class Opening(NamedTuple):
    """A day from which a joint plan of these agencies is owed, and what made it so."""

    day: date
    agencies: set[str]
    by: Involvement
    period: str


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each time that agencies came together or another joined them.

    While one is unmet the agencies that join later add no second one.
    """
    known = _known(journey, number(parameters, "min_agencies"))
    if len({i.agency for i in known.involved}) < known.least:
        return
    days = _changes(known)
    for opening in _openings(known, days):
        outcome = _outcome(journey, known, days, opening, parameters)
        yield _case(journey, opening, outcome, parameters, calendars, known)
        if outcome is None:
            return


def _known(journey: Journey, least: int) -> Known:
    begins = year_begins(journey, 9)
    return Known(
        involvements(journey),
        placements(journey),
        special_education(journey),
        None if begins is None else first_day(begins),
        least,
    )


def _changes(known: Known) -> list[date]:
    """Return the days on which the agencies involved, or the need for a plan, can change."""
    spans = [i.episode for i in known.involved]
    days = {one.start for one in spans}
    days |= {one.end + ONE_DAY for one in spans if one.end is not None and one.end < HORIZON}
    if known.year_9 is not None:
        days.add(known.year_9)
    return sorted(days)


def _openings(known: Known, days: Sequence[date]) -> Iterator[Opening]:
    before: set[str] = set()
    for day in days:
        now = known.agencies(day)
        if now - before:
            yield _opening(known, day, now, now - before)
        before = now


def _opening(known: Known, day: date, agencies: set[str], new: set[str]) -> Opening:
    starting = [i for i in known.involved if i.episode.start == day]
    fitting = [i for i in starting if i.agency in new] or starting
    if fitting:
        return Opening(day, agencies, fitting[0], "")
    latest = [i for i in known.involved if i.episode.is_open(day)][-1]
    return Opening(day, agencies, latest, "year 9")


def _outcome(
    journey: Journey,
    known: Known,
    days: Sequence[date],
    opening: Opening,
    parameters: Mapping[str, int | str],
) -> Met | None:
    """Return the first day on which a plan has all that are still involved, or too few are."""
    stands = number(parameters, "plan_stands_months")
    plans = [p for p in joint_plans(journey) if months(p.start, stands).due >= opening.day]
    later = {day for day in (*days, *(p.start for p in plans)) if day > opening.day}
    for day in (opening.day, *sorted(later)):
        still = known.agencies(day) & opening.agencies
        if len(still) < known.least:
            return _left(known, day)
        plan = next((p for p in plans if p.start <= day and still <= contributors(p)), None)
        if plan is not None:
            is_new = day in (opening.day, plan.start)
            return Met(on=day, by=plan.because) if is_new else _left(known, day)
    return None


def _left(known: Known, day: date) -> Met:
    """Return that what remains from this day on owes no plan, or has one."""
    last_day = day - ONE_DAY
    by = (i.episode.ended_by for i in known.involved if i.episode.end == last_day)
    return ended(last_day, next(by, ()))


def _case(
    journey: Journey,
    opening: Opening,
    outcome: Met | None,
    parameters: Mapping[str, int | str],
    calendars: Calendars,
    known: Known,
) -> Case:
    providers = [one.told("provider") for one in known.placed if one.is_open(opening.day)]
    school = school_of(journey, calendars, opening.day, *providers)
    clock = school_days(opening.day, number(parameters, "limit_school_days"), school)
    return Case(
        anchor=opening.by.episode.anchor,
        period=opening.period,
        due=clock.due,
        arithmetic=clock.arithmetic,
        because=_because(known, opening),
        met=outcome,
        detail=f"no joint plan of {listed(opening.agencies)}",
    )


def _because(known: Known, opening: Opening) -> tuple[str, ...]:
    """Return what shows each agency's involvement: the latest open of each."""
    latest = {i.agency: i.episode for i in known.involved if i.episode.is_open(opening.day)}
    found = (latest[agency].because[0] for agency in sorted(opening.agencies))
    return tuple(dict.fromkeys((opening.by.episode.because[0], *found)))


DUTY = Duty(
    id="JOINT_PLAN_MISSING",
    meaning=(
        "Two or more of education, health and social care work with the child, who is in "
        "alternative provision or, from year 9, has an EHC plan or a social worker. They have no "
        "joint plan that all of them agreed."
    ),
    trigger="The second agency's involvement begins, or another agency joins.",
    satisfying="A joint plan is agreed with every agency that is involved.",
    clock="20 school days after the agency joined.",
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024: little joint working between "
        "health, education and care [S15]"
    ),
    parameters={"min_agencies": 2, "limit_school_days": 20, "plan_stands_months": 12},
    reads=PLAN_FACTS | INVOLVEMENT_FACTS | ROLL_FACTS | STOP_FACTS,
    satisfied_by=PLAN_FACTS,
    cases=cases,
    our_default=(
        "20 school days, and the 12 months for which an earlier joint plan stands, are our own "
        "defaults."
    ),
)
