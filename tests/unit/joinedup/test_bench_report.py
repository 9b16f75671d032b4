"""The benchmark says in words what bounds it."""

from __future__ import annotations

import json

import pytest

from joinedup.commands.bench_report import Report
from joinedup.commands.bench_run import Latency, Throughput


def a_report(**cpu: float) -> Report:
    """Return the report of a run of ten seconds in which the processes spent so much."""
    return Report(
        throughput=Throughput(events=20_000, published=5, committed=10, cpu=cpu),
        latency=Latency(seconds=[0.06] * 20),
        copied=50_000,
        load=1.5,
        cores=2,
    )


@pytest.mark.parametrize(
    ("cpu", "said"),
    [
        ({"join": 9.0, "intake": 1.0}, "the join, which kept a processor busy 90% of the time"),
        ({"join": 7.0, "intake": 6.0, "Kafka": 5.0}, "the 2 processors together, busy 90%"),
        ({"join": 3.0, "intake": 1.0}, "nothing measured here: the busiest, the join"),
    ],
)
def test_what_bounds_is_the_busiest_process_or_the_machine_or_neither(
    cpu: dict[str, float], said: str
) -> None:
    assert a_report(**cpu).bound().startswith(said)


def test_end_to_end_is_set_beside_plain_copy_of_the_same_run() -> None:
    report = a_report(join=9.0)
    assert report.as_object()["end_to_end_to_copy"] == 0.04
    assert "end to end is 4.0% of that" in report.as_text()


def test_the_object_is_one_line_of_json() -> None:
    assert json.loads(json.dumps(a_report(join=9.0).as_object()))["bound"]
