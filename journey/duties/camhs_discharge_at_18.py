"""CAMHS_DISCHARGE_AT_18: children's mental health ends at 18, and nobody takes over."""

from __future__ import annotations

from datetime import date, timedelta

from journey.clocks import Deadline, in_words, months
from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import Episode
from journey.duties.shapes import After, Answer, Asked, Clock
from journey.duties.subjects import CAMHS_REFERRALS, reaches

OF_AGE = 18


def _is_open_before_18(asked: Asked, referral: Episode) -> bool:
    """Return whether it lasts so many months before the birthday, or begins later before it."""
    of_age = reaches(asked, OF_AGE)
    if of_age is None or referral.start >= of_age:
        return False
    leads = months(of_age, -asked.number("lead_months")).due
    return referral.end is None or referral.end >= leads


def _before_18(asked: Asked, day: date, referral: Episode) -> Deadline | None:
    of_age = reaches(asked, OF_AGE)
    if of_age is None:
        return None
    return Deadline(of_age - timedelta(days=1), f"before the 18th birthday, {in_words(of_age)}")


WATCH = After(
    subject=CAMHS_REFERRALS.where(_is_open_before_18),
    clock=Clock(_before_18),
    met_by=(
        Answer("AdultServiceAccepted", "referral"),
        Answer("DischargePlanAgreed", "referral"),
    ),
    missing="no adult service has accepted the young person, and no plan for leaving is agreed",
)

DUTY = Duty(
    id="CAMHS_DISCHARGE_AT_18",
    meaning=(
        "A young person is with children's mental health at seventeen and a half. An adult "
        "service accepts them, or a plan for leaving is agreed, before they turn 18."
    ),
    trigger=(
        "A referral to children's mental health is open six months before the 18th birthday, or "
        "comes later."
    ),
    satisfying="An adult service accepts the young person, or a discharge plan is agreed.",
    clock="The day before the 18th birthday.",
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source="Review of preparation for adulthood, Dec 2024: an abrupt end at 18 [S58]",
    parameters={"lead_months": 6, "until_age": 25},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    needs=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="Looking six months ahead is our own default.",
)
