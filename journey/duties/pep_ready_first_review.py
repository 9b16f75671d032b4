"""PEP_READY_FIRST_REVIEW: a personal education plan complete for the first review."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import After, Answer, clock
from journey.duties.subjects import CARE, is_known_from_its_start, is_old_enough

WATCH = After(
    subject=CARE.where(is_known_from_its_start).where(is_old_enough),
    clock=clock.working_days("limit_working_days"),
    met_by=(Answer("PepCompleted", "period"),),
    missing="the personal education plan is not complete",
)

DUTY = Duty(
    id="PEP_READY_FIRST_REVIEW",
    meaning=(
        "The personal education plan of a child who becomes looked after is complete for the "
        "first review."
    ),
    trigger="A child becomes looked after.",
    satisfying="The personal education plan is completed.",
    clock="20 working days after the child became looked after.",
    severity=Severity.HIGH,
    basis=Basis.STATUTORY_GUIDANCE,
    source="Personal education plans, as stated by Oldham virtual school [S44, secondary]",
    parameters={"limit_working_days": 20, "from_age": 3},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="Asking from the third birthday on is our own default.",
)
