"""Shows once in a while how alerts and sources stand, beside the join and never in its way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

import psycopg
from prometheus_client import REGISTRY, CollectorRegistry, Gauge

from consumers.coarse import to_the_hour, up_to_five
from consumers.store.overview import Overview, overview

EVERY_SECONDS = 30.0
LONGEST_SECONDS = 20
"""After so long a question is given up: a store that is busy has more urgent things to answer."""

log = logging.getLogger(__name__)


class OverviewMetrics:
    """Alerts by state and the freshness of sources, of the authorities that this join works on."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register the metrics."""

        def gauge(name: str, about: str, *labels: str) -> Gauge:
            return Gauge(name, about, labels, registry=registry)

        self._states = gauge(
            "joinedup_alerts",
            "Alerts by state, rounded up to the next five.",
            *("la", "state"),
        )
        self._open = gauge(
            "joinedup_open_alerts",
            "Open alerts by severity and by how people attend to them (all, unseen, untaken,"
            " aside, escalated), each rounded up to the next five.",
            *("la", "severity", "attention"),
        )
        self._oldest = gauge(
            "joinedup_oldest_unseen_alert_seconds",
            "The hour in which the oldest open alert that nobody saw was opened, in seconds since"
            " 1970 UTC; absent where each was seen.",
            *("la", "severity"),
        )
        self._heard = gauge(
            "joinedup_source_heard_seconds",
            "When the last record of the source came, in seconds since 1970 UTC.",
            *("la", "source"),
        )
        self._complete = gauge(
            "joinedup_source_complete_to_seconds",
            "Until when nothing of the source can be missing, in seconds since 1970 UTC.",
            *("la", "source"),
        )
        self._silent = gauge(
            "joinedup_source_silent",
            "1 where the source is silent for longer than it declared, and that is told.",
            *("la", "source"),
        )

    def show(self, found: Overview) -> None:
        """Show how things stand, and nothing of what is no longer there."""
        for one in (self._states, self._open, self._oldest, self._heard, self._complete):
            one.clear()
        self._silent.clear()
        for la, state, count in found.states:
            self._states.labels(la, state).set(up_to_five(count))
        for alerts in found.open:
            counts = {
                "all": alerts.open,
                "unseen": alerts.unseen,
                "untaken": alerts.untaken,
                "aside": alerts.aside,
                "escalated": alerts.escalated,
            }
            for attention, count in counts.items():
                labels = (alerts.la, alerts.severity, attention)
                self._open.labels(*labels).set(up_to_five(count))
            if alerts.oldest_unseen is not None:
                hour = to_the_hour(alerts.oldest_unseen)
                self._oldest.labels(alerts.la, alerts.severity).set(hour)
        for source in found.sources:
            self._heard.labels(source.la, source.source).set(source.heard / 1000)
            self._complete.labels(source.la, source.source).set(source.complete_to / 1000)
            self._silent.labels(source.la, source.source).set(int(source.is_silent))


async def keep_showing(
    dsn: str, owned: Callable[[], Iterable[int]], metrics: OverviewMetrics
) -> None:
    """Show it again and again, over a connection of its own, until cancelled.

    owned: the partitions whose authorities are shown. Where the store does not answer, the numbers
    stay as they were and it is tried again.
    """
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                dsn,
                autocommit=True,
                connect_timeout=5,
                application_name="join-overview",
                options=f"-c statement_timeout={LONGEST_SECONDS}s",
            ) as connection:
                while True:
                    metrics.show(await overview(connection, owned()))
                    await asyncio.sleep(EVERY_SECONDS)
        except psycopg.Error as failure:
            log.debug("The overview was not read: %s", type(failure).__name__)
            await asyncio.sleep(EVERY_SECONDS)
