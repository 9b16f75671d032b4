"""The clocks of the shapes: by when, counted from a day, with the parameter that says how long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from journey import clocks
from journey.clocks import Deadline, in_words
from journey.duties.episodes import Episode, stated_day
from journey.duties.schooling import ROLL_FACTS
from journey.duties.shapes.asked import Asked

ONE_DAY = timedelta(days=1)
Counting = Callable[[date, int], Deadline]


class Clock(NamedTuple):
    """By when something is owed.

    of: the last day in time, counted from a day of an episode; None where it cannot be said.
    reads: the event types that can change it beside the episode's own.
    """

    of: Callable[[Asked, date, Episode], Deadline | None]
    reads: frozenset[str] = frozenset()


def _after(count: Counting, limit: str) -> Clock:
    return Clock(lambda asked, day, one: count(day, asked.number(limit)))


def days(limit: str) -> Clock:
    """Return calendar days after."""
    return _after(clocks.calendar_days, limit)


def weeks(limit: str) -> Clock:
    """Return weeks after."""
    return _after(clocks.weeks, limit)


def months(limit: str) -> Clock:
    """Return calendar months after."""
    return _after(clocks.months, limit)


def working_days(limit: str) -> Clock:
    """Return England's working days after."""
    return _after(clocks.working_days, limit)


def school_days(limit: str) -> Clock:
    """Return school days after, by the provider's calendar, else the home school's."""

    def of(asked: Asked, day: date, one: Episode) -> Deadline:
        return clocks.school_days(day, asked.number(limit), asked.school(one, day))

    return Clock(of, ROLL_FACTS)


def school_day_beginning_with(limit: str) -> Clock:
    """Return the school day after so many, where the day itself is the first."""

    def of(asked: Asked, day: date, one: Episode) -> Deadline:
        school = asked.school(one, day)
        return clocks.school_day_beginning_with(day, asked.number(limit) + 1, school)

    return Clock(of, ROLL_FACTS)


def at_once() -> Clock:
    """Return the day itself."""
    return Clock(lambda asked, day, one: Deadline(day, f"at once, on {in_words(day)}"))


def before_it() -> Clock:
    """Return the day before."""
    return Clock(lambda asked, day, one: Deadline(day - ONE_DAY, f"before {in_words(day)}"))


def _ahead(field: str, counting: Callable[[Asked, date, Episode], Deadline]) -> Clock:
    """Return a clock that counts back from the day that the episode's facts state in a field."""

    def of(asked: Asked, day: date, one: Episode) -> Deadline | None:
        stated = next((on for fact in one.facts if (on := stated_day(fact, field))), None)
        return None if stated is None else counting(asked, stated, one)

    return Clock(of)


def days_before(field: str, least: str) -> Clock:
    """Return at least so many days before a stated day."""

    def back(asked: Asked, day: date, one: Episode) -> Deadline:
        count = asked.number(least)
        return Deadline(
            clocks.calendar_days(day, -count).due, f"{count} days before {in_words(day)}"
        )

    return _ahead(field, back)


def months_before(field: str, least: str) -> Clock:
    """Return at least so many calendar months before a stated day."""

    def back(asked: Asked, day: date, one: Episode) -> Deadline:
        count = asked.number(least)
        return Deadline(clocks.months(day, -count).due, f"{count} months before {in_words(day)}")

    return _ahead(field, back)


def school_days_before(field: str, least: str) -> Clock:
    """Return at least so many school days before a stated day."""

    def back(asked: Asked, day: date, one: Episode) -> Deadline:
        return clocks.school_days_before(day, asked.number(least), asked.school(one, day))

    return _ahead(field, back)._replace(reads=ROLL_FACTS)
