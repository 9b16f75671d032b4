"""JOINT_PLAN_AGENCY_SILENT: an agency on the joint plan contributes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import weeks
from journey.duties.duty import Basis, Case, Duty, Met, Severity
from journey.duties.episodes import Episode, belonging, dated
from journey.duties.involvement import IN_WORDS, INVOLVEMENT_FACTS, Involvement, involvements
from journey.duties.joint_plans import PLAN_FACTS, contributors, joint_plans
from journey.duties.outcome import earliest, ended, met_by_first, number
from journey.duties.stops import STOP_FACTS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each agency of each joint plan."""
    plans = joint_plans(journey)
    if not plans:
        return
    known = involvements(journey)
    given = dated(journey, "AgencyContributionRecorded", "contributed_on")
    contributions = belonging(plans, given, "plan")
    for plan, after in zip(plans, [*plans[1:], None], strict=True):
        clock = weeks(plan.start, number(parameters, "limit_weeks"))
        for agency in sorted(contributors(plan)):
            mine = [d for d in contributions[plan.anchor] if d.event.text("agency") == agency]
            yield Case(
                anchor=plan.anchor,
                period=agency,
                due=clock.due,
                arithmetic=clock.arithmetic,
                because=plan.because,
                met=earliest(met_by_first(mine), _replaced(after), _left(plan, agency, known)),
                detail=f"{IN_WORDS[agency]} has not contributed to the joint plan",
            )


def _replaced(after: Episode | None) -> Met | None:
    return None if after is None else ended(after.start, after.because)


def _left(plan: Episode, agency: str, known: list[Involvement]) -> Met | None:
    """Return that the agency, known to be involved once, no longer is at all."""
    mine = [i.episode for i in known if i.agency == agency]
    if not mine or any(one.end is None for one in mine):
        return None
    last = max(mine, key=lambda one: (one.end or one.start, one.anchor))
    return ended(max(last.end or last.start, plan.start), last.ended_by)


DUTY = Duty(
    id="JOINT_PLAN_AGENCY_SILENT",
    meaning="An agency agreed to a joint plan for the child and has contributed nothing to it.",
    trigger="A joint plan is agreed.",
    satisfying="Each agency of the plan records a contribution.",
    clock="Six weeks after the plan was agreed, for each agency.",
    severity=Severity.MEDIUM,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024: little joint working between "
        "health, education and care [S15]"
    ),
    parameters={"limit_weeks": 6},
    reads=frozenset({"AgencyContributionRecorded"}) | PLAN_FACTS | INVOLVEMENT_FACTS | STOP_FACTS,
    satisfied_by=frozenset({"AgencyContributionRecorded"}),
    cases=cases,
    our_default="Six weeks is our own default.",
)
