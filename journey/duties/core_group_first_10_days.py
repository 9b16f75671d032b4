"""CORE_GROUP_FIRST_10_DAYS: the first core group within ten working days."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import After, Answer, clock, each
from journey.duties.subjects import says

WATCH = After(
    subject=each("IcpcHeld").where(says("outcome", "PLAN")),
    clock=clock.working_days("limit_working_days"),
    met_by=(Answer("CoreGroupHeld"),),
    ended_by=(Answer("CpPlanEnded"),),
    missing="the core group has not met",
)

DUTY = Duty(
    id="CORE_GROUP_FIRST_10_DAYS",
    meaning=(
        "After a conference that makes a protection plan the core group meets within ten "
        "working days."
    ),
    trigger="A child protection conference decides on a plan.",
    satisfying="The core group meets.",
    clock="10 working days after the conference.",
    severity=Severity.HIGH,
    basis=Basis.STATUTORY_GUIDANCE,
    source="Core groups, as stated by Sefton safeguarding partnership [S37, secondary]",
    parameters={"limit_working_days": 10},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
)
