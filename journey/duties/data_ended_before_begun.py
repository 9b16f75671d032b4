"""DATA_ENDED_BEFORE_BEGUN: what ended before it began."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import in_words
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.episodes import Episode, dated
from journey.duties.shapes import Subject
from journey.duties.stops import STOP_FACTS
from journey.duties.subjects import (
    CARE,
    CIN_PLANS,
    CP_PLANS,
    ENQUIRIES,
    PLACEMENTS,
    SUSPENSIONS,
)


class Lasting(NamedTuple):
    """What lasts: how it ends, the field of the end that names it, its day, and its name."""

    subject: Subject
    end: str
    about: str
    day: str
    name: str


LASTING = (
    Lasting(PLACEMENTS, "ApPlacementEnded", "placement", "end_on", "the placement"),
    Lasting(CARE, "CeasedLookedAfter", "period", "ceased_on", "the period of care"),
    Lasting(CP_PLANS, "CpPlanEnded", "plan", "ended_on", "the child protection plan"),
    Lasting(CIN_PLANS, "CinPlanEnded", "plan", "ended_on", "the child in need plan"),
    Lasting(ENQUIRIES, "Section47Ended", "enquiry", "ended_on", "the enquiry"),
    Lasting(SUSPENSIONS, "SuspensionEnded", "suspension", "ended_on", "the suspension"),
)
ENDS = frozenset(one.end for one in LASTING)


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each end that lies before the first day of what it names."""
    for lasting in LASTING:
        if lasting.end in journey.facts:
            yield from _cases(journey, lasting)


def _cases(journey: Journey, lasting: Lasting) -> Iterator[Case]:
    among = lasting.subject.find(journey)
    for end in dated(journey, lasting.end, lasting.day):
        named = end.event.text(lasting.about)
        one = next((one for one in among if named in one.records), None)
        if one is not None and end.day < one.start:
            yield _case(one, end.day, end.event.record, end.event.event_id, lasting.name)


def _case(one: Episode, ended: date, record: str, event_id: str, name: str) -> Case:
    days = f"{name} began on {in_words(one.start)} and ended on {in_words(ended)}"
    return Case(
        anchor=record,
        due=one.start,
        arithmetic=f"at once, on {in_words(one.start)}",
        because=(*one.because, event_id),
        detail=days,
    )


DUTY = Duty(
    id="DATA_ENDED_BEFORE_BEGUN",
    meaning=(
        "A placement, a period of care, a plan, an enquiry or a suspension ended before the day on "
        "which it began. Until it is put right it counts as over on its first day."
    ),
    trigger="The end of something is recorded with a day before its first.",
    satisfying="A correction of one of the two days.",
    clock="At once: the first day.",
    severity=Severity.LOW,
    basis=Basis.LOCAL,
    source="no source that was read asks for this check",
    parameters={},
    reads=frozenset().union(*(one.subject.reads for one in LASTING)) | ENDS | STOP_FACTS,
    satisfied_by=ENDS,
    cases=cases,
    our_default="The check itself is our own.",
    on=False,
    checks_data=True,
)
