"""OFFSITE_DIRECTION_REVIEW_REQUEST: a review of an off-site direction that somebody asked for."""

from __future__ import annotations

from journey.clocks import weeks
from journey.duties.duty import Basis, Duty, Severity, at_most
from journey.duties.episodes import Episode, dated
from journey.duties.shapes import After, Answer, Asked, clock, each


def _none_lately(asked: Asked, request: Episode) -> bool:
    back = asked.number("lookback_weeks")
    held = dated(asked.journey, "OffSiteReviewHeld", "")
    return not any(d.day < request.start <= weeks(d.day, back).due for d in held)


WATCH = After(
    subject=each("OffSiteReviewRequested", lambda event: event.text("direction")).where(
        _none_lately, frozenset({"OffSiteReviewHeld"})
    ),
    clock=clock.school_days("limit_school_days"),
    met_by=(Answer("OffSiteReviewHeld", "request"),),
    missing="the review that was asked for has not been held",
)

DUTY = Duty(
    id="OFFSITE_DIRECTION_REVIEW_REQUEST",
    meaning=(
        "A parent or the local authority asked for a review of an off-site direction. It is "
        "held as soon as can be, unless one was held in the ten weeks before."
    ),
    trigger="A review is asked for, and none was held in the ten weeks before.",
    satisfying="A review is held.",
    clock="15 school days after the request.",
    severity=Severity.MEDIUM,
    basis=Basis.LAW,
    source="SI 2012/2532, with its explanatory note, for the ten weeks [S13]",
    parameters={"limit_school_days": 15, "lookback_weeks": 10},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default=(
        "The law says as soon as reasonably practicable; 15 school days is our own default for it."
    ),
    limits=(at_most("lookback_weeks", 10),),
)
