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

    def caught_up(self) -> None:
        """Show that no row waits to be chained."""
        self._caught_up.set_to_current_time()

    def signed(self, heads: int) -> None:
        """Count signed heads, and show that none is left that moved."""
        self._signed.inc(heads)
        self._signed_at.set_to_current_time()
