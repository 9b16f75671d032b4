"""Attendance in a placement, as its provider sends it day by day."""

from __future__ import annotations

from datetime import date

from producers.simulate.life import Life, Placement
from producers.simulate.school_year import school_days
from producers.simulate.sources import AP_REGISTER

_LONG_ENOUGH = 45
"""School days: a silence is told of placements that last longer."""
_MARKS = ("PRESENT",) * 15 + ("ABSENT_AUTHORISED",) * 3 + ("ABSENT_UNAUTHORISED",) * 2


def attend(life: Life, placement: Placement) -> None:
    """Tell a session of each day on which the child is there, but for a silence now and then."""
    days = school_days(placement.start, placement.end)
    silent = _silence(life, placement, days)
    for day in days[:: placement.step]:
        if day not in silent:
            life.tell(
                AP_REGISTER,
                "SessionAttendanceRecorded",
                placement=placement.id,
                session_on=day,
                session="AM",
                mark=life.random.choice(_MARKS),
            )


def _silence(life: Life, placement: Placement, days: list[date]) -> list[date]:
    """Return the school days of which the provider sends no attendance, most often none."""
    if len(days) < _LONG_ENOUGH or not life.fails("AP_ATTENDANCE_SILENT", 0.03):
        return []
    since = life.random.randint(15, len(days) - 25)
    return days[since : since + 6 * placement.step]
