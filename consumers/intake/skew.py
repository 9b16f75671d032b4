"""Whether our clock and the broker's agree: a stepped clock stops time, it does not poison it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from consumers.intake.incoming import Incoming


class Asked(msgspec.Struct, frozen=True):
    """End offsets of the inputs, and the moment (our clock, ms) before they were asked for."""

    moment: int
    ends: Mapping[str, int]


class SkewWatch:
    """Compares append times with our clock, where the two can be compared at all.

    A record that we hold was appended before now; one that stands at or above an end offset was
    appended after we asked for that end. So an old backlog proves nothing, and a fresh record
    proves agreement or its lack. What one record shows holds until another shows otherwise.
    """

    def __init__(self, allowed_ms: int) -> None:
        """Take the difference that is allowed, in ms."""
        self._allowed = allowed_ms
        self.skew_ms = 0

    @property
    def is_skewed(self) -> bool:
        """Whether the clocks differ by more than is allowed, as far as is known."""
        return abs(self.skew_ms) > self._allowed

    def look(self, records: Iterable[Incoming], now: int, before: Asked | None) -> None:
        """Learn from records that we hold at the moment ``now`` (ms).

        before: the end offsets of the previous round and when they were asked for.
        """
        for record in records:
            is_fresh = before is not None and record.offset >= before.ends[record.topic]
            if record.time - now > self._allowed:
                self.skew_ms = now - record.time
            elif before is not None and is_fresh:
                early = before.moment - record.time
                self.skew_ms = early if early > self._allowed else 0

    def look_back(self, written: int, now: int) -> None:
        """Learn from the known time up to which the log is written: we cannot be before it."""
        if written - now > self._allowed:
            self.skew_ms = now - written
