"""AP_MULTIPLE_UNREGISTERED: at several unregistered providers at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import Dated, Episode, placements
from journey.duties.shapes import Answer, Asked, Spells
from journey.duties.subjects import PLACEMENTS, is_unregistered
from journey.duties.timetable import TIMETABLE_FACTS, sessions_a_week, timetables

FULL_WEEK = 10


def _changes(asked: Asked, placement: Episode) -> Iterator[tuple[date, tuple[str, ...]]]:
    for other in placements(asked.journey):
        yield other.start, other.because
        if other.end is not None:
            yield other.end, other.ended_by
    for held in _held(asked).values():
        yield from ((one.day, (one.event.event_id,)) for one in held)


def _held(asked: Asked) -> dict[str, list[Dated]]:
    return timetables(asked.journey, placements(asked.journey))


def _grounds(asked: Asked, placement: Episode, day: date) -> tuple[str, ...]:
    """Return the placements that are too many, for the last begun of them only."""
    there = [one for one in placements(asked.journey) if _goes_on(one, day)]
    among = [one for one in there if is_unregistered(asked, one)]
    if len(among) <= asked.number("max_concurrent") or among[-1].anchor != placement.anchor:
        return ()
    if _left(asked, there, day) > asked.number("home_attendance_pct"):
        return ()
    return tuple(event for one in among for event in one.because)


def _goes_on(placement: Episode, day: date) -> bool:
    return placement.start <= day and (placement.end is None or day < placement.end)


def _left(asked: Asked, there: list[Episode], day: date) -> float:
    """Return the share of a full week, in percent, that the placements' timetables leave."""
    held = _held(asked)
    taken = sum(sessions_a_week(one, held[one.anchor], day) or FULL_WEEK for one in there)
    return max(0, FULL_WEEK - taken) * 100 / FULL_WEEK


WATCH = Spells(
    subject=PLACEMENTS.where(is_unregistered),
    changes=_changes,
    grounds=_grounds,
    detail="several unregistered providers at once, and hardly any time at the home school",
    satisfied_by=TIMETABLE_FACTS | {"ApPlacementEnded"},
    met_by=(Answer("JointReviewHeld"),),
)

DUTY = Duty(
    id="AP_MULTIPLE_UNREGISTERED",
    meaning=(
        "A child is at more than one unregistered provider at once, with hardly any session "
        "left for the home school, and the agencies have not reviewed it together."
    ),
    trigger=(
        "A second placement at an unregistered provider is open, and at most one session in ten "
        "is left."
    ),
    satisfying="Fewer such placements, more sessions left, or a joint review.",
    clock="At once: the first day on which all of it holds.",
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024: several unregistered providers "
        "for one child, with little attendance at the home school [S22]"
    ),
    parameters={"max_concurrent": 1, "home_attendance_pct": 10},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default=(
        "More than one provider, and ten percent, are our own defaults. What is left for the "
        "home school is read from the timetables, since its registers are not sent; without one "
        "a placement takes the whole week."
    ),
)
