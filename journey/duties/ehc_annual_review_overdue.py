"""EHC_ANNUAL_REVIEW_OVERDUE: an EHC plan not reviewed in twelve months."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity, at_least, at_most
from journey.duties.shapes import Answer, Repeats, clock
from journey.duties.subjects import EHC_PLANS

WATCH = Repeats(
    subject=EHC_PLANS,
    done_by=(Answer("EhcReviewCompleted", "plan"),),
    first=clock.months("limit_months"),
    then=clock.months("limit_months"),
    missing="the EHC plan has not been reviewed",
)

DUTY = Duty(
    id="EHC_ANNUAL_REVIEW_OVERDUE",
    meaning="An EHC plan is reviewed at least every twelve months.",
    trigger="An EHC plan is finalised, or was last reviewed.",
    satisfying="A review of the plan is completed.",
    clock="12 months after the plan or its last review.",
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source="Annual review of an EHC plan, as stated by SEN Expert Solicitors [S25, secondary]",
    parameters={"limit_months": 12, "until_age": 25},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    limits=(at_most("limit_months", 12), at_least("until_age", 25)),
)
