"""HEALTH_TRANSITION_PLAN_Y9: a plan for the move to adult services by year 9."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import Deadline, in_words, later, months
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.episodes import dated
from journey.duties.outcome import earliest, ended_with, met_by_first, number
from journey.duties.schooling import ROLL_FACTS, last_day, year_begins
from journey.duties.shapes import each
from journey.duties.stops import STOP_FACTS

LONG_TERM = each("LongTermHealthInvolvementOpened").until("HealthDischarged", "referral")


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return one case for the first involvement that lasts in year 9 or opens later."""
    begins = year_begins(journey, number(parameters, "from_year_group"))
    if begins is None:
        return
    last = last_day(begins)
    for one in LONG_TERM.find(journey):
        if one.end is not None and one.end <= last:
            continue
        by_year = Deadline(last, f"by the end of the year, {in_words(last)}")
        clock = later(by_year, months(one.start, number(parameters, "late_months")))
        agreed = dated(journey, "HealthTransitionPlanAgreed", "agreed_on")
        yield Case(
            anchor=one.anchor,
            due=clock.due,
            arithmetic=clock.arithmetic,
            because=one.because,
            met=earliest(met_by_first(agreed), ended_with(one)),
            detail="no plan for the move to adult services is agreed",
        )
        return


DUTY = Duty(
    id="HEALTH_TRANSITION_PLAN_Y9",
    meaning=(
        "A health service that adult services will have to take over from knows the child. A "
        "plan for the move is agreed by the end of year 9."
    ),
    trigger="Such an involvement is open in year 9, or opens later.",
    satisfying="A plan for the move to adult services is agreed.",
    clock="31 August of year 9, or three months after an involvement that opens later.",
    severity=Severity.MEDIUM,
    basis=Basis.GUIDANCE,
    source="NICE quality standard QS140, statement 2: the start may vary [S56]",
    parameters={"from_year_group": 9, "late_months": 3},
    reads=frozenset({"HealthTransitionPlanAgreed"}) | LONG_TERM.reads | ROLL_FACTS | STOP_FACTS,
    satisfied_by=frozenset({"HealthTransitionPlanAgreed"}),
    cases=cases,
    our_default="Three months for an involvement that opens later is our own default.",
)
