"""Rate limits: a bucket of tokens for each client, filled at a steady rate."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

_REMEMBERED = 10_000
"""Clients whose buckets are kept; one that was not heard for longer has a full one anyway."""


class Limit:
    """So many a second for each name, and a burst of as many as fill the bucket."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float]) -> None:
        """Take how many a second, how many at once, and a clock in seconds."""
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def wait(self, name: str, cost: int = 1) -> int:
        """Take ``cost`` from the bucket and return 0, or return the whole seconds to wait first.

        What costs more than the whole bucket is let through when it is full, and leaves a debt.
        """
        with self._lock:
            now = self._clock()
            held, at = self._buckets.pop(name, (float(self._burst), now))
            held = min(float(self._burst), held + (now - at) * self._rate)
            lacking = min(cost, self._burst) - held
            self._buckets[name] = (held if lacking > 0 else held - cost, now)
            if len(self._buckets) > _REMEMBERED:
                self._buckets.popitem(last=False)
        return math.ceil(lacking / self._rate) if lacking > 0 else 0
