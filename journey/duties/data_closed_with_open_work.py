"""DATA_CLOSED_WITH_OPEN_WORK: a referral closed while an assessment or enquiry is open."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import Episode, owner
from journey.duties.shapes import Asked, Fault, Wrong
from journey.duties.subjects import ASSESSMENTS, ENQUIRIES, REFERRALS, both

CLOSING = REFERRALS.until("ReferralClosed", "referral")


def _left_open(asked: Asked, work: Episode) -> Wrong | None:
    """Return that the referral under which the work began was closed while it was open."""
    among = CLOSING.find(asked.journey)
    referral = owner(among, work.facts[0], "referral", work.start)
    if referral is None or referral.end is None or not work.start <= referral.end:
        return None
    if work.end is not None and work.end <= referral.end:
        return None
    kind = "assessment" if work.facts[0].type == "AssessmentStarted" else "enquiry"
    detail = f"the referral was closed and an {kind} is not finished"
    return Wrong(detail, referral.end, referral.ended_by)


WATCH = Fault(
    subject=both(ASSESSMENTS, ENQUIRIES),
    wrong=_left_open,
    satisfied_by=frozenset({"AssessmentAuthorised", "Section47Ended"}),
    also_reads=CLOSING.reads,
)

DUTY = Duty(
    id="DATA_CLOSED_WITH_OPEN_WORK",
    meaning=(
        "A referral was closed, and an assessment or a section 47 enquiry that began before is "
        "not finished."
    ),
    trigger="A referral is closed while an assessment or enquiry is open.",
    satisfying="The assessment is authorised, or the enquiry ends.",
    clock="At once: the day on which the referral was closed.",
    severity=Severity.LOW,
    basis=Basis.GUIDANCE,
    source="Children in need census, rules 8867 and 8868 [S2]",
    parameters={},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    needs=WATCH.satisfied_by,
    cases=WATCH.cases,
    checks_data=True,
)
