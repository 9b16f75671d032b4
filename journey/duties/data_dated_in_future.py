"""DATA_DATED_IN_FUTURE: what is said to be done is dated after the day it became known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import in_words, within_reach
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.outcome import number
from journey.duties.stops import STOP_FACTS
from journey.events import Event
from journey.moments import day_of

DONE = frozenset(
    {
        "AgencyContributionRecorded",
        "ApPersonalisedPlanAgreed",
        "ApReviewHeld",
        "AssessmentAuthorised",
        "CareersInterviewHeld",
        "CarePlanPrepared",
        "CinReviewHeld",
        "CoreGroupHeld",
        "EhcPlanFinalised",
        "EhcReviewMeetingHeld",
        "ExitPlanAgreed",
        "FamilyViewRecorded",
        "HealthAssessmentCompleted",
        "HealthContactHeld",
        "HomeSchoolVisitRecorded",
        "IcpcHeld",
        "JointPlanAgreed",
        "LacReviewHeld",
        "LacVisitMade",
        "OutcomeMeasured",
        "PathwayPlanAgreed",
        "PepCompleted",
        "Post16PlanAgreed",
        "ProviderSafeguardingConfirmed",
        "ReviewConferenceHeld",
        "StrategyDiscussionHeld",
    }
)
"""Facts that say that something was done: none of them can be told before its day."""


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each such fact, until its day has come or it is corrected."""
    ahead = timedelta(days=number(parameters, "ahead_days"))
    for name in sorted(DONE & journey.facts.keys()):
        for fact in journey.facts[name]:
            if within_reach(fact.occurred_on) > day_of(fact.kappa) + ahead:
                yield _case(fact)


def _case(fact: Event) -> Case:
    known, dated = day_of(fact.kappa), within_reach(fact.occurred_on)
    return Case(
        anchor=fact.record,
        due=known,
        arithmetic=f"at once, on {in_words(known)}",
        because=(fact.event_id,),
        detail=f"it is dated {in_words(dated)}, after it became known",
        ends_on=dated,
    )


DUTY = Duty(
    id="DATA_DATED_IN_FUTURE",
    meaning=(
        "A plan, review, visit or the like is recorded as done on a day that had not come when it "
        "became known. It counts on its day all the same, so it may hide that it is not done."
    ),
    trigger="A fact that says that something was done is dated ahead of known time.",
    satisfying="A correction of its day; it ends by itself when the day has come.",
    clock="At once: the day on which it became known.",
    severity=Severity.LOW,
    basis=Basis.LOCAL,
    source="no source asks for this check",
    parameters={"ahead_days": 1},
    reads=DONE | STOP_FACTS,
    satisfied_by=DONE,
    cases=cases,
    our_default="The check itself and the day that a date may lie ahead are our own.",
    on=False,
    checks_data=True,
)
