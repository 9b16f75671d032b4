"""AP_EXIT_PLAN_MISSING: a placement without a plan for how and when it ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import weeks_to_a_school_day
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.episodes import PLACEMENT_FACTS, Dated, belonging, dated, placements
from journey.duties.outcome import earliest, ended_with, met_by_first, number
from journey.duties.schooling import ROLL_FACTS, school_of
from journey.duties.stops import STOP_FACTS

IN_WORDS = {
    "destination": "destination",
    "exit_on": "date",
    "owner_role": "owner",
    "support": "support",
}


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each placement."""
    placed = placements(journey)
    plans = belonging(placed, dated(journey, "ExitPlanAgreed", "agreed_on"), "placement")
    required = str(parameters["required_fields"]).split()
    for one in placed:
        school = school_of(journey, calendars, one.start, one.told("provider"))
        clock = weeks_to_a_school_day(one.start, number(parameters, "weeks"), school)
        whole = [plan for plan in plans[one.anchor] if not _missing(plan, required)]
        yield Case(
            anchor=one.anchor,
            due=clock.due,
            arithmetic=clock.arithmetic,
            because=one.because,
            met=earliest(met_by_first(whole), ended_with(one)),
            detail=_detail(plans[one.anchor], required),
        )


def _missing(plan: Dated, required: list[str]) -> list[str]:
    return [name for name in required if plan.event.data.get(name) in (None, "")]


def _detail(plans: list[Dated], required: list[str]) -> str:
    if not plans:
        return "no exit plan"
    missing = _missing(plans[-1], required)
    named = ", ".join(IN_WORDS.get(name, name) for name in missing)
    return f"the exit plan does not say: {named}" if missing else ""


DUTY = Duty(
    id="AP_EXIT_PLAN_MISSING",
    meaning=(
        "A child in alternative provision has an exit plan: where the child goes next, when, "
        "who sees to it and with what support."
    ),
    trigger="A placement in alternative provision starts.",
    satisfying="An exit plan is agreed with destination, date, owner and support.",
    clock="Seven weeks after the placement starts, when its first half-termly review is due.",
    severity=Severity.HIGH,
    basis=Basis.STATUTORY_GUIDANCE,
    source=(
        "DfE Arranging Alternative Provision, Feb 2025, on reintegration and next steps, as "
        "quoted by Bradford council [S14, secondary]; Ofsted/CQC review of alternative "
        "provision, Feb 2024: no clear exit plan [S15]"
    ),
    parameters={"weeks": 7, "required_fields": "destination exit_on owner_role support"},
    reads=frozenset({"ExitPlanAgreed"}) | PLACEMENT_FACTS | ROLL_FACTS | STOP_FACTS,
    satisfied_by=frozenset({"ExitPlanAgreed"}),
    cases=cases,
    our_default=(
        "Seven weeks, and the four things that a plan must say, are our own default; where the "
        "seven weeks end on a day without school, the next school day counts."
    ),
)
