"""What waits is said by `joinedup status` and in the metrics, in numbers only."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry

from consumers.join.metrics import JoinMetrics
from consumers.store.parks import ParkedTotals
from consumers.store.partitions import ParkedNow
from joinedup.commands.status import _print_parked
from tests.unit.journey.streams import at


def test_status_says_what_waits_and_since_when(capsys: pytest.CaptureFixture[str]) -> None:
    _print_parked({"live": ParkedTotals(1204, at(3)), "demo": ParkedTotals(0, None)})
    shown = capsys.readouterr().err
    assert "Parked in live: 1,204, the first since 2025-09-03." in shown
    assert "demo" not in shown


def test_the_metrics_show_the_partitions_that_are_owned_and_no_others() -> None:
    registry = CollectorRegistry()
    metrics = JoinMetrics(registry)

    def shown(partition: int) -> tuple[float | None, float | None]:
        labels = {"partition": str(partition)}
        return (
            registry.get_sample_value("joinedup_join_parked_records", labels),
            registry.get_sample_value("joinedup_join_parked_since_seconds", labels),
        )

    metrics.parked({1: ParkedNow(3, 5_000), 2: ParkedNow(0, None)})
    assert (shown(1), shown(2)) == ((3, 5), (0, 0))
    metrics.parked({2: ParkedNow(0, None)})
    assert (shown(1), shown(2)) == ((None, None), (0, 0))
