"""What the notifier counts, for Prometheus: by step, channel, reason and authority."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge

from consumers.coarse import up_to_five
from consumers.notifier.delivery import Delivery, Step
from consumers.notifier.planning import GIVEN_UP_FOR
from consumers.notifier.recipients import Channel


class NotifierMetrics:
    """The metrics of one notifier process."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register the metrics."""
        self._steps = Counter(
            "joinedup_notifier_steps",
            "Steps of deliveries put on record by this process.",
            ["step", "channel", "reason"],
            registry=registry,
        )
        for channel, reason in product(Channel, GIVEN_UP_FOR):  # so that the first one is a rise
            self._steps.labels(Step.GIVEN_UP, channel, reason)
        self._untold = Gauge(
            "joinedup_notifier_untold_critical_alerts",
            "Critical alerts that are open and of which nobody was told, rounded up to the next"
            " five.",
            ["la"],
            registry=registry,
        )
        self._works = Gauge(
            "joinedup_notifier_works",
            "1 where this notifier tells, 0 where it stands by.",
            registry=registry,
        )
        self._unread = Gauge(
            "joinedup_notifier_unread_records",
            "Records of the alerts topic that were not read yet, as of the last answer of Kafka.",
            registry=registry,
        )
        self._waiting = Gauge(
            "joinedup_notifier_waiting_deliveries",
            "Deliveries that are to leave, now or within somebody's hours.",
            ["urgent"],
            registry=registry,
        )
        self._oldest = Gauge(
            "joinedup_notifier_oldest_waiting_seconds",
            "When the oldest delivery that is to leave was planned, in seconds since 1970 UTC;"
            " absent where none waits.",
            ["urgent"],
            registry=registry,
        )
        self._recipients = Gauge(
            "joinedup_notifier_recipients_in_order",
            "1 where the file of recipients could be read when it was last replaced, else 0.",
            registry=registry,
        )
        self._alive = Gauge(
            "joinedup_notifier_looked_at_seconds",
            "When the notifier last looked for what is to leave, in seconds since 1970 UTC.",
            registry=registry,
        )
        self._recipients.set(1)
        self._shown: set[str] = set()

    def recorded(self, step: Delivery) -> None:
        """Count a step."""
        self._steps.labels(step.step, step.channel, step.reason or "").inc()

    def untold(self, found: Mapping[str, int]) -> None:
        """Show how many critical alerts nobody was told of, by authority."""
        for la in self._shown | found.keys():
            self._untold.labels(la).set(up_to_five(found.get(la, 0)))
        self._shown |= found.keys()

    def works(self, does: bool) -> None:
        """Show whether this notifier is the one that works."""
        self._works.set(int(does))

    def unread(self, records: int) -> None:
        """Show how many records of the alerts topic are still to be read."""
        self._unread.set(records)

    def waiting(self, found: Mapping[bool, tuple[int, int]]) -> None:
        """Show what is to leave, urgent or not: how many, and since when (ms) the oldest waits."""
        self._oldest.clear()
        for urgent in (True, False):
            count, oldest = found.get(urgent, (0, 0))
            name = "yes" if urgent else "no"
            self._waiting.labels(name).set(count)
            if count:
                self._oldest.labels(name).set(oldest / 1000)

    def recipients_are(self, in_order: bool) -> None:
        """Show whether the file of recipients is in order."""
        self._recipients.set(int(in_order))

    def looked(self, now: int) -> None:
        """Show that the notifier is at work; now: ms since 1970 UTC."""
        self._alive.set(now / 1000)
