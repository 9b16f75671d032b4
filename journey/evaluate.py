"""One deadline asked two questions: what is missed by now or due soon, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from journey.calendars import Calendars
from journey.child import Journey
from journey.duties import ON_BY_DEFAULT, cases_of
from journey.duties.duty import Case, Duty
from journey.moments import deadline
from journey.telling import is_over, steps_by


def cases(
    journey: Journey, calendars: Calendars, duties: Iterable[Duty] = ON_BY_DEFAULT
) -> list[tuple[Duty, Case]]:
    """Return every case that follows from the journey, met or not."""
    return [(duty, case) for duty in duties for case in cases_of(duty, journey, calendars)]


class Standing(NamedTuple):
    """A case that is due soon or missed. steps: how many steps past its deadline it has come."""

    duty: Duty
    case: Case
    due_soon: bool = False
    steps: int = 0


def standing(
    journey: Journey, now: int, calendars: Calendars, duties: Iterable[Duty] = ON_BY_DEFAULT
) -> list[Standing]:
    """Return what at ``now`` (ms UTC) is missed, or due soon where it is to be warned of."""
    return [
        Standing(duty, case, deadline(case.due) > now, steps_by(case, now))
        for duty, case in cases(journey, calendars, duties)
        if case.met is None and _begins(case) <= now and not is_over(case, now)
    ]


def evaluate(
    journey: Journey, now: int, calendars: Calendars, duties: Iterable[Duty] = ON_BY_DEFAULT
) -> list[tuple[Duty, Case]]:
    """Return the cases that at ``now`` (ms UTC) are missed: their deadline has come, they are
    not met, and they have not ceased to be owed by themselves.
    """
    found = standing(journey, now, calendars, duties)
    return [(one.duty, one.case) for one in found if not one.due_soon]


def next_due(
    journey: Journey, now: int, calendars: Calendars, duties: Iterable[Duty] = ON_BY_DEFAULT
) -> int | None:
    """Return the first moment (ms UTC) after ``now`` at which ``standing`` changes, or None."""
    owed = [case for _, case in cases(journey, calendars, duties) if case.met is None]
    ahead = [moment for case in owed for moment in _turns(case) if moment > now]
    return min(ahead, default=None)


def _begins(case: Case) -> int:
    """Return when the case comes to be missed, or due soon where it is to be warned of."""
    return deadline(case.due if case.warns_on is None else min(case.warns_on, case.due))


def _turns(case: Case) -> tuple[int, ...]:
    """Return when the case comes to be due soon, missed and worse, and when that is over.

    Never, if it ends before anything is to be said of it.
    """
    begins = deadline(case.due)
    turns = (_begins(case), begins, *map(deadline, case.steps))
    if case.ends_on is None:
        return turns
    ends = deadline(case.ends_on)
    return (*(moment for moment in turns if moment < ends), ends) if _begins(case) < ends else ()
