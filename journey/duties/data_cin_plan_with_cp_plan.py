"""DATA_CIN_PLAN_WITH_CP_PLAN: a child in need plan beside a protection plan."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import Overlap
from journey.duties.subjects import CIN_PLANS, CP_PLANS

WATCH = Overlap(
    one=CIN_PLANS,
    other=CP_PLANS,
    detail="a child in need plan is open beside a child protection plan",
    satisfied_by=frozenset({"CinPlanEnded", "CpPlanEnded"}),
)

DUTY = Duty(
    id="DATA_CIN_PLAN_WITH_CP_PLAN",
    meaning=(
        "A child has a child in need plan and a child protection plan at the same time: one of "
        "them was not ended."
    ),
    trigger="Both plans are open.",
    satisfying="One of them ends, or is corrected.",
    clock="At once: the first day on which both are open.",
    severity=Severity.LOW,
    basis=Basis.GUIDANCE,
    source="Children in need census, rule 4001 [S2]",
    parameters={},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    checks_data=True,
)
