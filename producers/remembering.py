"""An outlet that remembers what went out, so that a run that goes on sends nothing twice."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from datetime import datetime

from producers.delivery import Outlet
from producers.event import Event
from producers.memory import BEFORE, Memory
from producers.results import Accepted, Result, Valid


class Remembering:
    """Sends what its run has not sent yet, and counts how each event compares with the last time.

    compared: how many of the accepted events were new, unchanged, corrected, or sent before by
    this run. Unchanged ones are sent as well: the platform may have refused them the last time.
    Over a rehearsal it compares and remembers nothing.
    """

    def __init__(self, outlet: Outlet, memory: Memory) -> None:
        """Take the outlet that really sends, and the memory of a run that has begun."""
        self._outlet, self._memory = outlet, memory
        self._waiting: deque[tuple[Event, str, Accepted | None]] = deque()
        self.compared: Counter[str] = Counter()

    @property
    def in_flight(self) -> int:
        """How many events were sent whose results have not been taken."""
        return len(self._waiting)

    def publish(self, event: Event, *, timestamp: datetime | None = None) -> Result:
        """Send the event unless this run has sent it, wait, and return what became of it."""
        known = self._memory.look_up(event)
        if known.accepted is not None:
            return known.accepted
        result = self._outlet.publish(event, timestamp=timestamp)
        if isinstance(result, Accepted):
            self._memory.remember(event, result)
            self._memory.keep()
        return result

    def send(self, event: Event, *, timestamp: datetime | None = None) -> None:
        """Send the event without waiting, unless this run has sent it."""
        known = self._memory.look_up(event)
        if known.accepted is None:
            self._outlet.send(event, timestamp=timestamp)
        self._waiting.append((event, known.state, known.accepted))

    def results(self, *, leaving: int = 0) -> Iterator[Result]:
        """Wait for the events sent so far but the newest, and yield their results in order."""
        sent = sum(accepted is None for _, _, accepted in self._waiting)
        for _ in range(len(self._waiting) - leaving):
            if self._waiting[0][2] is not None:
                yield self._as_before()
                continue
            sent -= 1
            yield self._noted(next(iter(self._outlet.results(leaving=sent))))
        self._memory.keep()

    def results_so_far(self) -> Iterator[Result]:
        """Yield the results that have come, in order, and keep what was accepted by now."""
        come = self._outlet.results_so_far()
        while self._waiting:
            if self._waiting[0][2] is not None:
                yield self._as_before()
                continue
            result = next(come, None)
            if result is None:
                break
            yield self._noted(result)
        self._memory.keep()

    def _as_before(self) -> Accepted:
        """Take the oldest, which this run had sent when it was cut off."""
        _, _, accepted = self._waiting.popleft()
        assert accepted is not None, "whoever calls has looked"
        self.compared[BEFORE] += 1
        return accepted

    def _noted(self, result: Result) -> Result:
        """Take the oldest, and note what became of it."""
        event, state, _ = self._waiting.popleft()
        if isinstance(result, Accepted):
            self._memory.remember(event, result)
        if isinstance(result, (Accepted, Valid)):
            self.compared[state] += 1
        return result
