"""The end of a placement: a move proposed and decided, and the exit of a Year 11 child."""

from __future__ import annotations

from datetime import date

from producers.simulate.life import Life, Placement
from producers.simulate.paths.voices import hear_family
from producers.simulate.population import YEAR_11
from producers.simulate.school_year import (
    END_OF_SPRING,
    plus_school_days,
    school_day_from,
    school_day_until,
    school_days,
)
from producers.simulate.sources import AP_REGISTER


def leave(life: Life, placement: Placement) -> None:
    """Tell what is proposed and decided before a placement ends, and its end."""
    leaver = life.child.year_group == YEAR_11
    if life.random.random() < 0.55 or "AP_TRANSITION_DECISION_DELAYED" in life.misses.chosen:
        _move_on(life, placement)
    if leaver and placement.end > END_OF_SPRING:
        _decide_exit(life, placement)
    life.tell(
        AP_REGISTER,
        "ApPlacementEnded",
        placement=placement.id,
        end_on=placement.end,
        reason_code="COMPLETED" if leaver else "REINTEGRATED",
    )


def _move_on(life: Life, placement: Placement) -> None:
    days = school_days(placement.start, placement.end)
    if len(days) < 35:
        return
    proposed_on = days[-30]
    transition = life.tell(
        AP_REGISTER,
        "TransitionProposed",
        proposed_on=proposed_on,
        placement=placement.id,
        to_kind="POST16" if life.child.year_group == YEAR_11 else "MAINSTREAM",
    )
    decided_on = life.met(
        "AP_TRANSITION_DECISION_DELAYED",
        0.08,
        in_time=plus_school_days(proposed_on, life.random.randint(4, 15)),
        due=plus_school_days(proposed_on, 20),
    )
    if decided_on is None:
        return
    record = life.tell(
        AP_REGISTER,
        "TransitionDecisionRecorded",
        transition=transition,
        decided_on=school_day_from(decided_on),
        decision="APPROVED",
    )
    hear_family(life, record, school_day_from(decided_on))


def _decide_exit(life: Life, placement: Placement) -> None:
    in_time = school_day_until(life.between(date(2025, 2, 24), date(2025, 3, 27)))
    decided_on = life.met(
        "AP_Y11_STAY_TO_END", 0.06, in_time=max(in_time, placement.start), due=END_OF_SPRING
    )
    if decided_on is not None:
        life.tell(
            AP_REGISTER,
            "ExitDecisionRecorded",
            placement=placement.id,
            decided_on=decided_on,
            decision="POST16",
        )
