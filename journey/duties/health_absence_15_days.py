"""HEALTH_ABSENCE_15_DAYS: education for a child who is away for health."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from journey.calendars import Calendars, academic_year
from journey.child import Journey, once
from journey.clocks import school_days, within_reach, years_in_words
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.episodes import Dated, Episode, dated, episodes, stated_day
from journey.duties.outcome import met_by_first, number
from journey.duties.schooling import ROLL_FACTS, school_of
from journey.duties.stops import STOP_FACTS

ILLNESS = "I"
SESSIONS_A_DAY = 2


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each absence declared, and each school year that adds up to one."""
    limit = number(parameters, "limit_school_days")
    for one in episodes(journey, "HealthAbsenceDeclared", ""):
        given = (fact.number("school_days") for fact in one.facts)
        if max((n for n in given if n is not None), default=0) >= limit:
            away = stated_day(one.facts[0], "from_on") or one.start
            yield _case(journey, parameters, calendars, one, min(away, one.start), "")
    if not number(parameters, "cumulative"):
        return
    for year, sessions in _ill(journey).items():
        if len(sessions) >= SESSIONS_A_DAY * limit:
            clear = sessions[SESSIONS_A_DAY * limit - 1]
            one = Episode(
                anchor=sessions[0].event.record,
                records=frozenset(),
                facts=(clear.event,),
                start=clear.day,
            )
            since = sessions[0].day
            yield _case(journey, parameters, calendars, one, since, years_in_words(year))


def _case(
    journey: Journey,
    parameters: Mapping[str, int | str],
    calendars: Calendars,
    one: Episode,
    since: date,
    period: str,
) -> Case:
    school = school_of(journey, calendars, one.start)
    clock = school_days(one.start, number(parameters, "arrange_school_days"), school)
    return Case(
        anchor=one.anchor,
        period=period,
        due=clock.due,
        arithmetic=clock.arithmetic,
        because=one.because,
        met=met_by_first(dated(journey, "EducationProvisionStarted", ""), since),
        detail="no education has been arranged for a child away for its health",
    )


@once(reads=frozenset({"SessionAttendanceRecorded"}))
def _ill(journey: Journey) -> dict[int, list[Dated]]:
    """Return by school year the sessions missed through illness, in order of days."""
    found: dict[int, list[Dated]] = {}
    for event in journey.facts.get("SessionAttendanceRecorded", ()):
        if event.data.get("code") == ILLNESS:
            day = within_reach(event.occurred_on)
            found.setdefault(academic_year(day), []).append(Dated(day, event))
    return found


DUTY = Duty(
    id="HEALTH_ABSENCE_15_DAYS",
    meaning=(
        "A child will be, or was, away from school for its health for 15 school days: the local "
        "authority arranges education."
    ),
    trigger=(
        "An absence of 15 school days or more is declared, or registers of a school year add up "
        "to it."
    ),
    satisfying="Education starts.",
    clock="Five school days after it is clear.",
    severity=Severity.HIGH,
    basis=Basis.STATUTORY_GUIDANCE,
    source=(
        "Pupils absent because of health needs: 15 days, as stated by Browne Jacobson [S23, "
        "secondary]"
    ),
    parameters={"limit_school_days": 15, "arrange_school_days": 5, "cumulative": 1},
    reads=frozenset(
        {"HealthAbsenceDeclared", "SessionAttendanceRecorded", "EducationProvisionStarted"}
    )
    | ROLL_FACTS
    | STOP_FACTS,
    satisfied_by=frozenset({"EducationProvisionStarted"}),
    cases=cases,
    our_default=(
        "Five school days in which to arrange it are our own default: the guidance gives the 15 "
        "days, not how soon after it is clear."
    ),
)
