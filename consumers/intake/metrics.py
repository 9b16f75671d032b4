"""What intake counts, for Prometheus: numbers only, by partition and reason code."""

from __future__ import annotations

from contextlib import suppress

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge

from consumers.intake.ledger import Ledger
from consumers.intake.scribe import Transaction
from schemas.refusals import REASONS


class IntakeMetrics:
    """The metrics of one intake process."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register the metrics."""
        self._totals = Gauge(
            "joinedup_intake_records",
            "Records of the partition, ever: read is journeyed plus dead.",
            ["partition", "outcome"],
            registry=registry,
        )
        self._refused = Counter(
            "joinedup_intake_refused",
            "Dead letters written by this process, by reason.",
            ["reason"],
            registry=registry,
        )
        for reason in REASONS:  # so that the first one is a rise
            self._refused.labels(reason)
        self._ticks = Counter(
            "joinedup_intake_ticks", "Ticks written by this process.", registry=registry
        )
        self._known_time = Gauge(
            "joinedup_intake_known_time_seconds",
            "Known time up to which the partition is written, in seconds since 1970 UTC.",
            ["partition"],
            registry=registry,
        )
        self._unread = Gauge(
            "joinedup_intake_unread_records",
            "Records of the inputs that were not read yet, when the partition was last looked at.",
            ["partition"],
            registry=registry,
        )
        self._skew = Gauge(
            "joinedup_intake_clock_skew_seconds",
            "Our clock minus the broker's where they differ too much for ticks, else 0.",
            registry=registry,
        )

    def committed(self, partition: int, transaction: Transaction) -> None:
        """Count a committed transaction."""
        for reason in transaction.refusals:
            self._refused.labels(reason).inc()
        self._ticks.inc(transaction.ticks)
        self._ledger(str(partition), transaction.ledger)

    def unread(self, partition: int, records: int) -> None:
        """Show how many records of a partition's inputs are still to be read."""
        self._unread.labels(str(partition)).set(records)

    def let_go(self, partition: int) -> None:
        """Forget a partition that this process works on no more: another one shows it."""
        for gauge in (self._known_time, self._unread):
            with suppress(KeyError):
                gauge.remove(str(partition))

    def skewed(self, milliseconds: int) -> None:
        """Show by how much the clocks differ; 0 where they agree."""
        self._skew.set(milliseconds / 1000)

    def _ledger(self, partition: str, ledger: Ledger) -> None:
        self._totals.labels(partition, "read").set(ledger.read)
        self._totals.labels(partition, "journeyed").set(ledger.journeyed)
        self._totals.labels(partition, "dead").set(ledger.dead)
        self._known_time.labels(partition).set(ledger.kappa / 1000)
