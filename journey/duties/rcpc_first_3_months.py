"""RCPC_FIRST_3_MONTHS: the first review conference within three months."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import After, Answer, clock
from journey.duties.subjects import CP_PLANS

WATCH = After(
    subject=CP_PLANS,
    clock=clock.months("limit_months"),
    met_by=(Answer("ReviewConferenceHeld", "plan"),),
    missing="no review conference has been held",
)

DUTY = Duty(
    id="RCPC_FIRST_3_MONTHS",
    meaning=(
        "A child protection plan is reviewed by a conference within three months of its start."
    ),
    trigger="A child protection plan starts.",
    satisfying="A review conference is held.",
    clock="Three months after the plan starts.",
    severity=Severity.HIGH,
    basis=Basis.STATUTORY_GUIDANCE,
    source="Review conferences, as stated by Surrey safeguarding partnership [S38, secondary]",
    parameters={"limit_months": 3},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
)
