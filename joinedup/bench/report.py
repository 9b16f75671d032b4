"""What the benchmark says: its numbers as text and as one object, and what bounds them."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from joinedup.bench.result import Values, machine
from joinedup.bench.run import Latency, Throughput

_BUSY = 0.8
"""From this share of the time on, a processor counts as busy."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was measured in one run.

    copied: rows of the timeline that PostgreSQL takes each second by plain COPY.
    load: average number of runnable processes of the whole machine in the minute of the run.
    cores: processors of the machine.
    """

    throughput: Throughput
    latency: Latency
    copied: float
    load: float
    cores: int

    @property
    def rate(self) -> float:
        """Events each second, from the first publish to the last commit."""
        return self.throughput.events / self.throughput.committed

    def bound(self) -> str:
        """Return in words what kept the rate from being higher."""
        seconds, cpu = self.throughput.committed, self.throughput.cpu
        name, spent = max(cpu.items(), key=lambda one: one[1])
        share, all_shares = spent / seconds, sum(cpu.values()) / seconds
        if share >= _BUSY:
            return f"the {name}, which kept a processor busy {share:.0%} of the time"
        if all_shares >= _BUSY * self.cores:
            return (
                f"the {self.cores} processors together, busy {all_shares / self.cores:.0%} of the"
                f" time; the largest part is the {name}, with {share:.0%} of one"
            )
        return (
            f"nothing measured here: the busiest, the {name}, used {share:.0%} of a processor, all"
            f" together {all_shares:.1f} of {self.cores}; the rest was waiting, or other programs"
        )

    def values(self) -> Values:
        """Return what belongs into the one object of the benchmark."""
        ratio = round(self.rate / self.copied, 3)
        return {"publish_to_store": {"events_per_s": round(self.rate), "ratios": {"copy": ratio}}}

    def more(self) -> Values:
        """Return what else was measured, for a machine to read."""
        measured = self.throughput
        return {
            "load": round(self.load, 1),
            "events": measured.events,
            "publish_per_second": round(measured.events / measured.published),
            "copy_per_second": round(self.copied),
            "cpu_seconds": {name: round(spent, 2) for name, spent in measured.cpu.items()},
            "bound": self.bound(),
            "alert_latency_ms": {
                "p50": round(_percentile(self.latency, 50) * 1000),
                "p99": round(_percentile(self.latency, 99) * 1000),
            },
        }

    def as_text(self) -> str:
        """Return the numbers for a person to read."""
        measured = self.throughput
        cpu = ", ".join(
            f"{name} {spent / measured.events * 1e6:.0f}" for name, spent in measured.cpu.items()
        )
        return (
            f"machine: {_machine()}; load average {self.load:.1f}\n"
            f"published: {measured.events} events, {measured.events / measured.published:.0f} "
            "accepted each second\n"
            f"end to end: {self.rate:.0f} events/s from the first publish to the last commit in "
            "PostgreSQL\n"
            f"beside it: PostgreSQL takes {self.copied:.0f} of the same timeline rows each second "
            f"by plain COPY; end to end is {self.rate / self.copied:.1%} of that\n"
            f"processor time for each event, in µs: {cpu}\n"
            f"bound by: {self.bound()}\n"
            f"publish to alert: p50 {_percentile(self.latency, 50) * 1000:.0f} ms, "
            f"p99 {_percentile(self.latency, 99) * 1000:.0f} ms over "
            f"{len(self.latency.seconds)} alerts"
        )


def _machine() -> str:
    found = machine()
    return f"{found['cores']} cores, {found['memory_gib']} GiB, Python {found['python']}"


def _percentile(latency: Latency, percent: int) -> float:
    return statistics.quantiles(latency.seconds, n=100, method="inclusive")[percent - 1]
