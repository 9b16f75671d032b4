"""AP_ATTENDANCE_SILENT: a provider sends no attendance for a child placed with it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from journey.calendars import Calendars, SchoolCalendar
from journey.child import Journey, once
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
SURROUNDINGS = TIMETABLE_FACTS | PLACEMENT_FACTS | ROLL_FACTS


class Watch(NamedTuple):
    """A placement whose registers are watched.

    since: the days from which another timetable holds, in order, the first of all time.
    silent: of each, the school days in which as many sessions fall as may pass in silence.
    """

    placement: Episode
    school: SchoolCalendar
    since: list[date]
    silent: list[int]

    def allowed(self, day: date) -> int:
        """Return the school days that may pass in silence by the timetable of a day."""
        return self.silent[bisect_right(self.since, day) - 1]


class Line:
    """The registers that came from one placement, in order of days, and the silences between."""

    def __init__(self, watch: Watch) -> None:
        """Start with no register."""
        self._watch = watch
        self._soon = min(watch.silent)
        self._last: Dated | None = None
        self._clock: Deadline | None = None
        self._broken: list[Case] = []
        self._lasting: Case | None = None

    def hear(self, register: Dated) -> None:
        """Take the next register: none of an earlier day, and of one day the first known first."""
        last = self._last
        if not self._watch.placement.is_open(register.day) or (last and last.day == register.day):
            return
        if last is None or not _is_plainly_in_time(last, register, self._soon):
            clock = self._running()
            if _may_have_been_told(clock.due, register):
                self._broken.append(_case(self._watch, last, clock, register))
        self._last, self._clock, self._lasting = register, None, None

    def silences(self) -> list[Case]:
        """Return each gap in which an alert may have been told, and the silence that lasts."""
        if self._lasting is None:
            self._lasting = _case(self._watch, self._last, self._running(), None)
        return [*self._broken, self._lasting]

    def _running(self) -> Deadline:
        """Return the clock that runs since the last register."""
        if self._clock is None:
            self._clock = _clock(self._watch, self._last)
        return self._clock


class Lines:
    """The lines of a child's placements, and the sessions that they have heard.

    Sessions mostly come in order, some hundreds for a child: then only the new ones are heard.
    """

    def __init__(self, watches: Iterable[Watch], calendars: Calendars) -> None:
        """Start with nothing heard; the watches are by these calendars."""
        self._by_record: dict[str, list[Line]] = {}
        self.all: list[Line] = []
        for watch in watches:
            line = Line(watch)
            self.all.append(line)
            self._by_record |= {record: [line] for record in watch.placement.records}
        self.calendars = calendars
        self._heard = 0
        self._last: Event | None = None
        self._until = (date.min, 0)

    def hear(self, sessions: list[Event]) -> bool:
        """Hear what is new among all sessions; return False where it is too late for any of them.

        A session that names no placement known here counts for all that were open on its day.
        """
        if self._last is not None and sessions[self._heard - 1] is not self._last:
            return False  # facts are in order: what came since came in before it
        new = [_session(event) for event in sessions[self._heard :]]
        new.sort(key=_in_order)
        if new and _in_order(new[0]) < self._until:
            return False
        for session in new:
            reference = session.event.data.get("placement", "")
            for line in self._by_record.get(reference, self.all):
                line.hear(session)
            self._until = _in_order(session)
        self._heard, self._last = len(sessions), sessions[-1] if sessions else None
        return True


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> list[Case]:
    """Return of each placement the silence that lasts, and those that were or seemed too long."""
    found: list[Case] = []
    if placements(journey):
        for line in _lines(journey, number(parameters, "silence_sessions"), calendars).all:
            found += line.silences()
    return found


def _lines(journey: Journey, sessions: int, calendars: Calendars) -> Lines:
    """Return the lines of the journey's placements, those made before where they still do."""
    told, kept = journey.of("SessionAttendanceRecorded"), _kept(journey)
    lines = kept.get(sessions)
    if lines is None or lines.calendars is not calendars or not lines.hear(told):
        lines = kept[sessions] = Lines(_watches(journey, sessions, calendars), calendars)
        lines.hear(told)
    return lines


@once(reads=SURROUNDINGS)
def _kept(journey: Journey) -> dict[int, Lines]:
    """Return where lines are kept, by the sessions of silence, while their placements stand."""
    return {}


def _watches(journey: Journey, sessions: int, calendars: Calendars) -> Iterator[Watch]:
    placed = placements(journey)
    timetable = timetables(journey, placed)
    for one in placed:
        school = school_of(journey, calendars, one.start, one.told("provider"))
        held = timetable[one.anchor]
        since = [date.min, *(each.day for each in held)]
        yield Watch(one, school, since, [_silent(one, held, day, sessions) for day in since])


def _silent(placement: Episode, held: list[Dated], day: date, sessions: int) -> int:
    """Return the school days in which so many sessions fall by the timetable of a day."""
    week = sessions_a_week(placement, held, day) or FULL_WEEK
    return max(1, -(-sessions * SCHOOL_DAYS_A_WEEK // min(week, FULL_WEEK)))


def _session(event: Event) -> Dated:
    return Dated(day_of(event, "session_on"), event)


def _in_order(session: Dated) -> tuple[date, int]:
    return (session.day, session.event.kappa)


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
    reads=frozenset({"SessionAttendanceRecorded"}) | SURROUNDINGS | STOP_FACTS,
    satisfied_by=frozenset({"SessionAttendanceRecorded"}),
    cases=cases,
    our_default=(
        "Four sessions of silence is our own default: two school days of a full timetable, more "
        "where the timetable is part-time."
    ),
)
