"""Whether our clock and the broker's agree: a stepped clock stops time, it does not poison it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from consumers.intake.incoming import Incoming


class Asked(msgspec.Struct, frozen=True):
    """End offsets of the inputs, and the moment (our clock, ms) before they were asked for.

    steps: how often our clock had stepped by then.
    """

    moment: int
    ends: Mapping[str, int]
    steps: int = 0


class SkewWatch:
    """Compares append times with our clock, where the two can be compared at all.

    A record that we hold was appended before now; one that stands at or above an end offset was
    appended after we asked for that end. So an old backlog proves nothing, and a fresh record
    proves agreement or its lack. What one record shows holds until another shows otherwise, or
    until our clock steps: then the difference is what it was and the step.
    """

    def __init__(self, allowed_ms: int) -> None:
        """Take the difference that is allowed, in ms."""
        self._allowed = allowed_ms
        self._read: tuple[int, int] | None = None
        self.skew_ms = 0
        self.steps = 0

    @property
    def is_skewed(self) -> bool:
        """Whether the clocks differ by more than is allowed, as far as is known."""
        return abs(self.skew_ms) > self._allowed

    def look(self, records: Iterable[Incoming], now: int, before: Asked | None) -> None:
        """Learn from records that we hold at the moment ``now`` (ms).

        before: the end offsets of the previous round and when they were asked for; what was asked
            by a clock that has stepped since proves nothing.
        """
        if before is not None and before.steps != self.steps:
            before = None
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

    def look_at(self, wall: int, steady: int) -> None:
        """Learn from our clock beside one that nobody sets, both in ms: a step shows at once."""
        if self._read is not None:
            step = wall - self._read[0] - (steady - self._read[1])
            if abs(step) > self._allowed:  # less is a clock that is being put right bit by bit
                self.skew_ms += step
                self.steps += 1
        self._read = wall, steady

    def known(self, records: Sequence[Incoming], now: int) -> Sequence[Incoming]:
        """Return the records that we hold, none of them stamped later than can be.

        A record from the future would pull known time with it, and make everything due that is
        due until then.
        """
        return [
            msgspec.structs.replace(one, time=now) if one.time - now > self._allowed else one
            for one in records
        ]


class WatchedClock:
    """Our clock (ms since 1970 UTC), each reading compared with one that nobody sets."""

    def __init__(
        self, clock: Callable[[], int], steady: Callable[[], int], watch: SkewWatch
    ) -> None:
        """Take both clocks, in ms, and the watch that is told of every reading."""
        self._clock = clock
        self._steady = steady
        self._watch = watch

    def __call__(self) -> int:
        """Return our clock."""
        now = self._clock()
        self._watch.look_at(now, self._steady())
        return now
