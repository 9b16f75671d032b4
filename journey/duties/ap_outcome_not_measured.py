"""AP_OUTCOME_NOT_MEASURED: two reviews, and no outcome measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import in_words
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.episodes import PLACEMENT_FACTS, Dated, Episode, belonging, dated, placements
from journey.duties.outcome import earliest, ended_with, met_by_first, number
from journey.duties.stops import STOP_FACTS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each time that so many reviews passed without a measured outcome."""
    among = placements(journey)
    held = belonging(among, dated(journey, "ApReviewHeld", "held_on"), "placement")
    measured = belonging(among, dated(journey, "OutcomeMeasured", ""), "placement")
    for one in among:
        yield from _runs(one, held[one.anchor], measured[one.anchor], number(parameters, "reviews"))


def _runs(one: Episode, held: list[Dated], measured: list[Dated], most: int) -> Iterator[Case]:
    passed: list[Dated] = []
    since = date.min
    reviews = {review.day: review for review in reversed(held) if one.is_open(review.day)}
    for day, review in sorted(reviews.items()):
        if any(since < fact.day <= day for fact in measured):
            passed = []
        since = day
        passed = [*passed, review]
        if len(passed) == most:
            yield _case(one, passed, [fact for fact in measured if fact.day > day])


def _case(one: Episode, passed: list[Dated], after: list[Dated]) -> Case:
    day = passed[-1].day
    return Case(
        anchor=one.anchor,
        period=day.isoformat(),
        due=day,
        arithmetic=f"at review {len(passed)} without one, {in_words(day)}",
        because=tuple(review.event.event_id for review in passed),
        met=earliest(met_by_first(after), ended_with(one)),
        detail="no outcome of the placement has been measured",
    )


DUTY = Duty(
    id="AP_OUTCOME_NOT_MEASURED",
    meaning=(
        "A placement was reviewed twice, and nobody measured whether the child comes closer to "
        "any of its objectives."
    ),
    trigger="The second review in a row of a placement without a measured outcome.",
    satisfying="An outcome is measured.",
    clock="At once: the day of that review.",
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024: a lack of monitoring of outcomes "
        "[S15], commissioners unsure of what to measure [S59, secondary]"
    ),
    parameters={"reviews": 2},
    reads=frozenset({"ApReviewHeld", "OutcomeMeasured"}) | PLACEMENT_FACTS | STOP_FACTS,
    satisfied_by=frozenset({"OutcomeMeasured"}),
    cases=cases,
    our_default="Two reviews are our own default.",
    inhibited_by=frozenset({"AP_PLACEMENT_PLAN_MISSING"}),
)
