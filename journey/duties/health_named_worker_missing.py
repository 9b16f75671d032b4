"""HEALTH_NAMED_WORKER_MISSING: a named worker for the move to adult services."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import After, Answer, clock, each

WATCH = After(
    subject=each("HealthTransitionPlanAgreed"),
    clock=clock.weeks("limit_weeks"),
    met_by=(Answer("TransitionWorkerNamed", "plan"),),
    missing="no named worker for the move to adult services",
)

DUTY = Duty(
    id="HEALTH_NAMED_WORKER_MISSING",
    meaning=(
        "A plan for the move to adult services is agreed, and a named worker is appointed, from "
        "six months before to six months after."
    ),
    trigger="A plan for the move to adult services is agreed.",
    satisfying="A named worker is appointed.",
    clock="Four weeks after the plan.",
    severity=Severity.MEDIUM,
    basis=Basis.GUIDANCE,
    source="NICE guideline NG43, as summarised by the BMJ [S51, secondary]",
    parameters={"limit_weeks": 4},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default=(
        "Four weeks is our own default. Whether the worker stays for six months after is not "
        "watched."
    ),
)
