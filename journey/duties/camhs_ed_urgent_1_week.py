"""CAMHS_ED_URGENT_1_WEEK: treatment of an eating disorder, urgent, within one week."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import After, Answer, clock
from journey.duties.subjects import CAMHS_REFERRALS, says

WATCH = After(
    subject=CAMHS_REFERRALS.where(says("camhs_pathway", "EATING_DISORDER")).where(
        says("urgency", "URGENT")
    ),
    clock=clock.days("limit_days"),
    met_by=(Answer("TreatmentStarted", "referral"),),
    missing="treatment has not started",
)

DUTY = Duty(
    id="CAMHS_ED_URGENT_1_WEEK",
    meaning=(
        "A child with an eating disorder, referred as urgent, starts treatment within one week."
    ),
    trigger="A referral for an eating disorder, urgent, is received.",
    satisfying="Treatment starts.",
    clock="7 days after the referral.",
    severity=Severity.HIGH,
    basis=Basis.GUIDANCE,
    source=(
        "National waiting time standard, a target for 95 in 100, as stated by QualityWatch "
        "[S57, secondary]"
    ),
    parameters={"limit_days": 7},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
)
