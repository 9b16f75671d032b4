"""What the relay counts, for Prometheus: numbers only."""

from __future__ import annotations

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge


class RelayMetrics:
    """The metrics of one relay process; one that stands by shows zeros."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register the metrics."""
        self._published = Counter(
            "joinedup_relay_published_transitions",
            "Alert transitions that this process published.",
            registry=registry,
        )
        self._unpublished = Gauge(
            "joinedup_relay_unpublished_transitions",
            "Alert transitions that are told and not on the topic, when last looked.",
            registry=registry,
        )
        self._works = Gauge(
            "joinedup_relay_works",
            "1 where this relay publishes, 0 where it stands by.",
            registry=registry,
        )
        self._caught_up = Gauge(
            "joinedup_relay_caught_up_seconds",
            "When all that was told was last found published, in seconds since 1970 UTC.",
            registry=registry,
        )

    def published(self, transitions: int) -> None:
        """Count transitions that the topic has."""
        self._published.inc(transitions)

    def works(self, does: bool) -> None:
        """Show whether this relay is the one that works."""
        self._works.set(int(does))

    def unpublished(self, transitions: int) -> None:
        """Show how many transitions wait to be published."""
        self._unpublished.set(transitions)

    def caught_up(self) -> None:
        """Show that nothing waits to be published."""
        self._caught_up.set_to_current_time()
