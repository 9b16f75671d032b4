"""LAC_VISIT_OVERDUE: a social worker's visits to a looked after child."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from journey.child import Journey, once
from journey.clocks import Deadline, months, weeks
from journey.duties.duty import Basis, Duty, Severity, at_most
from journey.duties.episodes import CARE_FACTS, Dated, Episode, belonging, care_periods, dated
from journey.duties.shapes import Answer, Asked, Clock, Repeats, Subject
from journey.duties.subjects import flagged, is_known_from_its_start

LEGAL_STATUS_ONLY = "L"
MONTHS_TO_SETTLE = 12


@once(reads=CARE_FACTS | {"CarePlacementChanged"})
def _care_placements(journey: Journey) -> list[Episode]:
    """Return each placement in care: from the start of care or a move, to the next or the end."""
    periods = care_periods(journey)
    moved = [
        d
        for d in dated(journey, "CarePlacementChanged", "changed_on")
        if d.event.text("reason_code") != LEGAL_STATUS_ONLY
    ]
    by_period = belonging(periods, moved, "period")
    return [one for period in periods for one in _within(period, by_period[period.anchor])]


def _within(period: Episode, moved: list[Dated]) -> Iterator[Episode]:
    moves = {d.day: d for d in reversed(moved) if d.day > period.start and period.is_open(d.day)}
    begun = [period, *(_after_move(moves[day]) for day in sorted(moves))]
    for one, after in zip(begun, [*begun[1:], None], strict=True):
        end, by = (period.end, period.ended_by) if after is None else (after.start, after.because)
        yield msgspec.structs.replace(one, end=end, ended_by=by)


def _after_move(moved: Dated) -> Episode:
    event = moved.event
    return Episode(
        anchor=event.record,
        records=frozenset({event.record}),
        facts=(event,),
        start=moved.day,
    )


def _first(asked: Asked, day: date, placement: Episode) -> Deadline:
    """Return a week; where the source knows not when it began, what holds between visits."""
    if not is_known_from_its_start(asked, placement):
        return weeks(day, asked.number("repeat_weeks"))
    return weeks(day, asked.number("first_weeks"))


def _next(asked: Asked, day: date, placement: Episode) -> Deadline:
    is_settled = day >= months(placement.start, MONTHS_TO_SETTLE).due
    if is_settled and flagged("long_term")(asked, placement):
        return months(day, asked.number("long_term_months"))
    return weeks(day, asked.number("repeat_weeks"))


WATCH = Repeats(
    subject=Subject(find=_care_placements, reads=CARE_FACTS | {"CarePlacementChanged"}),
    done_by=(Answer("LacVisitMade"),),
    first=Clock(_first),
    then=Clock(_next),
    missing="the social worker has not visited",
)

DUTY = Duty(
    id="LAC_VISIT_OVERDUE",
    meaning=(
        "A social worker visits a looked after child within a week of each placement, then at "
        "least every six weeks; after a year in a placement meant to last, every three months."
    ),
    trigger="A placement in care starts, or the last visit was made.",
    satisfying="The social worker visits.",
    clock=(
        "One week after the placement starts; then six weeks after each visit, or three months "
        "after the first year of a placement meant to last until 18."
    ),
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source="Care Planning Regulations 2010 (SI 2010/959), reg 28 [S43]",
    parameters={"first_weeks": 1, "repeat_weeks": 6, "long_term_months": 3},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    limits=(
        at_most("first_weeks", 1),
        at_most("repeat_weeks", 6),
        at_most("long_term_months", 3),
    ),
)
