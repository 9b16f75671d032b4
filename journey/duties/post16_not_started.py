"""POST16_NOT_STARTED: a place was accepted and the child never came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import school_days
from journey.duties.duty import Basis, Case, Duty, Met, Severity
from journey.duties.episodes import Dated, dated, same
from journey.duties.outcome import earliest, ended, met_by_first, number
from journey.duties.post16_moves import MOVE_FACTS, Move, moves
from journey.duties.schooling import ROLL_FACTS, school_of
from journey.duties.stops import STOP_FACTS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each accepted place."""
    limit = number(parameters, "limit_school_days")
    for move in moves(journey):
        school = school_of(journey, calendars, move.start, move.accepted.told("provider"))
        clock = school_days(move.start, limit, school)
        yield Case(
            anchor=move.accepted.anchor,
            due=clock.due,
            arithmetic=clock.arithmetic,
            because=move.accepted.because,
            met=earliest(
                _attended(journey, move), _elsewhere(journey, move), _given_up(journey, move)
            ),
            detail=_detail(journey, move),
        )


def _here(move: Move, fact: Dated) -> bool:
    """Return whether a fact is about this place; one that names no provider is."""
    return same(fact.event.text("provider")) in ("", move.provider)


def _seen(journey: Journey) -> list[Dated]:
    return dated(journey, "Post16ParticipationConfirmed", "participating_on")


def _attended(journey: Journey, move: Move) -> Met | None:
    return met_by_first((f for f in _seen(journey) if _here(move, f)), move.accepted.start)


def _elsewhere(journey: Journey, move: Move) -> Met | None:
    """Return that the child learns at another provider once this place has begun."""
    other = met_by_first((f for f in _seen(journey) if not _here(move, f)), move.start)
    return None if other is None else ended(other.on, other.by)


def _given_up(journey: Journey, move: Move) -> Met | None:
    """Return that the place was withdrawn from, or another accepted instead."""
    left = dated(journey, "Post16Withdrawn", "withdrawn_on")
    gone = met_by_first((f for f in left if _here(move, f)), move.accepted.start)
    instead = move.replaced
    return earliest(
        None if gone is None else ended(gone.on, gone.by),
        None if instead is None else ended(instead.start, instead.because),
    )


def _detail(journey: Journey, move: Move) -> str:
    enrolled = [f for f in dated(journey, "Post16Enrolled", "enrolled_on") if _here(move, f)]
    return "enrolled, and not seen to attend" if enrolled else "not enrolled, not seen to attend"


DUTY = Duty(
    id="POST16_NOT_STARTED",
    meaning=(
        "A young person accepted a post-16 place, it has begun, and nobody has seen them there."
    ),
    trigger="An offer of a post-16 place is accepted.",
    satisfying="The provider confirms that the young person attends.",
    clock="10 school days after the place begins.",
    severity=Severity.CRITICAL,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024: some cannot sustain their "
        "placement [S15]; participation to 18 under the Education and Skills Act 2008 [S53] "
        "gives no number of days"
    ),
    parameters={"limit_school_days": 10},
    reads=frozenset({"Post16ParticipationConfirmed", "Post16Enrolled", "Post16Withdrawn"})
    | MOVE_FACTS
    | ROLL_FACTS
    | STOP_FACTS,
    satisfied_by=frozenset({"Post16ParticipationConfirmed"}),
    cases=cases,
    our_default="10 school days is our own default.",
)
