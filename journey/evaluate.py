"""One deadline asked two questions: what is missed by now, and when does that next change."""

from __future__ import annotations

from collections.abc import Iterable

from journey.calendars import Calendars
from journey.child import Journey
from journey.duties import DUTIES, cases_of
from journey.duties.duty import Case, Duty
from journey.moments import deadline


def cases(
    journey: Journey, calendars: Calendars, duties: Iterable[Duty] = DUTIES
) -> list[tuple[Duty, Case]]:
    """Return every case that follows from the journey, met or not."""
    return [(duty, case) for duty in duties for case in cases_of(duty, journey, calendars)]


def evaluate(
    journey: Journey, now: int, calendars: Calendars, duties: Iterable[Duty] = DUTIES
) -> list[tuple[Duty, Case]]:
    """Return the cases whose deadline has come by ``now`` (ms UTC) and that are not met."""
    return [
        (duty, case)
        for duty, case in cases(journey, calendars, duties)
        if case.met is None and deadline(case.due) <= now
    ]


def next_due(
    journey: Journey, now: int, calendars: Calendars, duties: Iterable[Duty] = DUTIES
) -> int | None:
    """Return the first deadline (ms UTC) after ``now`` of a case that is not met, or None."""
    ahead = [
        deadline(case.due)
        for _, case in cases(journey, calendars, duties)
        if case.met is None and deadline(case.due) > now
    ]
    return min(ahead, default=None)
