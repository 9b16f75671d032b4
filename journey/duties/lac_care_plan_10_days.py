"""LAC_CARE_PLAN_10_DAYS: a care plan within ten working days."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity, at_most
from journey.duties.shapes import After, Answer, clock
from journey.duties.subjects import CARE, is_known_from_its_start

WATCH = After(
    subject=CARE.where(is_known_from_its_start),
    clock=clock.working_days("limit_working_days"),
    met_by=(Answer("CarePlanPrepared", "period", before="lookback_days"),),
    missing="no care plan has been prepared",
)

DUTY = Duty(
    id="LAC_CARE_PLAN_10_DAYS",
    meaning=(
        "A child who becomes looked after has a care plan before the first placement, or within "
        "ten working days of it."
    ),
    trigger="A child becomes looked after.",
    satisfying="The care plan is prepared.",
    clock="10 working days after the child became looked after.",
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source="Care Planning Regulations 2010 (SI 2010/959), reg 4(2) [S41]",
    parameters={"limit_working_days": 10, "lookback_days": 28},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="Counting a plan of the 28 days before is our own default.",
    limits=(at_most("limit_working_days", 10),),
)
