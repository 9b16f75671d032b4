"""How long a child's record is kept: to the end of the longest period that applies to any of it.

The classes are those of the contracts; their years are each local authority's own, for local
schedules differ. One is of law: the case record of a looked-after child is kept to the 75th
anniversary of birth (Care Planning, Placement and Case Review (England) Regulations 2010, reg 50).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

import msgspec

from journey.clocks import birthday

LOOKED_AFTER = "looked-after-record"
LAW_YEARS = 75  # reg 50 of the 2010 Regulations; a child's death is not known here

PERIODS = (
    "child-in-need-record",
    "child-protection-record",
    "education-record",
    "health-record",
    LOOKED_AFTER,
    "send-record",
)
"""The classes that a schedule gives years to."""

FOLLOWING = frozenset(("alert-record", "audit-record", "identity-record", "joint-record"))
"""The classes that are kept as long as what they are about."""


class Start(StrEnum):
    """From when the years of a class count."""

    BIRTH = "birth"
    LAST_RECORD = "last-record"


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """So many years from birth, or from the last record of the class. source: who says so."""

    years: int
    start: Start
    source: str


OF_LAW = Period(years=LAW_YEARS, start=Start.BIRTH, source="2010 Regulations, reg 50")


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """An authority's retention schedule; version: as the authority names it."""

    version: str
    periods: Mapping[str, Period]

    def period(self, name: str) -> Period | None:
        """Return the period of a class; that of law where the schedule has none."""
        return self.periods.get(name, OF_LAW if name == LOOKED_AFTER else None)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """How long a child's record is kept, and by which class of record.

    until: the first day on which it need not be kept, None where no end can be said.
    without_end: then, why: the class has no period, or its period begins with an unknown birth.
    """

    until: date | None
    by: str
    without_end: str = ""


NO_PERIOD = "the schedule gives it no years"
NO_BIRTH = "its years count from birth, and no date of birth is on record"
WRONG_BIRTH = "its years from birth ended before its last record: the date of birth may be wrong"


def kept(last: Mapping[str, date], born: date | None, schedule: Schedule) -> Kept:
    """Return how long a child is kept, by the longest of the classes of its records.

    last: by class, the day of its last record; one class at least. Of a child of whom there are
    only records that follow others, those count as of every agency's class.
    """
    classes = {name: day for name, day in last.items() if name in PERIODS}
    if not classes:
        agencies = (name for name in PERIODS if name != LOOKED_AFTER)
        classes = dict.fromkeys(agencies, max(last.values()))
    ends = [_kept_by(name, day, born, schedule) for name, day in sorted(classes.items())]
    return max(ends, key=lambda one: (one.until is None, one.until or date.min))


def _kept_by(name: str, day: date, born: date | None, schedule: Schedule) -> Kept:
    period = schedule.period(name)
    if period is None:
        return Kept(until=None, by=name, without_end=NO_PERIOD)
    if period.start is Start.LAST_RECORD:
        return Kept(until=birthday(day, period.years), by=name)
    if born is None:
        return Kept(until=None, by=name, without_end=NO_BIRTH)
    until = birthday(born, period.years)
    if until <= day:
        return Kept(until=None, by=name, without_end=WRONG_BIRTH)
    return Kept(until=until, by=name)
