"""ASSESSMENT_45_DAYS: the assessment within 45 working days of the referral."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import Episode
from journey.duties.shapes import After, Answer, clock
from journey.duties.subjects import REFERRALS
from journey.events import Event


def _is_no_further_action(referral: Episode, event: Event) -> bool:
    return event.text("outcome") == "NO_FURTHER_ACTION"


WATCH = After(
    subject=REFERRALS,
    clock=clock.working_days("limit_working_days"),
    met_by=(Answer("AssessmentAuthorised", "referral"),),
    ended_by=(
        Answer("ReferralClosed", "referral"),
        Answer("ReferralDecisionRecorded", "referral", fits=_is_no_further_action),
    ),
    missing="the assessment is not complete",
)

DUTY = Duty(
    id="ASSESSMENT_45_DAYS",
    meaning="A child and family assessment is complete within 45 working days of the referral.",
    trigger="A referral is received.",
    satisfying="The assessment is authorised.",
    clock="45 working days after the referral.",
    severity=Severity.HIGH,
    basis=Basis.STATUTORY_GUIDANCE,
    source=(
        "Working Together to Safeguard Children, as stated by SpeakCase [S32, secondary] and "
        "Torbay council [S33, secondary]; census rule 8670Q counts from the start of the "
        "assessment [S2]"
    ),
    parameters={"limit_working_days": 45},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
)
