"""NEET_STATUS_UNKNOWN: nobody knows what a young person of 16 or 17 does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import calendar_days, years_in_words
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.episodes import Dated, care_periods, dated, ehc_plans, episodes, placements
from journey.duties.outcome import met_by_first, number
from journey.duties.schooling import KNOWN_TO_EDUCATION, first_day, known_in, year_begins
from journey.duties.stops import STOP_FACTS
from journey.events import Event

EVIDENCE = {
    "ActivityConfirmed": "confirmed_on",
    "Post16Enrolled": "enrolled_on",
    "Post16ParticipationConfirmed": "participating_on",
}
KNOWN_FROM_MONTH = 8
UNKNOWN = "UNKNOWN"


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each year after year 11, and each time that the activity was unknown."""
    leaves = year_begins(journey, 11)
    known = known_in(journey, leaves) if leaves is not None else ()
    seen = _seen(journey)
    if leaves is not None and known:
        for begins in (leaves + 1, leaves + 2):
            since = first_day(begins)
            is_known = [d for d in seen if d.day >= date(begins, KNOWN_FROM_MONTH, 1)]
            words = years_in_words(begins)
            yield _case(journey, parameters, words, since, known, is_known)
    for one in episodes(journey, "ActivityStatusChanged", "changed_on", _status):
        if one.told("status") == UNKNOWN:
            after = [d for d in seen if d.day >= one.start and d.event.record not in one.records]
            period = f"unknown {one.start.isoformat()}"
            yield _case(journey, parameters, period, one.start, one.because, after)


def _case(
    journey: Journey,
    parameters: Mapping[str, int | str],
    period: str,
    since: date,
    because: tuple[str, ...],
    seen: list[Dated],
) -> Case:
    is_watched = _is_vulnerable(journey, since)
    clock = calendar_days(since, number(parameters, "sooner_days" if is_watched else "limit_days"))
    return Case(
        anchor=journey.anchor,
        period=period,
        due=clock.due,
        arithmetic=clock.arithmetic,
        because=because,
        met=met_by_first(seen),
        detail="nobody knows what the young person does",
    )


def _is_vulnerable(journey: Journey, day: date) -> bool:
    """Return whether the child has an EHC plan or is looked after, or was placed in the year."""
    lasting = [*ehc_plans(journey), *care_periods(journey)]
    year_before = day - timedelta(days=365)
    placed = any(one.overlaps(year_before, day) for one in placements(journey))
    return placed or any(one.is_open(day) for one in lasting)


def _seen(journey: Journey) -> list[Dated]:
    """Return what shows what the young person does, in order of days."""
    found = [d for kind, field in EVIDENCE.items() for d in dated(journey, kind, field)]
    changed = dated(journey, "ActivityStatusChanged", "changed_on")
    found += [d for d in changed if d.event.text("status") not in (None, UNKNOWN)]
    return sorted(found, key=lambda d: (d.day, d.event.kappa, d.event.event_id))


def _status(event: Event) -> str | None:
    return event.text("status")


DUTY = Duty(
    id="NEET_STATUS_UNKNOWN",
    meaning=(
        "The local authority knows what each young person of 16 or 17 does. Of this one nobody "
        "knows."
    ),
    trigger="A school year after year 11 begins, or the activity becomes unknown.",
    satisfying="The activity is confirmed, or the young person enrols or takes part.",
    clock=(
        "28 days after 1 September, or after the day from which it is unknown; 14 days with an "
        "EHC plan, in care, or from alternative provision."
    ),
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source=(
        "Education and Skills Act 2008, section 12, for the duty, with its explanatory notes [S53]"
    ),
    parameters={"limit_days": 28, "sooner_days": 14},
    reads=frozenset(EVIDENCE) | {"ActivityStatusChanged"} | KNOWN_TO_EDUCATION | STOP_FACTS,
    satisfied_by=frozenset(EVIDENCE) | {"ActivityStatusChanged"},
    needs=frozenset({"ActivityConfirmed"}),
    cases=cases,
    our_default=(
        "28 and 14 days are our own defaults; what is told from August on counts for September. "
        "How long a status stays current is not given in law, and is not watched."
    ),
    person_anchored=True,
)
