"""DATA_TWO_OPEN_ENQUIRIES: two open section 47 enquiries."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import Overlap
from journey.duties.subjects import ENQUIRIES

WATCH = Overlap(
    one=ENQUIRIES,
    other=ENQUIRIES,
    detail="two enquiries under section 47 are open",
    satisfied_by=frozenset({"Section47Ended"}),
)

DUTY = Duty(
    id="DATA_TWO_OPEN_ENQUIRIES",
    meaning="A child has two enquiries under section 47 open at the same time.",
    trigger="A second enquiry starts while one is open.",
    satisfying="One of them ends, or is corrected.",
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
