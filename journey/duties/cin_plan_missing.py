"""CIN_PLAN_MISSING: a plan for a child found to be in need."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import After, Answer, clock, each
from journey.duties.subjects import says

WATCH = After(
    subject=each("AssessmentAuthorised").where(says("outcome", "CIN")),
    clock=clock.working_days("limit_working_days"),
    met_by=(Answer("CinPlanAgreed"),),
    ended_by=(Answer("CpPlanStarted"), Answer("BecameLookedAfter")),
    missing="no child in need plan is agreed",
)

DUTY = Duty(
    id="CIN_PLAN_MISSING",
    meaning="A child was assessed as being in need. A child in need plan is agreed.",
    trigger="An assessment is authorised with the outcome that the child is in need.",
    satisfying="A child in need plan is agreed.",
    clock="10 working days after the assessment.",
    severity=Severity.MEDIUM,
    basis=Basis.LOCAL,
    source="Nottinghamshire says 10 working days, Cumberland 15 [S40, secondary]",
    parameters={"limit_working_days": 10},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    on=False,
)
