"""DATA_TWO_OPEN_ASSESSMENTS: two open assessments."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import Overlap
from journey.duties.subjects import ASSESSMENTS

WATCH = Overlap(
    one=ASSESSMENTS,
    other=ASSESSMENTS,
    detail="two assessments are open",
    satisfied_by=frozenset({"AssessmentAuthorised"}),
)

DUTY = Duty(
    id="DATA_TWO_OPEN_ASSESSMENTS",
    meaning="A child has two child and family assessments open at the same time.",
    trigger="A second assessment starts while one is open.",
    satisfying="One of them is authorised, or is corrected.",
    clock="At once: the first day on which both are open.",
    severity=Severity.LOW,
    basis=Basis.GUIDANCE,
    source="Children in need census, rules 8839 and 8896 [S2]",
    parameters={},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    checks_data=True,
)
