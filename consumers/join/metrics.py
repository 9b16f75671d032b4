"""What the join counts, for Prometheus: numbers only, by partition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import REGISTRY, CollectorRegistry, Gauge

from consumers.store.partitions import ParkedNow, Stands


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

        self._known_time = Gauge(
            "joinedup_join_known_time_seconds",
            "Known time up to which the partition is joined, in seconds since 1970 UTC.",
            ["partition"],
            registry=registry,
        )
        self._unread = Gauge(
            "joinedup_join_unread_records",
            "Records of the partition that were not read yet, as of the last answer of Kafka.",
            ["partition"],
            registry=registry,
        )
        self._events = Gauge(
            "joinedup_join_events",
            "Events about a child in the partition, ever, by what became of them.",
            ["partition", "outcome"],
            registry=registry,
        )
        self._partitions = Gauge(
            "joinedup_join_partitions",
            "Partitions that the group gave to this process; 0 while it stands by.",
            registry=registry,
        )
        self._known: set[int] = set()

    def applied(self, partition: int, kappa: int) -> None:
        """Show up to which known time (ms since 1970 UTC) a partition is joined."""
        self._known_time.labels(str(partition)).set(kappa / 1000)
        self._known.add(partition)

    def unread(self, now: Mapping[int, int]) -> None:
        """Show how many records of each owned partition are still to be read, of no other any."""
        self._unread.clear()
        for partition, records in now.items():
            self._unread.labels(str(partition)).set(records)

    def owns(self, partitions: Iterable[int]) -> None:
        """Forget the partitions that this process has no more: another one shows them."""
        owned = set(partitions)
        self._partitions.set(len(owned))
        for partition in self._known - owned:
            self._known_time.remove(str(partition))
        self._known &= owned

    def stands(self, now: Mapping[int, Stands]) -> None:
        """Show what became of the events of each partition that is owned, and of no other."""
        self._events.clear()
        for partition, one in now.items():
            outcomes = {
                "timeline": one.timeline,
                "duplicate": one.duplicates,
                "erased": one.erased,
                "parked": one.parked.records,
            }
            for outcome, events in outcomes.items():
                self._events.labels(str(partition), outcome).set(events)

    def parked(self, now: Mapping[int, ParkedNow]) -> None:
        """Show what waits in each partition that is owned, and nothing of any other."""
        for gauge in (self._parked, self._since):
            gauge.clear()
        for partition, waiting in now.items():
            self._parked.labels(str(partition)).set(waiting.records)
            self._since.labels(str(partition)).set((waiting.since or 0) / 1000)
