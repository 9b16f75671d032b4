"""PEP_TERMLY: a personal education plan, reviewed each term."""

from __future__ import annotations

from datetime import date

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import Episode
from journey.duties.shapes import Answer, Asked, EachTerm
from journey.duties.subjects import CARE, reaches


def _from_age(asked: Asked, period: Episode) -> date:
    return reaches(asked, asked.number("from_age")) or period.start


WATCH = EachTerm(
    subject=CARE,
    done_by=(Answer("PepReviewed", "period"), Answer("PepCompleted", "period")),
    missing="the personal education plan has not been reviewed in the term",
    since=_from_age,
)

DUTY = Duty(
    id="PEP_TERMLY",
    meaning=(
        "The personal education plan of a looked after child is reviewed in each school term."
    ),
    trigger="A child is looked after in a school term.",
    satisfying="The personal education plan is completed or reviewed.",
    clock="The last school day of each term, from one with 20 school days of care on.",
    severity=Severity.MEDIUM,
    basis=Basis.STATUTORY_GUIDANCE,
    source=(
        "Personal education plans: each school term, as stated by Oldham virtual school [S44, "
        "secondary]"
    ),
    parameters={"least_school_days": 20, "from_age": 3},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    needs=frozenset({"PepReviewed"}),
    cases=WATCH.cases,
    our_default=(
        "From 20 school days in a term on, and from the third birthday on, are our own defaults."
    ),
)
