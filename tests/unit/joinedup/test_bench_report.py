"""The benchmark says in words what bounds it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from joinedup.bench.latency import LatencyAt
from joinedup.bench.latency import told_of as latency_told
from joinedup.bench.leads import Read
from joinedup.bench.pages import PageTimes
from joinedup.bench.pages import told_of as pages_told
from joinedup.bench.parts import Part, parts
from joinedup.bench.replay import ReplayRate, Spent
from joinedup.bench.report import Report
from joinedup.bench.result import Told, result
from joinedup.bench.run import Latency, Throughput
from joinedup.commands import bench
from stack import StackError

KEYS = [
    "publish_to_store",
    "replay",
    "latency_ms",
    "deadline_to_alert_s",
    "growth",
    "pages_ms",
    "machine",
]
"""That whoever reads it by machine has to find, always."""


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
    assert report.values()["publish_to_store"]["ratios"]["copy"] == 0.04
    assert "end to end is 4.0% of that" in report.as_text()


def test_a_replay_is_told_per_core_and_beside_decoding_alone() -> None:
    rate = ReplayRate(
        records=25_000,
        decoded=Spent(2.0, 1.25),
        replayed=Spent(9.0, 5.0),
        together=4.0,
        started=0.8,
    )
    assert rate.values()["replay"] == {
        "events_per_s_per_core": 5000,
        "ratio_to_decode": 0.25,
        "seconds_2_5m": 400,
    }
    assert "6250 records/s of 25000 by two processes, which take 0.8 s to start" in rate.text()


def test_the_object_has_the_same_keys_whatever_was_measured_and_null_for_the_rest() -> None:
    nothing = result([], {})
    whole = result([a_report(join=9.0).values()], {"cores": 2})
    assert list(whole) == list(nothing) == KEYS
    assert whole["publish_to_store"]["events_per_s"] == 2000
    assert whole["publish_to_store"]["ratios"]["quix"] is None
    assert nothing["latency_ms"]["1000"] == {"p50": None, "p99": None, "p999": None}


def test_a_value_without_a_place_in_the_object_is_no_value() -> None:
    with pytest.raises(KeyError):
        result([{"publish_to_stone": {"events_per_s": 1}}], {})


def test_every_part_runs_alone_and_the_slow_one_only_where_asked_for() -> None:
    assert parts([Part.ADAPTERS], full=False) == [Part.ADAPTERS]
    assert {Part.ADAPTERS, Part.PEERS, Part.GROWTH}.isdisjoint(parts(None, full=False))
    assert parts(None, full=True) == list(Part)


def test_latency_is_told_for_each_rate_and_which_rate_could_not_be_had() -> None:
    had = LatencyAt(rate=100, published=100, joined=99, seconds=[0.1] * 100)
    lacks = LatencyAt(rate=1000, published=1000, joined=600, seconds=[0.1, 0.2, 0.3])
    told = latency_told([had, lacks])
    whole = result([told.values], {})
    assert whole["latency_ms"]["100"] == {"p50": 100.0, "p99": 100.0, "p999": 100.0}
    assert whole["latency_ms"]["1000"]["p50"] == 200.0
    first, second = told.text.splitlines()
    assert "could not be had" in second and "could not be had" not in first


def test_pages_are_told_as_fifty_leads_have_them() -> None:
    alone = [PageTimes(page="the queue", requests=20, half=40, most=50)]
    read = [
        Read(kind="queue", took=[90.0] * 20, failed=0),
        Read(kind="child", took=[110.0, 130.0], failed=1),
    ]
    told = pages_told(alone, read)
    assert result([told.values], {})["pages_ms"] == {"queue_p95": 90.0, "child_p95": 129.0}
    assert "1 were refused" in told.text


def test_without_the_demos_store_all_but_pages_is_measured_unless_pages_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measured(part: Part, place: object) -> Told:
        if part is Part.PAGES:
            raise StackError("Run `joinedup demo` first.")
        return Told({}, part)

    monkeypatch.setattr(bench, "measured", measured)
    app = typer.Typer()
    bench.register(app)
    whole = CliRunner().invoke(app, ["--json", "--root", str(tmp_path)])
    assert whole.exit_code == 0 and list(json.loads(whole.stdout)) == KEYS
    assert "Pages are left out. Run `joinedup demo` first." in whole.stderr
    asked = CliRunner().invoke(app, ["--only", "pages", "--root", str(tmp_path)])
    assert asked.exit_code == 1
