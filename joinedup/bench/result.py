"""The one object that ``joinedup bench --json`` prints: always the same keys, null for the rest."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

import psutil

Values: TypeAlias = Mapping[str, Any]

_LATENCY = {"p50": None, "p99": None, "p999": None}
_KEYS: Values = {
    "publish_to_store": {
        "events_per_s": None,
        "ratios": {"copy": None, "faust_table": None, "quix": None, "kafka_streams": None},
    },
    "replay": {
        "events_per_s_per_core": None,
        "ratio_to_decode": None,
        "seconds_2_5m": None,
        "ratio_to_kafka_streams": None,
    },
    "latency_ms": {rate: dict(_LATENCY) for rate in ("100", "1000", "5000")},
    "deadline_to_alert_s": None,
    "growth": {"cost_ratio": None, "memory_ratio": None, "recovery_s": None},
    "pages_ms": {"queue_p95": None, "child_p95": None},
    "machine": None,
}


class Told(NamedTuple):
    """What a part of the benchmark came to.

    values: of the one object, nested as it is; text: for a person; more: what else was measured,
    for the file beside.
    """

    values: Values
    text: str
    more: Values = MappingProxyType({})


def result(told: Iterable[Values], machine: Values) -> dict[str, Any]:
    """Return the whole object; raises KeyError on a value that it has no place for."""
    found = deepcopy(dict(_KEYS))
    for values in (*told, {"machine": machine}):
        _put(found, values)
    return found


def _put(into: dict[str, Any], values: Values) -> None:
    for name, value in values.items():
        if isinstance(into[name], dict):
            _put(into[name], value)
        else:
            into[name] = value


def machine() -> dict[str, Any]:
    """Return what this machine is, and how busy it is: its load average in the last minute."""
    return {
        "cores": os.cpu_count() or 1,
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
        "load_average": round(os.getloadavg()[0], 1),
    }


def percentiles(values: Sequence[float], **cuts: float) -> dict[str, float]:
    """Return the values below which so many percent lie, by name; of few ones between neighbours.

    Raises statistics.StatisticsError where there are not two values.
    """
    found = statistics.quantiles(values, n=1000, method="inclusive")
    return {name: round(found[round(percent * 10) - 1], 1) for name, percent in cuts.items()}
