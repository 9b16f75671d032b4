"""POST16_SUPPORT_CLIFF_EDGE: all support ends around the move, and nobody takes over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import calendar_days, working_days
from journey.duties.duty import Basis, Case, Duty, Met, Severity
from journey.duties.episodes import PLAN_FACTS, Episode, dated, ehc_plans
from journey.duties.involvement import (
    EXPLICIT_FACTS,
    HEALTH_FACTS,
    SOCIAL_CARE_FACTS,
    health,
    social_care,
    stated,
)
from journey.duties.outcome import earliest, ended, met_by_first, number
from journey.duties.post16_moves import MOVE_FACTS, Move, moves
from journey.duties.stops import STOP_FACTS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each time that the last support ended around a move."""
    places = [move for move in moves(journey) if move.replaced is None]
    if not places:
        return
    support = _support(journey)
    for move in places:
        window = _window(move, parameters)
        for last in _last_ones(support, window, number(parameters, "min_open")):
            yield _case(journey, move, last, support, parameters)


def _support(journey: Journey) -> list[Episode]:
    """Return what counts as professional support: all but the school or placement itself."""
    found = [
        *(involvement.episode for involvement in stated(journey)),
        *health(journey),
        *social_care(journey),
        *ehc_plans(journey),
    ]
    return sorted(found, key=lambda one: (one.start, one.anchor))


def _window(move: Move, parameters: Mapping[str, int | str]) -> tuple[date, date]:
    before, after = number(parameters, "days_before"), number(parameters, "days_after")
    return calendar_days(move.start, -before).due, calendar_days(move.start, after).due


def _last_ones(
    support: list[Episode], window: tuple[date, date], min_open: int
) -> Iterator[Episode]:
    """Return one support for each day in the window after which too few remain open."""
    ending = {one.end: one for one in reversed(support) if one.end is not None}
    for day, last in sorted(ending.items()):
        remaining = [s for s in support if s.start <= day and (s.end is None or s.end > day)]
        if window[0] <= day <= window[1] and len(remaining) < min_open:
            yield last


def _case(
    journey: Journey,
    move: Move,
    last: Episode,
    support: list[Episode],
    parameters: Mapping[str, int | str],
) -> Case:
    day = last.end or last.start
    clock = working_days(day, number(parameters, "limit_working_days"))
    since = _window(move, parameters)[0]
    handed_over = met_by_first(dated(journey, "HandoverAccepted", "accepted_on"), since)
    return Case(
        anchor=move.accepted.anchor,
        period=last.anchor,
        due=clock.due,
        arithmetic=clock.arithmetic,
        because=(*move.accepted.because, *last.ended_by),
        met=earliest(handed_over, _resumed(support, day)),
        detail="all professional support has ended and no service has accepted the handover",
    )


def _resumed(support: list[Episode], day: date) -> Met | None:
    after = next((one for one in support if one.start > day), None)
    return None if after is None else ended(after.start, after.because)


DUTY = Duty(
    id="POST16_SUPPORT_CLIFF_EDGE",
    meaning=(
        "Around the move to a post-16 place the last professional support of a young person "
        "ended, and no service has taken over."
    ),
    trigger=(
        "The last involvement of an agency ends between 90 days before and 180 days after the "
        "accepted place begins."
    ),
    satisfying="The next service accepts the handover; new support also ends the case.",
    clock="10 working days after the last support ended.",
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024: a sense of a cliff edge [S15]; "
        "NICE NG43: support for at least six months before and after a transfer [S51, secondary]"
    ),
    parameters={
        "days_before": 90,
        "days_after": 180,
        "min_open": 1,
        "limit_working_days": 10,
    },
    reads=frozenset({"HandoverAccepted"})
    | MOVE_FACTS
    | EXPLICIT_FACTS
    | HEALTH_FACTS
    | SOCIAL_CARE_FACTS
    | PLAN_FACTS
    | STOP_FACTS,
    satisfied_by=frozenset({"HandoverAccepted"}),
    cases=cases,
    our_default="The window and the 10 working days are our own defaults.",
)
