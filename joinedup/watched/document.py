"""Writes docs/metrics.md from the metrics themselves: ``python -m joinedup.watched.document``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.metrics import MetricWrapperBase

from consumers.audit.metrics import SealerMetrics
from consumers.intake.metrics import IntakeMetrics
from consumers.join.metrics import JoinMetrics
from consumers.join.overview import OverviewMetrics
from consumers.notifier.metrics import NotifierMetrics
from consumers.relay.metrics import RelayMetrics
from dashboard.metrics import DashboardMetrics
from gateway import metrics as of_the_gateway
from joinedup.watched.port import ProcessPort, nothing

PAGE = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
BEGIN, END = "<!-- begin: made by python -m joinedup.watched.document -->", "<!-- end -->"


def _register(registry: CollectorRegistry, metrics: Iterable[MetricWrapperBase]) -> None:
    for one in metrics:
        registry.register(one)


_MAKE: Mapping[str, Callable[[CollectorRegistry], object]] = {
    "every process": lambda registry: ProcessPort(nothing, registry=registry),
    "intake": IntakeMetrics,
    "join": lambda registry: (JoinMetrics(registry), OverviewMetrics(registry)),
    "relay": RelayMetrics,
    "notifier": NotifierMetrics,
    "sealer": SealerMetrics,
    "gateway": lambda registry: _register(registry, of_the_gateway.ALL),
    "dashboard": DashboardMetrics,
}


class Shown(NamedTuple):
    """A metric as Prometheus has it; name: as it is asked for."""

    process: str
    name: str
    kind: str
    labels: tuple[str, ...]
    unit: str
    meaning: str


def every_metric() -> Iterator[Shown]:
    """Yield each metric of our own that a process shows, process by process."""
    for process, make in _MAKE.items():
        registry = CollectorRegistry()
        kept = make(registry)
        for collector in sorted(_collectors(registry), key=lambda one: _described(one).name):
            yield _shown(process, collector)
        del kept


def table() -> str:
    """Return the table of the page."""
    rows = [
        "| process | name | kind | labels | unit | meaning |",
        "|---|---|---|---|---|---|",
    ]
    for one in every_metric():
        labels = ", ".join(f"`{label}`" for label in one.labels)
        rows.append(
            f"| {one.process} | `{one.name}` | {one.kind} | {labels} | {one.unit} | {one.meaning} |"
        )
    return "\n".join(rows)


def page(text: str) -> str:
    """Return the page with its table made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _collectors(registry: CollectorRegistry) -> Iterator[MetricWrapperBase]:
    for one in registry._collector_to_names:  # the client has no public way to its labels
        assert isinstance(one, MetricWrapperBase)
        yield one


def _described(collector: MetricWrapperBase) -> Metric:
    return next(iter(collector.describe()))


def _shown(process: str, collector: MetricWrapperBase) -> Shown:
    described = _described(collector)
    name = f"{described.name}{_SUFFIX.get(described.type, '')}"
    return Shown(
        process=process,
        name=name,
        kind=described.type,
        labels=tuple(collector._labelnames),
        unit=_unit(described),
        meaning=described.documentation,
    )


_COUNTED = (
    *("records", "events", "transitions", "alerts", "deliveries", "rows", "heads", "ticks"),
    *("steps", "answers", "partitions"),
)
_OF_WHAT = {"joinedup_intake_refused": "records", "joinedup_build": ""}
_SUFFIX = {"counter": "_total", "info": "_info"}


def _unit(metric: Metric) -> str:
    said = metric.documentation
    if "seconds since 1970" in said:
        return "s since 1970 UTC"
    if metric.name.endswith("_seconds"):
        return "s"
    if said.startswith("1 where"):
        return "0 or 1"
    if metric.name in _OF_WHAT:
        return _OF_WHAT[metric.name]
    return next(word for word in metric.name.split("_") if word in _COUNTED)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
