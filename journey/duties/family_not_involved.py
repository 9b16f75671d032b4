"""FAMILY_NOT_INVOLVED: a plan, review or decision without the child's or parents' view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import calendar_days, school_days
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.episodes import Dated, Episode, dated, episodes
from journey.duties.outcome import met_by_first, number
from journey.duties.schooling import ROLL_FACTS, school_of
from journey.duties.stops import STOP_FACTS

OCCASIONS = {
    "ExitPlanAgreed": ("agreed_on", "the exit plan"),
    "ApReviewHeld": ("held_on", "the review of the placement"),
    "TransitionDecisionRecorded": ("decided_on", "the decision on a move"),
}
VIEWS = ("FamilyViewRecorded", "ChildViewRecorded")


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each exit plan, review and decision."""
    occasions = _occasions(journey)
    views = [view for kind in VIEWS for view in dated(journey, kind, "recorded_on")]
    before = number(parameters, "lookback_days")
    for one in occasions:
        school = school_of(journey, calendars, one.start)
        clock = school_days(one.start, number(parameters, "grace_school_days"), school)
        heard = [view for view in views if _is_about(view, one, occasions, before)]
        yield Case(
            anchor=one.anchor,
            due=clock.due,
            arithmetic=clock.arithmetic,
            because=one.because,
            met=met_by_first(heard),
            detail=f"no view of the child or family is recorded for {_named(one)}",
        )


def _occasions(journey: Journey) -> list[Episode]:
    """Return the occasions by day; a move that was withdrawn needs nobody's view."""
    found = [
        occasion
        for kind, (field, _) in OCCASIONS.items()
        for occasion in episodes(journey, kind, field)
        if occasion.told("decision") != "WITHDRAWN"
    ]
    return sorted(found, key=lambda o: (o.start, o.anchor))


def _named(occasion: Episode) -> str:
    return OCCASIONS[occasion.facts[0].type][1]


def _is_about(view: Dated, one: Episode, occasions: list[Episode], before: int) -> bool:
    """Return whether a view is about an occasion: it says so or, saying nothing, by date.

    By date it is about the last occasion before it, and about any that soon follows.
    """
    about = view.event.text("about")
    if any(about in other.records for other in occasions):
        return about in one.records
    if view.day < one.start:
        return calendar_days(view.day, before).due >= one.start
    return one.start == _last_before(view.day, occasions)


def _last_before(day: date, occasions: list[Episode]) -> date | None:
    return max((o.start for o in occasions if o.start <= day), default=None)


DUTY = Duty(
    id="FAMILY_NOT_INVOLVED",
    meaning=(
        "An exit plan, a review of a placement or a decision on a move was made, and nobody "
        "recorded what the child or the family thinks of it."
    ),
    trigger="An exit plan is agreed, a placement is reviewed, or a move is decided.",
    satisfying="The view of the child or of the family on it is recorded.",
    clock="Five school days after the occasion; a view taken up to 14 days before counts.",
    severity=Severity.MEDIUM,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024: a lack of family involvement [S15]"
    ),
    parameters={"grace_school_days": 5, "lookback_days": 14},
    reads=frozenset(OCCASIONS) | frozenset(VIEWS) | ROLL_FACTS | STOP_FACTS,
    satisfied_by=frozenset(VIEWS),
    cases=cases,
    our_default=(
        "Five school days after, and 14 days before for a view that does not say what it is "
        "about, are our own defaults."
    ),
)
