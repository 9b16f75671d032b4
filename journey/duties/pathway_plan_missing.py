"""PATHWAY_PLAN_MISSING: a pathway plan after the needs assessment."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import After, Answer, clock, each

WATCH = After(
    subject=each("PathwayNeedsAssessed"),
    clock=clock.months("limit_months"),
    met_by=(Answer("PathwayPlanAgreed"),),
    missing="no pathway plan is agreed",
)

DUTY = Duty(
    id="PATHWAY_PLAN_MISSING",
    meaning="After the pathway needs assessment a pathway plan is agreed as soon as possible.",
    trigger="The pathway needs are assessed.",
    satisfying="A pathway plan is agreed.",
    clock="One month after the assessment.",
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source="Care Planning Regulations 2010 (SI 2010/959), reg 43, for the duty [S47]",
    parameters={"limit_months": 1},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="The law says as soon as possible; one month is our own default for it.",
)
