"""One deadline asked two questions: what is missed by now, and when does that next change."""

from __future__ import annotations

from collections.abc import Iterable

from journey.calendars import Calendars
from journey.child import Journey
from journey.duties import ON_BY_DEFAULT, cases_of
from journey.duties.duty import Case, Duty
from journey.moments import deadline
from journey.telling import is_over


def cases(
    journey: Journey, calendars: Calendars, duties: Iterable[Duty] = ON_BY_DEFAULT
) -> list[tuple[Duty, Case]]:
    """Return every case that follows from the journey, met or not."""
    return [(duty, case) for duty in duties for case in cases_of(duty, journey, calendars)]


def evaluate(
    journey: Journey, now: int, calendars: Calendars, duties: Iterable[Duty] = ON_BY_DEFAULT
) -> list[tuple[Duty, Case]]:
    """Return the cases that at ``now`` (ms UTC) are missed: their deadline has come, they are
    not met, and they have not ceased to be owed by themselves.
    """
    return [
        (duty, case)
        for duty, case in cases(journey, calendars, duties)
        if case.met is None and deadline(case.due) <= now and not is_over(case, now)
    ]


def next_due(
    journey: Journey, now: int, calendars: Calendars, duties: Iterable[Duty] = ON_BY_DEFAULT
) -> int | None:
    """Return the first moment (ms UTC) after ``now`` at which ``evaluate`` changes, or None."""
    owed = [case for _, case in cases(journey, calendars, duties) if case.met is None]
    ahead = [moment for case in owed for moment in _turns(case) if moment > now]
    return min(ahead, default=None)


def _turns(case: Case) -> tuple[int, ...]:
    """Return when the case comes to be missed, and when that is over; never if it ends before."""
    begins = deadline(case.due)
    if case.ends_on is None:
        return (begins,)
    ends = deadline(case.ends_on)
    return (begins, ends) if begins < ends else ()
