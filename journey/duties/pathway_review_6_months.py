"""PATHWAY_REVIEW_6_MONTHS: a pathway plan, reviewed every six months."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import Answer, Repeats, clock, each

WATCH = Repeats(
    subject=each("PathwayPlanAgreed").replaced(),
    done_by=(Answer("PathwayPlanReviewed", "plan"),),
    first=clock.months("limit_months"),
    then=clock.months("limit_months"),
    missing="the pathway plan has not been reviewed",
)

DUTY = Duty(
    id="PATHWAY_REVIEW_6_MONTHS",
    meaning="A pathway plan is reviewed at least every six months.",
    trigger="A pathway plan is agreed, or was last reviewed.",
    satisfying="The pathway plan is reviewed.",
    clock="Six months after the plan or its last review.",
    severity=Severity.MEDIUM,
    basis=Basis.REVIEW,
    source=(
        "General knowledge of the Care Planning Regulations 2010: we found no source for the "
        "six months and do not state them as law"
    ),
    parameters={"limit_months": 6},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default=(
        "Six months is common practice; check it before you rely on it. Watched until the 18th "
        "birthday."
    ),
)
