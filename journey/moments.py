"""Deadlines as moments: milliseconds since 1970 UTC of midnights in Europe/London."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
HOUR = 3_600_000
DAY = 24 * HOUR
LATE_NEWS_HOLD = HOUR
"""How long single late news is held: more of the same story usually follows at once."""


@lru_cache(maxsize=16384)
def deadline(due: date) -> int:
    """Return the midnight (Europe/London) after the last day in time, in ms UTC."""
    midnight = datetime.combine(due + timedelta(days=1), datetime.min.time(), LONDON)
    return int(midnight.timestamp() * 1000)


def day_of(moment: int) -> date:
    """Return the Europe/London calendar day of a moment in ms UTC."""
    return _day_of_hour(moment // HOUR)


@lru_cache(maxsize=16384)
def _day_of_hour(hour: int) -> date:
    """Return the day of all moments of an hour: days there begin with a full hour UTC."""
    return datetime.fromtimestamp(hour * HOUR // 1000, UTC).astimezone(LONDON).date()


def earliest(due: date, known_at: int, batched: bool) -> int:
    """Return the first moment at which a missed deadline may be told.

    The deadline, or when it became known if later; plus an hour where a single record
    (not one of a batch) tells of a deadline missed more than a day ago.
    """
    d = deadline(due)
    hold = LATE_NEWS_HOLD if known_at - d > DAY and not batched else 0
    return max(d, known_at) + hold
