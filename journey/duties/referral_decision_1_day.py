"""REFERRAL_DECISION_1_DAY: a decision on a referral within one working day."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import After, Answer, clock
from journey.duties.subjects import REFERRALS

WATCH = After(
    subject=REFERRALS,
    clock=clock.working_days("limit_working_days"),
    met_by=(Answer("ReferralDecisionRecorded", "referral"),),
    ended_by=(Answer("ReferralClosed", "referral"),),
    missing="no decision how to respond to the referral",
)

DUTY = Duty(
    id="REFERRAL_DECISION_1_DAY",
    meaning="A social worker decides within one working day how to respond to a referral.",
    trigger="A referral is received.",
    satisfying="The decision is recorded.",
    clock="One working day after the referral.",
    severity=Severity.CRITICAL,
    basis=Basis.STATUTORY_GUIDANCE,
    source=(
        "Working Together to Safeguard Children, as stated by Tees safeguarding partnership "
        "[S31, secondary] and SpeakCase [S32, secondary]"
    ),
    parameters={"limit_working_days": 1},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
)
