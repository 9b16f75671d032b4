"""CORE_GROUP_AGENCY_ABSENT: an agency that stays away from the core group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import in_words
from journey.duties.duty import Basis, Case, Duty, Met, Severity
from journey.duties.episodes import Dated, Episode, belonging, dated
from journey.duties.involvement import IN_WORDS
from journey.duties.outcome import earliest, ended_with, number
from journey.duties.stops import STOP_FACTS
from journey.duties.subjects import CP_PLANS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each time that an agency had been absent so often in a row."""
    plans = CP_PLANS.find(journey)
    held = belonging(plans, dated(journey, "CoreGroupHeld", ""), "plan")
    agencies = str(parameters["required_agencies"]).split()
    for plan in plans:
        meetings = _told(plan, held[plan.anchor])
        for agency in agencies:
            yield from _absences(plan, agency, meetings, number(parameters, "misses"))


class Meeting(NamedTuple):
    """A core group: its day, the events that tell it, and who came."""

    day: date
    by: tuple[str, ...]
    attended: frozenset[str]


def _told(plan: Episode, held: list[Dated]) -> list[Meeting]:
    """Return the meetings that say who came; what several sources tell of a day is one."""
    found: dict[date, Meeting] = {}
    for day, event in held:
        came = event.data.get("attended")
        if plan.is_open(day) and isinstance(came, (list, tuple)):
            before = found.get(day, Meeting(day, (), frozenset()))
            by, attended = (*before.by, event.event_id), before.attended | frozenset(came)
            found[day] = Meeting(day, by, attended)
    return [found[day] for day in sorted(found)]


def _absences(plan: Episode, agency: str, meetings: list[Meeting], most: int) -> Iterator[Case]:
    missed: list[Meeting] = []
    for at, meeting in enumerate(meetings):
        missed = [] if agency in meeting.attended else [*missed, meeting]
        if missed and len(missed) == most:
            came = next((m for m in meetings[at + 1 :] if agency in m.attended), None)
            yield Case(
                anchor=plan.anchor,
                period=f"{agency} {meeting.day.isoformat()}",
                due=meeting.day,
                arithmetic=f"absence {most} in a row, {in_words(meeting.day)}",
                because=tuple(event for m in missed for event in m.by),
                met=earliest(Met(on=came.day, by=came.by) if came else None, ended_with(plan)),
                detail=f"{IN_WORDS.get(agency, agency)} was absent from the core group",
            )


DUTY = Duty(
    id="CORE_GROUP_AGENCY_ABSENT",
    meaning="An agency that is needed in the core group was absent twice in a row.",
    trigger="The core group met without the agency for the second time in a row.",
    satisfying="The agency comes to a core group.",
    clock="At once: the day of that meeting.",
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source="Ofsted/CQC review of alternative provision, Feb 2024: little joint working [S15]",
    parameters={"misses": 2, "required_agencies": "EDUCATION HEALTH"},
    reads=frozenset({"CoreGroupHeld"}) | CP_PLANS.reads | STOP_FACTS,
    satisfied_by=frozenset({"CoreGroupHeld"}),
    cases=cases,
    our_default="Two meetings, and education and health as those needed, are our own defaults.",
)
