"""How days and moments are told beside today: in working days, weeks and hours."""

from __future__ import annotations

from datetime import UTC, date, datetime

from journey.clocks import working_days_between
from journey.moments import HOUR, LONDON
from journey.words import counted, day_text

_WORKING_DAYS_SAID = 40
"""Beyond two months nobody counts in working days; our own default."""
_WEEKS_SAID = 104
"""Nor beyond two years in weeks."""
_WEEK = 7


def from_today(day: date, today: date) -> str:
    """Return how far a day is from today: "9 working days ago", "in 3 weeks", "today"."""
    if day == today:
        return "today"
    first, last = sorted((day, today))
    span = _span(first, last)
    return f"in {span}" if day > today else f"{span} ago"


def _span(first: date, last: date) -> str:
    working = working_days_between(first, last)
    if working > _WORKING_DAYS_SAID:
        weeks = (last - first).days // _WEEK
        return (
            counted(weeks, "week") if weeks < _WEEKS_SAID else counted(_years(first, last), "year")
        )
    # Friday's deadline on a Sunday: no working day has gone by, and yet it is over.
    return counted(working, "working day") if working else counted((last - first).days, "day")


def _years(first: date, last: date) -> int:
    """Return how many whole years lie between two days."""
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


def moment_text(moment: int) -> str:
    """Return a moment (ms since 1970 UTC) as people in England write it: 3 March 2025, 14:05."""
    at = datetime.fromtimestamp(moment / 1000, UTC).astimezone(LONDON)
    return f"{day_text(at.date())}, {at:%H:%M}"


def hours_text(span: int) -> str:
    """Return a span of ms in hours or, where it is longer than two days, in days."""
    hours = span // HOUR
    return counted(hours, "hour") if hours <= 48 else counted(hours // 24, "day")
