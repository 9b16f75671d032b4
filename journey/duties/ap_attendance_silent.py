"""AP_ATTENDANCE_SILENT: a provider sends no attendance for a child placed with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from journey.calendars import Calendars, SchoolCalendar
from journey.child import Journey
from journey.clocks import Deadline, school_day_beginning_with, school_days
from journey.duties.duty import Basis, Case, Duty, Met, Severity
from journey.duties.episodes import PLACEMENT_FACTS, Dated, Episode, day_of, placements
from journey.duties.outcome import ended_with, number
from journey.duties.schooling import ROLL_FACTS, school_of
from journey.duties.stops import STOP_FACTS
from journey.duties.timetable import TIMETABLE_FACTS, sessions_a_week, timetables
from journey.events import Event

FULL_WEEK = 10
SCHOOL_DAYS_A_WEEK = 5
MILLISECONDS_A_DAY = 86_400_000
UNIX_EPOCH = date(1970, 1, 1).toordinal()


class Watch(NamedTuple):
    """A placement whose registers are watched.

    timetable: by the day from which each holds. sessions: how many may pass in silence.
    """

    placement: Episode
    timetable: list[Dated]
    school: SchoolCalendar
    sessions: int


class Gap(NamedTuple):
    """School days between two registers; None before the first and after the last."""

    after: Event | None
    until: Event | None


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
        marks: list[Event | None] = [None, *(days[day] for day in sorted(days)), None]
        for after, until in zip(marks, marks[1:], strict=False):
            if until is None or _may_have_been_told(watch, after, until):
                yield _case(watch, Gap(after, until))


def _registers(journey: Journey, placed: list[Episode]) -> dict[str, dict[date, Event]]:
    """Return by placement, by day, the session of that day that was known first.

    A session that names no placement known here counts for all that were open on its day.
    """
    found: dict[str, dict[date, Event]] = {placement.anchor: {} for placement in placed}
    by_record = {record: one for one in placed for record in one.records}
    for session in journey.of("SessionAttendanceRecorded"):
        day = day_of(session, "session_on")
        named = by_record.get(session.text("placement") or "")
        for placement in placed if named is None else [named]:
            days = found[placement.anchor]
            first = days.get(day)
            if placement.is_open(day) and (first is None or session.kappa < first.kappa):
                days[day] = session
    return found


def _may_have_been_told(watch: Watch, after: Event | None, until: Event) -> bool:
    """Return whether the next register was late, or known so late that an alert may stand.

    A journey has some hundreds of registers; without this each of them would be a case.
    """
    due = _clock(watch, after).due
    known = UNIX_EPOCH + until.kappa // MILLISECONDS_A_DAY
    return day_of(until, "session_on") > due or known >= due.toordinal()


def _case(watch: Watch, gap: Gap) -> Case:
    clock, after = _clock(watch, gap.after), gap.after
    return Case(
        anchor=watch.placement.anchor,
        period="start" if after is None else day_of(after, "session_on").isoformat(),
        due=clock.due,
        arithmetic=clock.arithmetic,
        because=watch.placement.because if after is None else (after.event_id,),
        met=ended_with(watch.placement) if gap.until is None else _heard(gap.until),
        detail="no attendance has been sent",
    )


def _clock(watch: Watch, after: Event | None) -> Deadline:
    if after is None:
        start = watch.placement.start
        return school_day_beginning_with(start, _allowed(watch, start), watch.school)
    last = day_of(after, "session_on")
    return school_days(last, _allowed(watch, last), watch.school)


def _allowed(watch: Watch, day: date) -> int:
    """Return the school days in which that many sessions fall by the child's timetable."""
    week = sessions_a_week(watch.placement, watch.timetable, day) or FULL_WEEK
    return max(1, -(-watch.sessions * SCHOOL_DAYS_A_WEEK // min(week, FULL_WEEK)))


def _heard(session: Event) -> Met:
    return Met(on=day_of(session, "session_on"), by=(session.event_id,))


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
