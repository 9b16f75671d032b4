"""What may keep a process from being ready, each as a sentence; moments are in seconds."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from prometheus_client import REGISTRY, CollectorRegistry

from joinedup.watched.port import Reasons

Clock = Callable[[], float]
_LOOK_SECONDS = 2.0
_KEPT_SECONDS = 5.0
DEAD_SECONDS = 60.0
"""After so long without a turn a process hangs. Our own default."""


class Works(Protocol):
    """What hosts the work of a process; both of a monotonic clock, None before the first time."""

    looked_at: float | None
    beat_at: float | None


def every(*conditions: Reasons) -> Reasons:
    """Return the condition that all of these are met; it says what each of them says."""
    return lambda: [reason for one in conditions for reason in one()]


def goes_round(service: Works, stale: float, clock: Clock = time.monotonic) -> Reasons:
    """Return the condition that the work has begun and went round within this time."""

    def reasons() -> Sequence[str]:
        if service.looked_at is None:
            return ["It has not begun to work: it waits for Kafka or PostgreSQL."]
        since = clock() - service.looked_at
        return [f"Its work stands still since {since:.0f} s."] if since > stale else []

    return reasons


def turns(service: Works, clock: Clock = time.monotonic) -> Reasons:
    """Return the condition that the process turns at all; one that does not is to be restarted."""

    def reasons() -> Sequence[str]:
        if service.beat_at is None or clock() - service.beat_at <= DEAD_SECONDS:
            return []
        return [f"The process hangs since {clock() - service.beat_at:.0f} s."]

    return reasons


class Shown:
    """The numbers that this process shows."""

    def __init__(self, registry: CollectorRegistry = REGISTRY, clock: Clock = time.time) -> None:
        """Take where the numbers are, and a clock in seconds since 1970 UTC."""
        self._registry = registry
        self._clock = clock
        self._began = clock()

    def values(self, name: str) -> list[float]:
        """Return every value that is shown under this name."""
        found = self._registry.restricted_registry([name]).collect()
        return [one.value for metric in found for one in metric.samples if one.name == name]

    def value(self, name: str) -> float:
        """Return the one value of this name; 0 where there is none."""
        return next(iter(self.values(name)), 0.0)

    def age(self, moment: float) -> float:
        """Return how long ago this moment was; of 0, which is never, since the process began."""
        return self._clock() - (moment or self._began)


def is_fresh(shown: Shown, process: str, stale: float) -> Reasons:
    """Return the condition that the partitions of intake or join are at the present."""
    known, unread = f"joinedup_{process}_known_time_seconds", f"joinedup_{process}_unread_records"

    def reasons() -> Sequence[str]:
        old = [age for one in shown.values(known) if (age := shown.age(one)) > stale]
        if not old:
            return []
        records = sum(shown.values(unread))
        return [
            f"{_partitions(len(old))} behind, the furthest by {max(old):.0f} s;"
            f" {records:.0f} records are unread."
            + ("" if records else " No time passes there: see that intake runs.")
        ]

    return reasons


def _partitions(count: int) -> str:
    return "1 partition is" if count == 1 else f"{count} partitions are"


def has_shown_time(shown: Shown, stale: float) -> Reasons:
    """Return the condition that a join that was given partitions has come to a first known time."""

    def reasons() -> Sequence[str]:
        given = shown.value("joinedup_join_partitions")
        lacks = given and not shown.values("joinedup_join_known_time_seconds")
        return [_NO_TIME] if lacks and shown.age(0) > stale else []

    return reasons


_NO_TIME = "No partition has a known time yet: see that intake runs."


def clocks_agree(shown: Shown) -> Reasons:
    """Return the condition that intake trusts the clocks; while it does not, time stands still."""

    def reasons() -> Sequence[str]:
        skew = shown.value("joinedup_intake_clock_skew_seconds")
        return [f"Its clock and Kafka's differ by {skew:.0f} s: no time passes."] if skew else []

    return reasons


def has_caught_up(shown: Shown, process: str, stale: float) -> Reasons:
    """Return the condition that relay or sealer, where it is the one that works, is up to date."""

    def reasons() -> Sequence[str]:
        if not shown.value(f"joinedup_{process}_works"):
            return []  # it stands by
        age = shown.age(shown.value(f"joinedup_{process}_caught_up_seconds"))
        return [f"It has not caught up for {age:.0f} s."] if age > stale else []

    return reasons


def knows_the_present(shown: Shown, stale: float) -> Reasons:
    """Return the condition that what the pages show is joined to the present."""

    def reasons() -> Sequence[str]:
        known = shown.value("joinedup_dashboard_known_time_seconds")
        if not known:
            return ["PostgreSQL does not answer, or nothing is joined yet."]
        age = shown.age(known)
        said = f"What the pages show is {age:.0f} s old: see that intake and join run."
        return [said] if age > stale else []

    return reasons


def answers(
    name: str,
    addresses: Sequence[tuple[str, int]],
    tls: Callable[[], ssl.SSLContext] | None = None,
) -> Reasons:
    """Return the condition that one of these addresses answers, asked now and then.

    tls: gives what it has to greet us over; None where it is enough that something listens. A
    program that hangs still listens, because its system accepts for it; it greets nobody.
    """

    def reasons() -> Sequence[str]:
        if any(_answers(*address, tls) for address in addresses):
            return []
        named = ", ".join(f"{host}:{port}" for host, port in addresses)
        return [f"{name} does not answer at {named}."]

    return kept_for(_KEPT_SECONDS, reasons)


def kept_for(seconds: float, reasons: Reasons, clock: Clock = time.monotonic) -> Reasons:
    """Return the same condition, looked at anew only after so long."""
    at, last = float("-inf"), list[str]()

    def kept() -> Sequence[str]:
        nonlocal at, last
        if clock() - at >= seconds:
            last = list(reasons())
            at = clock()
        return last

    return kept


def _answers(host: str, port: int, tls: Callable[[], ssl.SSLContext] | None) -> bool:
    try:
        with socket.create_connection((host, port), _LOOK_SECONDS) as connection:
            if tls:
                tls().wrap_socket(connection, server_hostname=host).close()
            return True
    except OSError:  # an authority that cannot be read, too
        return False
