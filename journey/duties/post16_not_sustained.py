"""POST16_NOT_SUSTAINED: a month between October and March without taking part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from journey.calendars import FIRST_YEAR, LAST_YEAR, Calendars
from journey.child import Journey
from journey.clocks import MONTH_NAMES, calendar_days, in_words
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.episodes import Dated, Episode, dated, episodes
from journey.duties.outcome import met_by_first, number
from journey.duties.post16_moves import entry_year
from journey.duties.stops import STOP_FACTS

ONE_DAY = timedelta(days=1)
FIRST_MONTH, MONTHS = 10, 6


class Month(NamedTuple):
    """A month in which to take part: its first and last day."""

    first: date
    last: date


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each run of missing months after the first enrolment of a year.

    The first month that nobody has confirmed yet is such a run until it is confirmed.
    """
    enrolled = episodes(journey, "Post16Enrolled", "enrolled_on")
    seen = dated(journey, "Post16ParticipationConfirmed", "participating_on")
    for begins in sorted({entry_year(one.start) for one in enrolled}):
        if FIRST_YEAR <= begins < LAST_YEAR:
            first = next(one for one in enrolled if entry_year(one.start) == begins)
            yield from _runs(first, begins, seen, number(parameters, "gap_days"))


def _runs(enrolment: Episode, begins: int, seen: list[Dated], gap: int) -> Iterator[Case]:
    is_missing = False
    for month in _months(enrolment, begins):
        here = [fact for fact in seen if month.first <= fact.day <= month.last]
        if not is_missing:
            yield _case(enrolment, month, gap, here or [f for f in seen if f.day > month.last])
        is_missing = not here


def _months(enrolment: Episode, begins: int) -> list[Month]:
    """Return October to March, without the months before the child was enrolled throughout."""
    firsts = [_first_of(begins, FIRST_MONTH + n) for n in range(MONTHS + 1)]
    months = [Month(a, b - ONE_DAY) for a, b in pairwise(firsts)]
    return [month for month in months if month.first >= enrolment.start]


def _first_of(begins: int, month: int) -> date:
    return date(begins + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _case(enrolment: Episode, month: Month, gap: int, confirmed: list[Dated]) -> Case:
    name = f"{MONTH_NAMES[month.first.month - 1]} {month.first.year}"
    return Case(
        anchor=enrolment.anchor,
        period=month.first.isoformat()[:7],
        due=calendar_days(month.last, gap).due,
        arithmetic=f"{gap} days after {in_words(month.last)}, the end of the month",
        because=enrolment.because,
        met=met_by_first(confirmed),
        detail=f"nobody has confirmed that the young person took part in {name}",
    )


DUTY = Duty(
    id="POST16_NOT_SUSTAINED",
    meaning=(
        "A young person enrolled at a post-16 provider and, in a month between October and "
        "March, nobody confirmed that they still take part. The place may be lost."
    ),
    trigger="The young person enrols at a post-16 provider.",
    satisfying="Taking part is confirmed for each month, at whatever provider.",
    clock="14 days after the end of each month from October to March.",
    severity=Severity.HIGH,
    basis=Basis.GUIDANCE,
    source="DfE destination measures: sustained means all of October to March [S52]",
    parameters={"gap_days": 14},
    reads=frozenset({"Post16Enrolled", "Post16ParticipationConfirmed"}) | STOP_FACTS,
    satisfied_by=frozenset({"Post16ParticipationConfirmed"}),
    cases=cases,
    our_default="The 14 days in which to report a month are our own default.",
)
