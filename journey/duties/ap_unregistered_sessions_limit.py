"""AP_UNREGISTERED_SESSIONS_LIMIT: more than four sessions a week at an unregistered provider."""

from __future__ import annotations

from datetime import date

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import Dated, Episode, placements
from journey.duties.shapes import Asked, Spells
from journey.duties.subjects import PLACEMENTS, is_unregistered
from journey.duties.timetable import sessions_a_week, timetables


def _timetable(asked: Asked, placement: Episode) -> list[tuple[date, tuple[str, ...]]]:
    return [(held.day, (held.event.event_id,)) for held in _held(asked, placement)]


def _held(asked: Asked, placement: Episode) -> list[Dated]:
    return timetables(asked.journey, placements(asked.journey))[placement.anchor]


def _too_many(asked: Asked, placement: Episode, day: date) -> tuple[str, ...]:
    held = [one for one in _held(asked, placement) if one.day <= day]
    sessions = sessions_a_week(placement, held, day)
    if sessions is None or sessions <= asked.number("max_sessions"):
        return ()
    return (*placement.because, *(one.event.event_id for one in held[-1:]))


WATCH = Spells(
    subject=PLACEMENTS.where(is_unregistered),
    changes=_timetable,
    grounds=_too_many,
    detail="more than four sessions a week at an unregistered provider",
    satisfied_by=frozenset({"ApTimetableSet", "ApPlacementEnded"}),
)

DUTY = Duty(
    id="AP_UNREGISTERED_SESSIONS_LIMIT",
    meaning=(
        "A child is at a provider that is not registered as a school for more than two days, "
        "four sessions, a week."
    ),
    trigger="A timetable at an unregistered provider has more than four sessions a week.",
    satisfying="The timetable has no more than that, or the placement ends.",
    clock="At once: the day from which the timetable holds.",
    severity=Severity.MEDIUM,
    basis=Basis.PROPOSED,
    source=(
        "A proposal, not in force: two days or four sessions a week, as reported by Close the "
        "Gaps [S19, secondary]"
    ),
    parameters={"max_sessions": 4},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    on=False,
    inhibited_by=frozenset({"AP_UNREGISTERED_FULL_TIME"}),
)
