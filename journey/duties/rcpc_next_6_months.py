"""RCPC_NEXT_6_MONTHS: later review conferences every six months."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import Answer, Repeats, clock
from journey.duties.subjects import CP_PLANS

WATCH = Repeats(
    subject=CP_PLANS,
    done_by=(Answer("ReviewConferenceHeld", "plan"),),
    then=clock.months("limit_months"),
    missing="no further review conference has been held",
)

DUTY = Duty(
    id="RCPC_NEXT_6_MONTHS",
    meaning=(
        "After its first review conference a child protection plan is reviewed at least every "
        "six months."
    ),
    trigger="A review conference is held.",
    satisfying="Another review conference is held.",
    clock="Six months after the last one.",
    severity=Severity.HIGH,
    basis=Basis.STATUTORY_GUIDANCE,
    source="London child protection procedures, as quoted by Bromley [S39, secondary]",
    parameters={"limit_months": 6},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
)
