"""What the join counts, for Prometheus: numbers only, by partition."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import REGISTRY, CollectorRegistry, Gauge

from consumers.store.partitions import ParkedNow


class JoinMetrics:
    """The metrics of one join process."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register the metrics."""
        self._parked = Gauge(
            "joinedup_join_parked_records",
            "Records that wait now because one of their child's could not be taken in.",
            ["partition"],
            registry=registry,
        )
        self._since = Gauge(
            "joinedup_join_parked_since_seconds",
            "Known time of the oldest record that waits, in seconds since 1970 UTC; 0 where none.",
            ["partition"],
            registry=registry,
        )

    def parked(self, now: Mapping[int, ParkedNow]) -> None:
        """Show what waits in each partition that is owned, and nothing of any other."""
        for gauge in (self._parked, self._since):
            gauge.clear()
        for partition, waiting in now.items():
            self._parked.labels(str(partition)).set(waiting.records)
            self._since.labels(str(partition)).set((waiting.since or 0) / 1000)
