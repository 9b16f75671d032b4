"""LAC_RHA_OVERDUE: review health assessments of a looked after child."""

from __future__ import annotations

from datetime import date

from journey.clocks import Deadline, months
from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import Episode
from journey.duties.shapes import Answer, Asked, Clock, Repeats
from journey.duties.subjects import CARE, reaches

OLDER = 5


def _limit(asked: Asked, day: date, period: Episode) -> Deadline:
    soon = months(day, asked.number("under5_months"))
    fifth = reaches(asked, OLDER)
    if fifth is not None and soon.due < fifth:
        return soon
    return months(day, asked.number("limit_months"))


WATCH = Repeats(
    subject=CARE,
    done_by=(Answer("HealthAssessmentCompleted"),),
    then=Clock(_limit),
    missing="no review health assessment has been completed",
)

DUTY = Duty(
    id="LAC_RHA_OVERDUE",
    meaning=(
        "The health of a looked after child is assessed again at least every six months under "
        "five, every twelve from five on."
    ),
    trigger="A health assessment of a looked after child is completed.",
    satisfying="Another health assessment is completed.",
    clock="Six months after the last where they end before the fifth birthday, else 12 months.",
    severity=Severity.MEDIUM,
    basis=Basis.STATUTORY_GUIDANCE,
    source="Health care assessments, as stated by Coventry council [S46, secondary]",
    parameters={"limit_months": 12, "under5_months": 6},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
)
