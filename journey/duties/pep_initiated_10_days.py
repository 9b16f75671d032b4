"""PEP_INITIATED_10_DAYS: a personal education plan started within ten working days."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import After, Answer, clock
from journey.duties.subjects import CARE, is_known_from_its_start, is_old_enough

WATCH = After(
    subject=CARE.where(is_known_from_its_start).where(is_old_enough),
    clock=clock.working_days("limit_working_days"),
    met_by=(Answer("PepInitiated", "period"), Answer("PepCompleted", "period")),
    missing="no personal education plan has been started",
)

DUTY = Duty(
    id="PEP_INITIATED_10_DAYS",
    meaning=(
        "A child who becomes looked after has a personal education plan started within ten "
        "working days."
    ),
    trigger="A child becomes looked after.",
    satisfying="The personal education plan is started.",
    clock="10 working days after the child became looked after.",
    severity=Severity.HIGH,
    basis=Basis.STATUTORY_GUIDANCE,
    source="Personal education plans, as stated by Oldham virtual school [S44, secondary]",
    parameters={"limit_working_days": 10, "from_age": 3},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    needs=frozenset({"PepInitiated"}),
    cases=WATCH.cases,
    our_default="Asking from the third birthday on is our own default.",
)
