"""HEALTH_ABSENCE_15_DAYS: education for a child who is away for health."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from journey.calendars import Calendars, academic_year
from journey.child import Journey, once
from journey.clocks import school_days, within_reach, years_in_words
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.episodes import Dated, Episode, dated, episodes, stated_day
from journey.duties.outcome import met_by_first, number
from journey.duties.schooling import ROLL_FACTS, school_of
from journey.duties.stops import STOP_FACTS
from journey.events import Event

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


class Ill:
    """The sessions missed through illness by school year, in order of days.

    Sessions mostly come in order, some hundreds for a child: then only the new ones are looked at.
    """

    def __init__(self) -> None:
        """Start with no session."""
        self.years: dict[int, list[Dated]] = {}
        self._seen = 0
        self._last: Event | None = None

    def look(self, sessions: Sequence[Event]) -> bool:
        """Look at what is new among all sessions; return False where it came among the others."""
        if self._last is not None and sessions[self._seen - 1] is not self._last:
            return False
        for event in sessions[self._seen :]:
            if event.data.get("code") == ILLNESS:
                day = within_reach(event.occurred_on)
                self.years.setdefault(academic_year(day), []).append(Dated(day, event))
        self._seen, self._last = len(sessions), sessions[-1] if sessions else None
        return True


def _ill(journey: Journey) -> dict[int, list[Dated]]:
    """Return by school year the sessions missed through illness, in order of days."""
    sessions, kept = journey.of("SessionAttendanceRecorded"), _kept(journey)
    if not kept or not kept[0].look(sessions):
        kept[:] = [Ill()]
        kept[0].look(sessions)
    return kept[0].years


@once(reads=frozenset())
def _kept(journey: Journey) -> list[Ill]:
    """Return where what was seen is kept while sessions are only added."""
    return []


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
