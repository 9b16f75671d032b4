"""EHC_PLAN_20_WEEKS: the final EHC plan within 20 weeks of the request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import Deadline, calendar_days, weeks
from journey.duties.duty import Basis, Case, Duty, Met, Severity, at_least, at_most
from journey.duties.episodes import (
    REQUEST_FACTS,
    Dated,
    belonging,
    dated,
    episodes,
    refuses,
    stated_day,
)
from journey.duties.outcome import earliest, ended, met_by_first, number
from journey.duties.stops import STOP_FACTS

ONE_DAY = timedelta(days=1)


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each request for an assessment."""
    asked = episodes(journey, "EhcNeedsAssessmentRequested", "received_on")
    if not asked:
        return
    refused = [d for d in dated(journey, "EhcAssessmentDecisionIssued", "decided_on") if refuses(d)]
    no_plan = dated(journey, "EhcNoPlanDecisionIssued", "decided_on")
    final = belonging(asked, dated(journey, "EhcPlanFinalised", "finalised_on"), "request")
    answered = belonging(asked, [*refused, *no_plan], "request")
    excepted = belonging(asked, dated(journey, "EhcExceptionApplied", "from_on"), "request")
    for one in asked:
        clock = _clock(one.start, excepted[one.anchor], parameters)
        yield Case(
            anchor=one.anchor,
            due=clock.due,
            arithmetic=clock.arithmetic,
            because=one.because,
            met=earliest(
                met_by_first(final[one.anchor], one.start), _refused(answered[one.anchor])
            ),
            detail="no final EHC plan, and no decision against one",
        )


def _refused(answers: list[Dated]) -> Met | None:
    """Return that the authority will not assess, or will issue no plan: then none is owed."""
    answer = met_by_first(answers)
    return None if answer is None else ended(answer.on, answer.by)


def _clock(
    received: date, exceptions: list[Dated], parameters: Mapping[str, int | str]
) -> Deadline:
    """Return the limit, moved by each day on which an exception stood before it."""
    due, words = weeks(received, number(parameters, "limit_weeks"))
    open_for = number(parameters, "open_exception_weeks")
    excepted = 0
    covered = received - ONE_DAY
    for first, event in exceptions:
        last = stated_day(event, "to_on") or weeks(first, open_for).due
        first = max(first, covered + ONE_DAY)
        if first <= due and last >= first:
            days = (last - first).days + 1
            covered, excepted, due = last, excepted + days, calendar_days(due, days).due
    if not excepted:
        return Deadline(due, words)
    return Deadline(due, f"{words}, and {excepted} days under an exception")


DUTY = Duty(
    id="EHC_PLAN_20_WEEKS",
    meaning=(
        "Whoever asks for an EHC assessment has the final plan within 20 weeks, unless the local "
        "authority decided not to assess or not to issue a plan."
    ),
    trigger="A request for an EHC needs assessment is received.",
    satisfying="The final EHC plan is issued.",
    clock=(
        "20 weeks from receipt, weekends and bank holidays included, and each day on which an "
        "exception of regulation 10(4)(a) to (d) stood."
    ),
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source="SEND Regulations 2014 (SI 2014/1530), reg 13(2); exceptions by reg 13(3) [S4]",
    parameters={"limit_weeks": 20, "open_exception_weeks": 8, "until_age": 25},
    reads=frozenset({"EhcExceptionApplied"}) | REQUEST_FACTS | STOP_FACTS,
    satisfied_by=frozenset(
        {"EhcPlanFinalised", "EhcAssessmentDecisionIssued", "EhcNoPlanDecisionIssued"}
    ),
    cases=cases,
    our_default=(
        "The law excuses the limit where an exception applies and gives no new one: adding the "
        "days of the exception, and eight weeks where no end was recorded, is our own default."
    ),
    limits=(
        at_most("limit_weeks", 20),
        at_least("until_age", 25),
    ),
)
