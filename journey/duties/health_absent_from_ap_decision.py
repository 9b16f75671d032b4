"""HEALTH_ABSENT_FROM_AP_DECISION: health not consulted on a placement."""

from __future__ import annotations

from datetime import date

from journey.child import Journey
from journey.clocks import Deadline, school_days
from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import PLACEMENT_FACTS, Episode, episodes, placements, same, stated_day
from journey.duties.involvement import HEALTH_FACTS, health
from journey.duties.schooling import ROLL_FACTS
from journey.duties.shapes import After, Answer, Asked, Clock, Subject
from journey.events import Event

DAYS_TO_START = 90


def _decisions(journey: Journey) -> list[Episode]:
    """Return the decisions to place, and the placements of which no decision is told."""
    decided = episodes(journey, "ApPlacementDecided", "", _provider)
    undecided = [
        one
        for one in placements(journey)
        if not any(_led_to(decision, one) for decision in decided)
    ]
    return sorted([*decided, *undecided], key=lambda one: (one.start, one.anchor))


def _provider(event: Event) -> str:
    return same(event.text("provider"))


def _led_to(decision: Episode, placement: Episode) -> bool:
    named = same(decision.told("provider"))
    days = (placement.start - decision.start).days
    return 0 <= days <= DAYS_TO_START and named in ("", same(placement.told("provider")))


def _health_knows(asked: Asked, one: Episode) -> bool:
    return any(known.is_open(one.start) for known in health(asked.journey))


def _after_start(asked: Asked, day: date, one: Episode) -> Deadline:
    planned = next((on for fact in one.facts if (on := stated_day(fact, "start_on"))), day)
    start = max(day, planned)
    return school_days(start, asked.number("limit_school_days"), asked.school(one, start))


WATCH = After(
    subject=Subject(find=_decisions, reads=PLACEMENT_FACTS | {"ApPlacementDecided"}).where(
        _health_knows, HEALTH_FACTS
    ),
    clock=Clock(_after_start, ROLL_FACTS),
    met_by=(Answer("HealthConsulted", "about", before="lookback_days"),),
    missing="health has not been consulted on the placement",
)

DUTY = Duty(
    id="HEALTH_ABSENT_FROM_AP_DECISION",
    meaning=(
        "A health service knows the child, and was not consulted on its placement in "
        "alternative provision."
    ),
    trigger=(
        "A placement is decided on, or starts without a recorded decision, while a health "
        "service is involved."
    ),
    satisfying="Health is consulted.",
    clock="10 school days after the start, or the planned start.",
    severity=Severity.MEDIUM,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024: health partners often not in "
        "decisions about placements [S50, secondary]"
    ),
    parameters={"limit_school_days": 10, "lookback_days": 60},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default=(
        "10 school days, and counting the 60 days before, are our own defaults; a placement "
        "within 90 days of a decision is taken to follow from it."
    ),
)
