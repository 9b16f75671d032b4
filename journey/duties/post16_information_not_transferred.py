"""POST16_INFORMATION_NOT_TRANSFERRED: a college without what it needs to know of the child."""

from __future__ import annotations

from datetime import date

from journey.child import Journey
from journey.clocks import Deadline, fixed_date, later, working_days
from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import Episode, stated_day
from journey.duties.post16_moves import MOVE_FACTS, entry_year, moves
from journey.duties.shapes import After, Answer, Asked, Clock, Subject
from journey.duties.subjects import is_provider_of


def _places(journey: Journey) -> list[Episode]:
    return [move.accepted for move in moves(journey) if move.replaced is None]


def _limit(asked: Asked, day: date, accepted: Episode) -> Deadline:
    start = stated_day(accepted.facts[0], "start_on") or day
    by_date = fixed_date(entry_year(start) - 1, asked.number("month"), asked.number("day"))
    return later(by_date, working_days(day, asked.number("limit_working_days")))


WATCH = After(
    subject=Subject(find=_places, reads=MOVE_FACTS),
    clock=Clock(_limit),
    met_by=(Answer("TransitionInformationShared", before="lookback_days", fits=is_provider_of),),
    ended_by=(Answer("Post16Withdrawn", fits=is_provider_of),),
    missing="the post-16 provider has not been given the information",
)

DUTY = Duty(
    id="POST16_INFORMATION_NOT_TRANSFERRED",
    meaning=(
        "A young person accepted a post-16 place. What the provider needs to know is given to "
        "it in time."
    ),
    trigger="An offer of a post-16 place is accepted.",
    satisfying="The information is shared with the provider.",
    clock="30 June before the place begins, or 10 working days after a later acceptance.",
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024: support after entry to post-16 "
        "not consistent [S15]"
    ),
    parameters={"month": 6, "day": 30, "limit_working_days": 10, "lookback_days": 120},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default=(
        "30 June, the 10 working days, and counting the 120 days before, are our own defaults."
    ),
)
