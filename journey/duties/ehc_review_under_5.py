"""EHC_REVIEW_UNDER_5: the EHC plan of a child under five, reviewed every six months."""

from __future__ import annotations

from datetime import date

from journey.clocks import Deadline, months
from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import Episode
from journey.duties.shapes import Answer, Asked, Clock, Repeats
from journey.duties.subjects import EHC_PLANS, reaches

OLDER = 5


def _limit(asked: Asked, day: date, plan: Episode) -> Deadline | None:
    """Return the months after a day on which the child is under five; from then on, none."""
    fifth = reaches(asked, OLDER)
    if fifth is None or day >= fifth:
        return None
    return months(day, asked.number("limit_months"))


WATCH = Repeats(
    subject=EHC_PLANS,
    done_by=(Answer("EhcReviewCompleted", "plan"),),
    first=Clock(_limit),
    then=Clock(_limit),
    missing="the EHC plan of a child under five has not been reviewed",
)

DUTY = Duty(
    id="EHC_REVIEW_UNDER_5",
    meaning="The EHC plan of a child under five should be reviewed every six months.",
    trigger="An EHC plan is finalised, or was last reviewed, while the child is under five.",
    satisfying="A review of the plan is completed.",
    clock="Six months after the plan or its last review.",
    severity=Severity.MEDIUM,
    basis=Basis.GUIDANCE,
    source="Annual review of an EHC plan, as stated by SEN Expert Solicitors [S25, secondary]",
    parameters={"limit_months": 6},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="The source says that it should be so: it is no limit in law.",
)
