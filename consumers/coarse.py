"""Numbers about children as a metric may show them: too coarse to tell one child by."""

from __future__ import annotations

STEP = 5
"""Counts are shown in such steps, as published statistics of children are. Our own default."""
HOUR_SECONDS = 3600


def up_to_five(count: int) -> int:
    """Return the count rounded up to the next five: 0 says that there is none, 5 that there is."""
    return -(-count // STEP) * STEP


def to_the_hour(milliseconds: int) -> int:
    """Return the full hour, in seconds since 1970 UTC, in which this moment (ms) is."""
    return milliseconds // 1000 // HOUR_SECONDS * HOUR_SECONDS
