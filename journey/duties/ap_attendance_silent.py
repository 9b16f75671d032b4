"""AP_ATTENDANCE_SILENT: a provider sends no attendance for a child placed with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from journey.calendars import Calendars, SchoolCalendar
from journey.child import Journey
from journey.clocks import Deadline, school_day_beginning_with, school_days
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.episodes import PLACEMENT_FACTS, Dated, Episode, day_of, placements
from journey.duties.outcome import ended_with, met, number
from journey.duties.schooling import ROLL_FACTS, school_of
from journey.duties.stops import STOP_FACTS
from journey.duties.timetable import TIMETABLE_FACTS, sessions_a_week, timetables
from journey.events import Event
from journey.moments import DAY, HOUR, deadline

FULL_WEEK = 10
SCHOOL_DAYS_A_WEEK = 5


class Watch(NamedTuple):
    """A placement whose registers are watched.

    timetable: by the day from which each holds. sessions: how many may pass in silence.
    """

    placement: Episode
    timetable: list[Dated]
    school: SchoolCalendar
    sessions: int

    def allowed(self, day: date) -> int:
        """Return the school days in which that many sessions fall by the timetable of a day."""
        week = sessions_a_week(self.placement, self.timetable, day) or FULL_WEEK
        return max(1, -(-self.sessions * SCHOOL_DAYS_A_WEEK // min(week, FULL_WEEK)))


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return of each placement the silence that lasts, and those that were or seemed too long."""
    placed = placements(journey)
    if not placed:
        return
    registers, timetable = _registers(journey, placed), timetables(journey, placed)
    sessions = number(parameters, "silence_sessions")
    for one in placed:
        school = school_of(journey, calendars, one.start, one.told("provider"))
        watch = Watch(one, timetable[one.anchor], school, sessions)
        days = registers[one.anchor]
        yield from _silences(watch, [Dated(day, days[day]) for day in sorted(days)])


def _registers(journey: Journey, placed: list[Episode]) -> dict[str, dict[date, Event]]:
    """Return by placement, by day, the session of that day that was known first.

    A session that names no placement known here counts for all that were open on its day.
    """
    found: dict[str, dict[date, Event]] = {placement.anchor: {} for placement in placed}
    by_record = {record: [one] for one in placed for record in one.records}
    for session in journey.of("SessionAttendanceRecorded"):
        day = day_of(session, "session_on")
        for placement in by_record.get(session.data.get("placement", ""), placed):
            days = found[placement.anchor]
            first = days.get(day)
            if placement.is_open(day) and (first is None or session.kappa < first.kappa):
                days[day] = session
    return found


def _silences(watch: Watch, registers: list[Dated]) -> Iterator[Case]:
    """Return the case of each gap between registers in which an alert may have been told."""
    if registers:
        first = _clock(watch, None)
        if _may_have_been_told(first.due, registers[0]):
            yield _case(watch, None, first, registers[0])
    soon = min(watch.allowed(day) for day in (date.min, *(t.day for t in watch.timetable)))
    for after, until in pairwise(registers):
        if not _is_plainly_in_time(after, until, soon):
            clock = _clock(watch, after)
            if _may_have_been_told(clock.due, until):
                yield _case(watch, after, clock, until)
    last = registers[-1] if registers else None
    yield _case(watch, last, _clock(watch, last), None)


def _is_plainly_in_time(after: Dated, until: Dated, soon: int) -> bool:
    """Return whether a register came and was known within so many days, school days or not.

    This spares most of some hundreds of registers the counting of school days.
    """
    known_by = deadline(after.day) + soon * DAY - HOUR  # the clocks may go forward between
    return (until.day - after.day).days <= soon and until.event.kappa < known_by


def _may_have_been_told(due: date, until: Dated) -> bool:
    """Return whether the next register was late, or known so late that an alert may stand."""
    return until.day > due or until.event.kappa >= deadline(due)


def _clock(watch: Watch, after: Dated | None) -> Deadline:
    if after is None:
        start = watch.placement.start
        return school_day_beginning_with(start, watch.allowed(start), watch.school)
    return school_days(after.day, watch.allowed(after.day), watch.school)


def _case(watch: Watch, after: Dated | None, clock: Deadline, until: Dated | None) -> Case:
    return Case(
        anchor=watch.placement.anchor,
        period="start" if after is None else after.day.isoformat(),
        due=clock.due,
        arithmetic=clock.arithmetic,
        because=watch.placement.because if after is None else (after.event.event_id,),
        met=ended_with(watch.placement) if until is None else met(until),
        detail="no attendance has been sent",
    )


DUTY = Duty(
    id="AP_ATTENDANCE_SILENT",
    meaning=(
        "A provider of alternative provision says each day whether a child placed with it came. "
        "Where nothing is heard, nobody knows where the child is."
    ),
    trigger="A placement in alternative provision is open.",
    satisfying="Attendance is recorded for the child, present or absent.",
    clock=(
        "School days after the last day with attendance (or from the first day of the "
        "placement) until four sessions of the child's timetable have passed."
    ),
    severity=Severity.CRITICAL,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024 [S15]; the daily report is general "
        "knowledge, not found in a source"
    ),
    parameters={"silence_sessions": 4},
    reads=frozenset({"SessionAttendanceRecorded"})
    | TIMETABLE_FACTS
    | PLACEMENT_FACTS
    | ROLL_FACTS
    | STOP_FACTS,
    satisfied_by=frozenset({"SessionAttendanceRecorded"}),
    cases=cases,
    our_default=(
        "Four sessions of silence is our own default: two school days of a full timetable, more "
        "where the timetable is part-time."
    ),
)
