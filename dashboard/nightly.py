"""Every night: whether a named person has seen every open alert, in the log and for Prometheus."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from datetime import time as time_of_day
from typing import Protocol

import psycopg
from starlette.concurrency import run_in_threadpool

from consumers.store.reading import Reading
from consumers.store.untouched import Reconciled, reconciled, untouched
from dashboard.metrics import DashboardMetrics
from dashboard.people import Person
from dashboard.roles import Role
from journey.moments import LONDON

NIGHT = time_of_day(5)
"""When, by the clock in England: files of the night have come, and leads have not. Our default."""
AGAIN_SECONDS = 300
"""After so long it is tried again where a store did not answer. Our own default."""
MOST, NAMED = 200, 20
"""How many alerts that nobody has seen or has are read, and how many of the unseen are named."""

log = logging.getLogger(__name__)


class Readable(Protocol):
    """The store, in so far as it is read here."""

    def reading(self, person: Person) -> AbstractContextManager[Reading]:
        """Return the store as it is at one moment, as this person may see it."""


class Nightly:
    """The reconciliation of the authorities that one dashboard serves."""

    def __init__(
        self,
        authorities: Sequence[str],
        metrics: DashboardMetrics | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the authorities, where numbers are shown, and a clock in seconds since 1970 UTC."""
        self._authorities = tuple(authorities)
        self._metrics = metrics
        self._clock = clock

    async def run(self, store: Readable) -> None:
        """Reconcile at once and then every night, until it is cancelled."""
        while True:
            is_whole = await run_in_threadpool(self.reconcile, store)
            left = seconds_until(NIGHT, self._clock())
            await asyncio.sleep(left if is_whole else min(left, AGAIN_SECONDS))

    def reconcile(self, store: Readable) -> bool:
        """Say how the open alerts of each authority are attended to; return whether all were."""
        return all([self._one(store, la) for la in self._authorities])

    def _one(self, store: Readable, la: str) -> bool:
        # As a lead: who may read how alerts stand. No record of a child is looked at.
        who = Person(name="joinedup/dashboard", la=la, role=Role.LEAD)
        try:
            with store.reading(who) as reading:
                counts, left = reconciled(reading), untouched(reading, MOST)
        except psycopg.Error as fault:
            log.error("Authority %s is not reconciled tonight: %s", la, type(fault).__name__)
            return False
        unseen = [str(one.alert["alert_id"]) for one in left if not one.is_seen]
        _say(la, counts, unseen[:NAMED])
        if self._metrics is not None:
            self._metrics.reconciled(la, counts, self._clock())
        return True


def _say(la: str, counts: Reconciled, unseen: Sequence[str]) -> None:
    if not counts.unseen:
        log.info("Authority %s: a named person has seen each of %d open alerts.", la, counts.open)
        return
    log.warning(
        "Authority %s: of %d open alerts nobody has seen %d since they were last told, and %d have"
        " escalated by themselves. The page Attended to? says which. The most urgent: %s.",
        la,
        counts.open,
        counts.unseen,
        counts.escalated,
        ", ".join(unseen) or "not named here",
    )


def seconds_until(when: time_of_day, now: float) -> float:
    """Return how many seconds it is until a time of day in England; at that time a whole day.

    now: seconds since 1970 UTC.
    """
    here = datetime.fromtimestamp(now, LONDON)
    night = datetime.combine(here.date(), when, LONDON)
    if night.timestamp() <= now:
        night = datetime.combine(here.date() + timedelta(days=1), when, LONDON)
    return night.timestamp() - now
