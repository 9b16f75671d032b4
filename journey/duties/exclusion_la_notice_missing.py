"""EXCLUSION_LA_NOTICE_MISSING: the local authority is told of an exclusion."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity, at_most
from journey.duties.episodes import Episode
from journey.duties.schooling import ROLL_FACTS
from journey.duties.shapes import After, Answer, Asked, clock
from journey.duties.subjects import EXCLUSIONS
from journey.duties.suspensions import term_totals


def _must_be_told(asked: Asked, exclusion: Episode) -> bool:
    if exclusion.facts[0].type == "PermanentExclusionRecorded":
        return True
    most = asked.number("term_school_days")
    return next(
        (total > most for one, total in term_totals(asked) if exclusion.anchor == one.anchor), False
    )


WATCH = After(
    subject=EXCLUSIONS.where(_must_be_told, ROLL_FACTS),
    clock=clock.school_days("limit_school_days"),
    met_by=(Answer("LaNotifiedOfExclusion", "exclusion"),),
    missing="the local authority has not been told of the exclusion",
)

DUTY = Duty(
    id="EXCLUSION_LA_NOTICE_MISSING",
    meaning=(
        "A school that excludes a child permanently, or suspends it for more than five days in "
        "a term, tells the local authority and its governors without delay."
    ),
    trigger=(
        "A permanent exclusion, or a suspension that makes more than five school days in the term."
    ),
    satisfying="The school tells the local authority.",
    clock="One school day after.",
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source="Notice without delay, as stated by Haringey council [S8, secondary]",
    parameters={"limit_school_days": 1, "term_school_days": 5},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="The law says without delay; one school day is our own default for it.",
    limits=(at_most("term_school_days", 5),),
)
