"""EHC_PFA_YEAR9_MISSING: reviews from year 9 prepare for adulthood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import in_words
from journey.duties.duty import Basis, Case, Duty, Severity, at_least, at_most
from journey.duties.episodes import (
    PLAN_FACTS,
    Dated,
    Episode,
    dated,
    ehc_plans,
    episodes,
    open_ones,
)
from journey.duties.outcome import earliest, ended_with, met_by_first, number
from journey.duties.schooling import ROLL_FACTS, first_day, last_day, year_begins
from journey.duties.stops import STOP_FACTS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each review from year 9 on, and one for the plan that stands in year 9."""
    begins = year_begins(journey, number(parameters, "from_year_group"))
    if begins is None:
        return
    required = str(parameters["required_outcomes"]).split()
    reviews = episodes(journey, "EhcReviewCompleted", "completed_on")
    whole = [d for d in dated(journey, "EhcReviewCompleted", "completed_on") if _all(d, required)]
    for one in reviews:
        if one.start >= first_day(begins):
            yield _case(one, "", one.start, f"at the review of {in_words(one.start)}", whole)
    last = last_day(begins)
    for plan in open_ones(ehc_plans(journey), first_day(begins), last):
        if plan.start < first_day(begins):
            first = [d for d in whole if d.day >= first_day(begins)]
            yield _case(plan, "year", last, f"by the end of the year, {in_words(last)}", first)


def _case(one: Episode, period: str, due: date, words: str, whole: list[Dated]) -> Case:
    return Case(
        anchor=one.anchor,
        period=period,
        due=due,
        arithmetic=words,
        because=one.because[:1],
        met=earliest(met_by_first(whole, min(one.start, due)), ended_with(one)),
        detail="no review covers all of preparing for adulthood",
    )


def _all(review: Dated, required: list[str]) -> bool:
    given = review.event.data.get("pfa_outcomes")
    return isinstance(given, (list, tuple)) and set(required) <= set(given)


DUTY = Duty(
    id="EHC_PFA_YEAR9_MISSING",
    meaning=(
        "From year 9 on each review of an EHC plan covers preparing for adulthood: employment, "
        "independent living, community and health."
    ),
    trigger=(
        "A review is completed in year 9 or later; and year 9 itself, with an EHC plan from "
        "before it."
    ),
    satisfying="A review is completed that covers all four.",
    clock="The day of the review; and at the latest 31 August of year 9.",
    severity=Severity.MEDIUM,
    basis=Basis.LAW,
    source=(
        "SEND Regulations 2014 (SI 2014/1530), reg 20, as stated by SEN Expert Solicitors [S25, "
        "secondary] and Surrey [S29, secondary]"
    ),
    parameters={
        "from_year_group": 9,
        "required_outcomes": "EMPLOYMENT INDEPENDENT_LIVING COMMUNITY HEALTH",
        "until_age": 25,
    },
    reads=frozenset({"EhcReviewCompleted"}) | PLAN_FACTS | ROLL_FACTS | STOP_FACTS,
    satisfied_by=frozenset({"EhcReviewCompleted"}),
    cases=cases,
    our_default=(
        "31 August of year 9 as the last day, and asking for all four at each review, are our "
        "own defaults."
    ),
    limits=(
        at_most("from_year_group", 9),
        at_least("until_age", 25),
    ),
)
