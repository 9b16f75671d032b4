"""EHC_PHASE_TRANSFER_OTHER: an EHC plan names the next school before 15 February."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import fixed_date, years_in_words
from journey.duties.duty import Basis, Case, Duty, Met, Severity, at_least, no_later
from journey.duties.episodes import PLAN_FACTS, Dated, Episode, day_of, ehc_plans, open_ones
from journey.duties.outcome import earliest, ended_with, met_by_first, number
from journey.duties.schooling import ROLL_FACTS, first_day, year_begins
from journey.duties.stops import STOP_FACTS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for the plan that stands in each last school year of a phase."""
    plans = ehc_plans(journey)
    for group in str(parameters["year_groups"]).split() if plans else ():
        begins = year_begins(journey, int(group))
        if begins is None:
            continue
        month, day = number(parameters, "month"), number(parameters, "day")
        clock = fixed_date(begins, month, day, inclusive=False)
        for plan in open_ones(plans, first_day(begins), clock.due):
            yield Case(
                anchor=plan.anchor,
                period=years_in_words(begins),
                due=clock.due,
                arithmetic=clock.arithmetic,
                because=(plan.facts[0].event_id,),
                met=earliest(_named(plan, first_day(begins - 1)), ended_with(plan)),
                detail="the EHC plan does not name the place for the next phase",
            )


def _named(plan: Episode, since: date) -> Met | None:
    finals = (Dated(day_of(fact, "finalised_on"), fact) for fact in plan.facts)
    return met_by_first((d for d in finals if d.event.flag("phase_placement_named")), since)


DUTY = Duty(
    id="EHC_PHASE_TRANSFER_OTHER",
    meaning=(
        "A child with an EHC plan moves to another phase of education. The plan is reviewed, "
        "amended and names the place before 15 February."
    ),
    trigger="The last school year of a phase begins and an EHC plan is in force.",
    satisfying="The plan is finalised with the place of the next phase in section I.",
    clock="Before 15 February of that school year: 14 February is the last day.",
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source="SEND Regulations 2014 (SI 2014/1530), reg 18(1)(b) [S3]",
    parameters={"month": 2, "day": 15, "year_groups": "-1 6", "until_age": 25},
    reads=PLAN_FACTS | ROLL_FACTS | STOP_FACTS,
    satisfied_by=frozenset({"EhcPlanFinalised"}),
    cases=cases,
    our_default=(
        "The last years of a phase, before reception (-1) and year 6, are our own default: add "
        "2, or those of your middle schools. A place named from the school year before on "
        "counts."
    ),
    limits=(
        no_later(2, 15),
        at_least("until_age", 25),
    ),
)
