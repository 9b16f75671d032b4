"""Times of day in Europe/London as moments (ms since 1970 UTC): open hours, and digests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from consumers.notifier.recipients import Hours
from journey.clocks import working_days_between
from journey.moments import LONDON, day_of

_DAYS_TO_LOOK = 30
"""More than the longest run of days on which nobody works."""


def is_open(hours: Hours, moment: int) -> bool:
    """Return whether at this moment the recipient is told what is not urgent."""
    return any(opens <= moment < closes for opens, closes in _spans(hours, day_of(moment), 1))


def opening(hours: Hours, moment: int) -> int:
    """Return the moment itself where it is within the hours, else the next one that is."""
    spans = _spans(hours, day_of(moment), _DAYS_TO_LOOK)
    return next(max(opens, moment) for opens, closes in spans if moment < closes)


def closed_since(hours: Hours, moment: int) -> int:
    """Return when the hours last ended before this moment, which is outside them."""
    first = day_of(moment) - timedelta(days=_DAYS_TO_LOOK)
    spans = _spans(hours, first, _DAYS_TO_LOOK + 1)
    return max(closes for _, closes in spans if closes <= moment)


def release(hours: Hours, moment: int) -> int:
    """Return when something of this moment is first told: at a digest, or within the hours."""
    if not hours.digests:
        return opening(hours, moment)
    digests = (
        _at(day, one)
        for day in _days(hours, day_of(moment), _DAYS_TO_LOOK)
        for one in hours.digests
    )
    return next(one for one in digests if one >= moment)


def _spans(hours: Hours, first: date, count: int) -> Iterator[tuple[int, int]]:
    for day in _days(hours, first, count):
        yield _at(day, hours.opens), _end(day, hours.closes)


def _days(hours: Hours, first: date, count: int) -> Iterator[date]:
    for day in (first + timedelta(days=number) for number in range(count)):
        if hours.every_day or working_days_between(day - timedelta(days=1), day):
            yield day


def _end(day: date, closes: time) -> int:
    return _at(day + timedelta(days=1), closes) if closes == time(0) else _at(day, closes)


def _at(day: date, when: time) -> int:
    # Of a time that the clocks go over twice the first is meant; one that they skip is an hour on.
    return round(datetime.combine(day, when, LONDON).timestamp() * 1000)
