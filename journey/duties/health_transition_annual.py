"""HEALTH_TRANSITION_ANNUAL: the plan for the move to adult services, reviewed each year."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import Answer, Repeats, clock, each

WATCH = Repeats(
    subject=each("HealthTransitionPlanAgreed").replaced(),
    done_by=(Answer("HealthTransitionReviewed", "plan"),),
    first=clock.months("limit_months"),
    then=clock.months("limit_months"),
    missing="the plan for the move to adult services has not been reviewed",
)

DUTY = Duty(
    id="HEALTH_TRANSITION_ANNUAL",
    meaning="A plan for the move to adult services is reviewed each year.",
    trigger="A plan for the move is agreed, or was last reviewed.",
    satisfying="The plan is reviewed.",
    clock="12 months after the plan or its last review.",
    severity=Severity.LOW,
    basis=Basis.REVIEW,
    source=("General knowledge of NICE guideline NG43: we found no source for the yearly meeting"),
    parameters={"limit_months": 12},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="12 months is common practice; check it before you rely on it.",
)
