"""EHC_ANNUAL_REVIEW_OVERDUE: an EHC plan not reviewed in twelve months."""

from __future__ import annotations

from datetime import date

from journey.clocks import Deadline, months
from journey.duties.duty import Basis, Duty, Severity, at_least, at_most
from journey.duties.episodes import Episode
from journey.duties.shapes import Answer, Asked, Clock, Repeats
from journey.duties.subjects import EHC_PLANS, reaches

OLDER = 5


def _limit(asked: Asked, day: date, plan: Episode) -> Deadline:
    fifth = reaches(asked, OLDER)
    is_young = fifth is not None and day < fifth
    return months(day, asked.number("under5_months" if is_young else "limit_months"))


WATCH = Repeats(
    subject=EHC_PLANS,
    done_by=(Answer("EhcReviewCompleted", "plan"),),
    first=Clock(_limit),
    then=Clock(_limit),
    missing="the EHC plan has not been reviewed",
)

DUTY = Duty(
    id="EHC_ANNUAL_REVIEW_OVERDUE",
    meaning=(
        "An EHC plan is reviewed at least every twelve months; for a child under five it should "
        "be every six."
    ),
    trigger="An EHC plan is finalised, or was last reviewed.",
    satisfying="A review of the plan is completed.",
    clock=(
        "12 months after the plan or its last review; six where the child is under five on that "
        "day."
    ),
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source="Annual review of an EHC plan, as stated by SEN Expert Solicitors [S25, secondary]",
    parameters={"limit_months": 12, "under5_months": 6, "until_age": 25},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default=(
        "The twelve months are law; the six months for a child under five are what should be done."
    ),
    limits=(
        at_most("limit_months", 12),
        at_most("under5_months", 12),
        at_least("until_age", 25),
    ),
)
