"""CORE_GROUP_REPEAT: core groups, every few weeks."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import Answer, Repeats, clock
from journey.duties.subjects import CP_PLANS

WATCH = Repeats(
    subject=CP_PLANS,
    done_by=(Answer("CoreGroupHeld", "plan"),),
    then=clock.weeks("limit_weeks"),
    missing="the core group has not met again",
)

DUTY = Duty(
    id="CORE_GROUP_REPEAT",
    meaning="While a child protection plan lasts, the core group meets again and again.",
    trigger="The core group met.",
    satisfying="The core group meets again.",
    clock="Four weeks after the last meeting.",
    severity=Severity.MEDIUM,
    basis=Basis.LOCAL,
    source="Four weeks is Sefton's practice [S37, secondary]; six weeks elsewhere",
    parameters={"limit_weeks": 4},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    on=False,
)
