"""When a relay that stands by may take the place of one that works no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

PATIENCE = 15.0  # seconds


class Seen(NamedTuple):
    """What there is to publish, by partition, and how far publishing has come."""

    ahead: Mapping[int, int]
    marks: Mapping[int, tuple[int, int]]


class Standstill:
    """Watches whether another relay, which holds the place, publishes what there is.

    A process that was stopped, or whose machine stands still, keeps its session and so its place.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        """Take for how long (seconds) nothing may go on although there is something to publish."""
        self._patience = patience
        self._marks: Mapping[int, tuple[int, int]] | None = None
        self._since = 0.0

    def lasts(self, seen: Seen, now: float) -> bool:
        """Return whether nothing has gone on for too long; now: of a monotonic clock, seconds."""
        if not seen.ahead or seen.marks != self._marks:
            self._marks, self._since = seen.marks, now
        return now - self._since >= self._patience
