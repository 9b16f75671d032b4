"""Sessions that were ended before their time: a copy of such a cookie lets in nobody."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Protocol

from consumers.store.sign_ins import Lasting
from dashboard.people import Person

_MOST = 100_000


class NotTheirName(Exception):
    """Somebody came by a name under which another account is on record."""


class EndedSessions(Protocol):
    """Knows which sessions began, whose they are, and which ended before their time."""

    def hold(self, person: Person) -> None:
        """Return where the person's name is their account's, from now on where it was nobody's.

        Raises NotTheirName where it is another's.
        """
        ...

    def begin(self, session: str, person: Person) -> None:
        """Put on record that a session of the person begins; raises as ``hold`` does."""
        ...

    def lasting(self, person: Person) -> list[Lasting]:
        """Return the sessions of the person that may still last, the latest first."""
        ...

    def end_one(self, session: bytes) -> None:
        """End a session by the hash of its id, in every process."""
        ...

    def end(self, session: str) -> None:
        """Remember that a session, by its id, ended now."""
        ...

    def has(self, session: str, person: Person, since: int) -> bool:
        """Return whether this session of the person, begun at since (seconds, UTC), was ended."""
        ...


class Ended:
    """Remembers which sessions ended, in this process, for as long as a cookie of one could last.

    A session is a signed cookie, which whoever copied it still has after its owner signed out.
    """

    def __init__(
        self, seconds: float, clock: Callable[[], float] = time.monotonic, most: int = _MOST
    ) -> None:
        """Take how long a session lasts at most, a clock in seconds, and how many are kept."""
        self._seconds = seconds
        self._clock = clock
        self._most = most
        self._ended: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def hold(self, person: Person) -> None:
        """Return: nothing is kept of whose a name is."""

    def begin(self, session: str, person: Person) -> None:
        """Return: nothing is kept of sessions that last."""

    def lasting(self, person: Person) -> list[Lasting]:
        """Return none: none are kept."""
        return []

    def end_one(self, session: bytes) -> None:
        """Return: by its hash none is known."""

    def end(self, session: str) -> None:
        """Remember that a session, by its id, ended now."""
        with self._lock:
            now = self._clock()
            self._ended[session] = now
            while self._ended and self._is_over_full(now):
                self._ended.popitem(last=False)

    def has(self, session: str, person: Person, since: int) -> bool:
        """Return whether a session, by its id, was ended; whose it was is not asked here."""
        with self._lock:
            return session in self._ended

    def _is_over_full(self, now: float) -> bool:
        oldest = next(iter(self._ended.values()))
        return len(self._ended) > self._most or now > oldest + self._seconds
