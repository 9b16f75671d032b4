"""A child's timetable in a placement: hours and sessions a week, as last set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from journey.child import Journey
from journey.duties.episodes import Dated, Episode, belonging, dated

TIMETABLE_FACTS = frozenset({"ApTimetableSet"})


def timetables(journey: Journey, placed: Sequence[Episode]) -> dict[str, list[Dated]]:
    """Return by placement the timetables set, each by the day from which it holds."""
    return belonging(placed, dated(journey, "ApTimetableSet", "from_on"), "placement")


def hours_a_week(placement: Episode, timetable: Dated | None) -> float | None:
    """Return the weekly hours under a timetable; before any, those that the placement gave."""
    return _number(placement, timetable, "weekly_hours")


def is_full_time(placement: Episode, timetable: Dated | None, hours: int) -> bool:
    """Return whether a placement takes so many hours a week; where none are told, what it says."""
    told = hours_a_week(placement, timetable)
    if told is not None:
        return told >= hours
    return any(fact.flag("full_time") for fact in placement.facts)


def sessions_a_week(placement: Episode, held: Sequence[Dated], day: date) -> int | None:
    """Return the weekly sessions on a day, from 1; None where nobody said."""
    last = next((one for one in reversed(held) if one.day <= day), None)
    sessions = _number(placement, last, "sessions_per_week")
    return None if sessions is None or sessions < 1 else int(sessions)


def _number(placement: Episode, timetable: Dated | None, field: str) -> float | None:
    given = None if timetable is None else timetable.event.number(field)
    if given is not None:
        return given
    return next((n for fact in placement.facts if (n := fact.number(field)) is not None), None)
