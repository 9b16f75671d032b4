"""EXCLUSION_DAY6_SUSPENSION: full-time education from the sixth day of a long suspension."""

from __future__ import annotations

from journey.clocks import school_day_beginning_with
from journey.duties.duty import Basis, Duty, Met, Severity, at_most
from journey.duties.episodes import Episode
from journey.duties.outcome import ended
from journey.duties.shapes import After, Answer, Asked, clock
from journey.duties.subjects import SUSPENSIONS
from journey.events import Event

SESSIONS_A_DAY = 2
MOST_DAYS = 195


def _is_long(asked: Asked, suspension: Episode) -> bool:
    """Return whether more school days were given than may pass; one of unknown length is not."""
    return _school_days(suspension) > asked.number("limit_school_days")


def _school_days(suspension: Episode) -> int:
    given = (fact.number("sessions") for fact in suspension.facts)
    return int(max((n for n in given if n is not None), default=0) + 1) // SESSIONS_A_DAY


def _is_full_time(suspension: Episode, event: Event) -> bool:
    return bool(event.flag("full_time"))


def _served(asked: Asked, suspension: Episode) -> Met | None:
    """Return that the suspension is over by its own length."""
    days = min(_school_days(suspension), MOST_DAYS)
    school = asked.school(suspension, suspension.start)
    return ended(school_day_beginning_with(suspension.start, max(days, 1), school).due)


WATCH = After(
    subject=SUSPENSIONS.where(_is_long),
    clock=clock.school_day_beginning_with("limit_school_days"),
    met_by=(
        Answer("EducationProvisionStarted", fits=_is_full_time),
        Answer("ApPlacementStarted", fits=_is_full_time),
    ),
    ended_by=(Answer("SuspensionEnded", "suspension"),),
    until=_served,
    missing="no full-time education has started during the suspension",
)

DUTY = Duty(
    id="EXCLUSION_DAY6_SUSPENSION",
    meaning=(
        "A child suspended for more than five school days has full-time education, arranged by "
        "the school, from the sixth."
    ),
    trigger="A suspension of more than five school days starts.",
    satisfying="Full-time education starts.",
    clock="The sixth school day, counting the first day of the suspension as the first.",
    severity=Severity.CRITICAL,
    basis=Basis.LAW,
    source=(
        "Education on the sixth day of a suspension, as stated by East Riding SENDIASS [S7, "
        "secondary]"
    ),
    parameters={"limit_school_days": 5},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    limits=(at_most("limit_school_days", 5),),
)
