"""EHC_PHASE_TRANSFER_POST16: the plan names the post-16 place before 31 March of year 11."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import fixed_date
from journey.duties.duty import Basis, Case, Duty, Met, Severity, at_least, no_later
from journey.duties.episodes import PLAN_FACTS, Dated, Episode, day_of, ehc_plans, open_ones
from journey.duties.outcome import earliest, ended_with, met_by_first, number
from journey.duties.schooling import ROLL_FACTS, first_day, year_begins
from journey.duties.stops import STOP_FACTS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for the EHC plan that stands in the child's year 11."""
    begins = year_begins(journey, 11)
    if begins is None:
        return
    month, day = number(parameters, "month"), number(parameters, "day")
    clock = fixed_date(begins, month, day, inclusive=False)
    for plan in open_ones(ehc_plans(journey), first_day(begins), clock.due):
        yield Case(
            anchor=plan.anchor,
            due=clock.due,
            arithmetic=clock.arithmetic,
            because=(plan.facts[0].event_id,),
            met=earliest(_named(plan), ended_with(plan)),
            detail="the EHC plan does not name a post-16 place",
        )


def _named(plan: Episode) -> Met | None:
    finals = (Dated(day_of(fact, "finalised_on"), fact) for fact in plan.facts)
    return met_by_first(d for d in finals if d.event.flag("post16_placement_named"))


DUTY = Duty(
    id="EHC_PHASE_TRANSFER_POST16",
    meaning=(
        "A child with an EHC plan is in year 11. The plan is reviewed, amended and names the "
        "post-16 place before 31 March."
    ),
    trigger="Year 11 begins and an EHC plan is in force.",
    satisfying="The plan is finalised with the post-16 place in section I.",
    clock="Before 31 March of year 11: 30 March is the last day.",
    severity=Severity.CRITICAL,
    basis=Basis.LAW,
    source="SEND Regulations 2014 (SI 2014/1530), reg 18(1)(a) [S3]",
    parameters={"month": 3, "day": 31, "until_age": 25},
    reads=PLAN_FACTS | ROLL_FACTS | STOP_FACTS,
    satisfied_by=frozenset({"EhcPlanFinalised"}),
    cases=cases,
    limits=(
        no_later(3, 31),
        at_least("until_age", 25),
    ),
)
