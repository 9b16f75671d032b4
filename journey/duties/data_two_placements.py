"""DATA_TWO_PLACEMENTS: two placements in alternative provision at the same time."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import Overlap
from journey.duties.subjects import PLACEMENTS

WATCH = Overlap(
    one=PLACEMENTS,
    other=PLACEMENTS,
    detail="two placements in alternative provision are open",
    satisfied_by=frozenset({"ApPlacementEnded"}),
)

DUTY = Duty(
    id="DATA_TWO_PLACEMENTS",
    meaning=(
        "A child has two placements in alternative provision at the same time. It may be so, part "
        "of the week each; or one of them was not ended."
    ),
    trigger="A second placement starts while one is open.",
    satisfying="One of them ends, or is corrected.",
    clock="At once: the first day on which both are open.",
    severity=Severity.LOW,
    basis=Basis.LOCAL,
    source="no source asks for this check",
    parameters={},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="The check itself is our own.",
    on=False,
    checks_data=True,
)
