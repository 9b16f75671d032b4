"""The inputs of one partition merged into one order, as far as the round may read them."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from consumers.intake.incoming import Incoming


class _Input:
    """One input topic: what was fetched and not yet taken, and how far the round goes."""

    def __init__(self, position: int) -> None:
        self.waiting: deque[tuple[int, Incoming]] = deque()
        self.position = position
        self.end = position
        self._latest = -1

    def offer(self, records: Iterable[Incoming], position: int) -> None:
        for record in records:
            # A partition's append time may step back with its leader; its order may not.
            self._latest = max(self._latest, record.time)
            self.waiting.append((self._latest, record))
        self.position = position

    def head(self, until: int | None) -> tuple[int, str, int] | None:
        """Return the sort key of the next record of this round, or None when there is none."""
        if not self.waiting:
            return None
        stamp, record = self.waiting[0]
        if record.offset >= self.end or (until is not None and stamp > until):
            return None
        return stamp, record.topic, record.offset

    @property
    def is_hungry(self) -> bool:
        """Whether the round needs records of it that are not fetched yet."""
        return not self.waiting and self.position < self.end


class Merger:
    """Merges the inputs of one partition by (append time, topic, offset), a round at a time."""

    def __init__(self, positions: Mapping[str, int]) -> None:
        """Take the next offset of every input topic."""
        self._inputs = {topic: _Input(positions[topic]) for topic in sorted(positions)}
        self._until: int | None = None

    def begin(self, ends: Mapping[str, int], until: int | None) -> None:
        """Begin a round that reads each input up to its end, and nothing stamped after ``until``.

        ends: each input's end offset, asked after the moment ``until``.
        """
        self._until = until
        for topic, end in ends.items():
            self._inputs[topic].end = end

    def offer(self, topic: str, records: Iterable[Incoming], position: int) -> None:
        """Add what was fetched; ``position`` is where the next fetch goes on."""
        self._inputs[topic].offer(records, position)

    @property
    def hungry(self) -> Sequence[str]:
        """The inputs that must be fetched before the order can go on."""
        return [topic for topic, source in self._inputs.items() if source.is_hungry]

    @property
    def is_finished(self) -> bool:
        """Whether every input is read as far as the round goes."""
        return not any(
            source.is_hungry or source.head(self._until) for source in self._inputs.values()
        )

    @property
    def is_holding(self) -> bool:
        """Whether fetched records wait for a later round."""
        return any(source.waiting for source in self._inputs.values())

    def take(self, limit: int) -> list[Incoming]:
        """Return the next records in order, at most ``limit``; it stops at a hungry input."""
        if self.hungry:
            return []
        heads = [head for one in self._inputs.values() if (head := one.head(self._until))]
        heapq.heapify(heads)
        taken: list[Incoming] = []
        while heads and len(taken) < limit:
            source = self._inputs[heads[0][1]]
            taken.append(source.waiting.popleft()[1])
            following = source.head(self._until)
            if following is not None:
                heapq.heapreplace(heads, following)
                continue
            heapq.heappop(heads)
            if source.is_hungry:
                break
        return taken
