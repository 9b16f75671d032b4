"""LAC_SDQ_ANNUAL: a strengths and difficulties questionnaire each year."""

from __future__ import annotations

from datetime import date

from journey.clocks import Deadline, months
from journey.duties.duty import Basis, Duty, Met, Severity
from journey.duties.episodes import Episode
from journey.duties.outcome import ended
from journey.duties.shapes import Answer, Asked, Clock, Repeats
from journey.duties.subjects import CARE, reaches


def _has_birthday(asked: Asked, period: Episode) -> bool:
    """Return whether the child's age is known, and was below 17 when care began."""
    too_old = reaches(asked, asked.number("to_age") + 1)
    return too_old is not None and period.start < too_old


def _limit(asked: Asked, day: date, period: Episode) -> Deadline:
    old_enough = reaches(asked, asked.number("from_age")) or day
    return months(max(day, old_enough), asked.number("limit_months"))


def _too_old(asked: Asked, period: Episode) -> Met | None:
    day = reaches(asked, asked.number("to_age") + 1)
    return None if day is None else ended(day)


WATCH = Repeats(
    subject=CARE.where(_has_birthday),
    done_by=(Answer("SdqRecorded", "period"),),
    first=Clock(_limit),
    then=Clock(_limit),
    until=_too_old,
    missing="no strengths and difficulties questionnaire has been completed",
)

DUTY = Duty(
    id="LAC_SDQ_ANNUAL",
    meaning=(
        "Each year a strengths and difficulties questionnaire is completed for a looked after "
        "child aged 4 to 16."
    ),
    trigger="A child aged 4 to 16 is looked after, or its last questionnaire was completed.",
    satisfying="A questionnaire is completed.",
    clock="12 months after care began, the fourth birthday or the last one.",
    severity=Severity.LOW,
    basis=Basis.STATUTORY_GUIDANCE,
    source="Health of looked after children, as stated by SpeakCase [S45, secondary]",
    parameters={"limit_months": 12, "from_age": 4, "to_age": 16},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
)
