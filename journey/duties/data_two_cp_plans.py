"""DATA_TWO_CP_PLANS: two open protection plans."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import Overlap
from journey.duties.subjects import CP_PLANS

WATCH = Overlap(
    one=CP_PLANS,
    other=CP_PLANS,
    detail="two child protection plans are open",
    satisfied_by=frozenset({"CpPlanEnded"}),
)

DUTY = Duty(
    id="DATA_TWO_CP_PLANS",
    meaning=(
        "A child has two child protection plans at the same time: one of them was not ended, or "
        "was told twice."
    ),
    trigger="A second child protection plan starts while one is open.",
    satisfying="One of them ends, or is corrected.",
    clock="At once: the first day on which both are open.",
    severity=Severity.LOW,
    basis=Basis.GUIDANCE,
    source="Children in need census, rule 8935 [S2]",
    parameters={},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    checks_data=True,
)
