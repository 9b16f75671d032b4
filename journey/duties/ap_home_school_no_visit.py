"""AP_HOME_SCHOOL_NO_VISIT: a half-term without a visit of the home school."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import Episode, same
from journey.duties.schooling import ROLL_FACTS, rolls
from journey.duties.shapes import Answer, Asked, EachTerm
from journey.duties.subjects import PLACEMENTS


def _has_home_school(asked: Asked, placement: Episode) -> bool:
    provider = same(placement.told("provider"))
    return any(
        roll.is_open(placement.start) and same(roll.told("establishment")) != provider
        for roll in rolls(asked.journey)
    )


WATCH = EachTerm(
    subject=PLACEMENTS.where(_has_home_school, ROLL_FACTS),
    done_by=(Answer("HomeSchoolVisitRecorded", "placement"),),
    missing="the home school has not visited in the half-term",
    halves=True,
)

DUTY = Duty(
    id="AP_HOME_SCHOOL_NO_VISIT",
    meaning=(
        "The home school visits its pupil in alternative provision in each half-term. In this "
        "one it did not."
    ),
    trigger="A placement of a pupil on a school's roll is open in a half-term.",
    satisfying="The home school visits.",
    clock=(
        "The last school day of each half-term, from one with 15 school days of the placement on."
    ),
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024: schools had not visited [S59, "
        "secondary], a child abandoned by its school [S50, secondary]"
    ),
    parameters={"least_school_days": 15},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="A visit each half-term, from 15 school days on, is our own default.",
)
