"""ICPC_15_DAYS: the initial child protection conference after a strategy discussion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import working_days
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.episodes import Episode, dated, episodes
from journey.duties.outcome import met_by_first, number
from journey.duties.stops import STOP_FACTS

CONFERENCES = {
    "IcpcHeld": "held_on",
    "IcpcNotRequired": "decided_on",
    "CpPlanStarted": "started_on",
}


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each strategy discussion that started an enquiry."""
    answers = [d for kind, field in CONFERENCES.items() for d in dated(journey, kind, field)]
    for one in _discussions(journey):
        clock = working_days(one.start, number(parameters, "limit_working_days"))
        yield Case(
            anchor=one.anchor,
            due=clock.due,
            arithmetic=clock.arithmetic,
            because=one.because,
            met=met_by_first(answers, one.start),
            detail="no initial child protection conference, and no decision that none is needed",
        )


def _discussions(journey: Journey) -> list[Episode]:
    """Return the discussions that started a section 47 enquiry.

    One that says so; else the last before each enquiry; else the enquiry stands for it.
    """
    held = episodes(journey, "StrategyDiscussionHeld", "held_on")
    found = {one.anchor: one for one in held if _started(one)}
    for enquiry in episodes(journey, "Section47Started", "started_on"):
        before = [one for one in held if one.start <= enquiry.start and not _denied(one)]
        one = before[-1] if before else enquiry
        found.setdefault(one.anchor, one)
    return sorted(found.values(), key=lambda one: (one.start, one.anchor))


def _started(discussion: Episode) -> bool:
    return any(fact.flag("section47_started") for fact in discussion.facts)


def _denied(discussion: Episode) -> bool:
    return all(fact.flag("section47_started") is False for fact in discussion.facts)


DUTY = Duty(
    id="ICPC_15_DAYS",
    meaning=(
        "A strategy discussion started an enquiry under section 47. The child protection "
        "conference is held within 15 working days of it, or somebody decides that none is needed."
    ),
    trigger="The strategy discussion that started the section 47 enquiry.",
    satisfying="The conference is held, is decided to be unnecessary, or a protection plan starts.",
    clock="15 working days after the strategy discussion.",
    severity=Severity.CRITICAL,
    basis=Basis.STATUTORY_GUIDANCE,
    source=(
        "Working Together to Safeguard Children, as stated by Warrington's partnership [S34, "
        "secondary] and in a data standard [S35]; census rule 8675Q [S2]"
    ),
    parameters={"limit_working_days": 15},
    reads=frozenset({"StrategyDiscussionHeld", "Section47Started"})
    | frozenset(CONFERENCES)
    | STOP_FACTS,
    satisfied_by=frozenset(CONFERENCES),
    cases=cases,
)
