"""What the notifier counts, for Prometheus: by step, channel, reason and authority."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge

from consumers.notifier.delivery import Delivery


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
        self._untold = Gauge(
            "joinedup_notifier_untold_critical_alerts",
            "Critical alerts that are open and of which nobody was told.",
            ["la"],
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
            self._untold.labels(la).set(found.get(la, 0))
        self._shown |= found.keys()

    def recipients_are(self, in_order: bool) -> None:
        """Show whether the file of recipients is in order."""
        self._recipients.set(int(in_order))

    def looked(self, now: int) -> None:
        """Show that the notifier is at work; now: ms since 1970 UTC."""
        self._alive.set(now / 1000)
