"""What the sealer counts, for Prometheus: numbers only."""

from __future__ import annotations

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge


class SealerMetrics:
    """The metrics of one sealer process; one that stands by shows zeros."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register the metrics."""
        self._caught_up = Gauge(
            "joinedup_sealer_caught_up_seconds",
            "When every row was last found chained, in seconds since 1970 UTC.",
            registry=registry,
        )
        self._works = Gauge(
            "joinedup_sealer_works",
            "1 where this sealer seals, 0 where it stands by.",
            registry=registry,
        )
        self._rows = Counter(
            "joinedup_sealer_sealed_rows",
            "Rows of what people looked at and did, and of deliveries, that this process chained.",
            registry=registry,
        )
        self._signed = Counter(
            "joinedup_sealer_signed_heads",
            "Heads of chains that this process signed and published.",
            registry=registry,
        )
        self._signed_at = Gauge(
            "joinedup_sealer_signed_seconds",
            "When every head that moved was last found signed, in seconds since 1970 UTC.",
            registry=registry,
        )

    def works(self, does: bool) -> None:
        """Show whether this sealer is the one that works."""
        self._works.set(int(does))

    def sealed(self, rows: int) -> None:
        """Count rows that were chained."""
        self._rows.inc(rows)

    def caught_up(self) -> None:
        """Show that no row waits to be chained."""
        self._caught_up.set_to_current_time()

    def signed(self, heads: int) -> None:
        """Count signed heads, and show that none is left that moved."""
        self._signed.inc(heads)
        self._signed_at.set_to_current_time()
