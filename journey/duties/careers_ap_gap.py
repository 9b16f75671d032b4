"""CAREERS_AP_GAP: a term in alternative provision without any careers activity."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import Episode
from journey.duties.schooling import ROLL_FACTS
from journey.duties.shapes import Answer, Asked, EachTerm
from journey.duties.subjects import PLACEMENTS, is_in_year


def _is_old_enough(asked: Asked, placement: Episode) -> bool:
    return is_in_year(asked.number("from_year_group"), asked, placement.start)


WATCH = EachTerm(
    subject=PLACEMENTS.where(_is_old_enough, ROLL_FACTS),
    done_by=(Answer("CareersActivityRecorded", "placement"),),
    missing="no careers activity in the placement in the term",
)

DUTY = Duty(
    id="CAREERS_AP_GAP",
    meaning=(
        "A child of year 8 or older in alternative provision has a careers activity in each term."
    ),
    trigger="A placement of a child in year 8 or later is open in a term.",
    satisfying="A careers activity is recorded.",
    clock="The last school day of each term, from one with 20 school days of the placement on.",
    severity=Severity.LOW,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024: secondary pupils need more "
        "careers guidance [S15]"
    ),
    parameters={"least_school_days": 20, "from_year_group": 8},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="One activity a term, from 20 school days on, is our own default.",
)
