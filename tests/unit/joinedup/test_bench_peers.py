"""A comparison says how far ahead ours is, and whether all did the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from joinedup.bench.peers import Peer, Programs
from joinedup.bench.peers_result import Alert, Comparison, Drained, Read, Seen
from joinedup.bench.result import result
from stack.errors import ProgramMissing

ALERTS = frozenset({Alert("child", "DUTY", date(2026, 1, 1))})


def drained(name: str, seconds: float, rows: int = 1100) -> Drained:
    """Return who saw the first 100 rows after a second and the last so many seconds later."""
    return Drained(
        name=name,
        began=0,
        first=Seen(1, 100),
        last=Seen(1 + seconds, rows),
        cpu={"it": 0.1},
        alerts=ALERTS,
    )


COMPARED = Comparison(
    ours=replace(drained("ours", 2), alerts=None),
    peers=[drained("faust_table", 10), drained("quix", 2), drained("kafka_streams", 1)],
    copied=5000,
    replayed=Read(events=1000, seconds=2),
    reprocessed=Read(events=1000, seconds=1),
)


def test_a_rate_counts_from_the_first_rows_that_were_seen_and_not_from_the_start() -> None:
    assert COMPARED.ours.events_per_s == 500
    assert COMPARED.ours.cpu_per_event == pytest.approx(1e-4)


def test_where_all_rows_were_seen_at_once_the_start_is_all_that_there_is_to_count_from() -> None:
    assert replace(COMPARED.ours, first=COMPARED.ours.last).events_per_s == pytest.approx(1100 / 3)


def test_a_ratio_is_ours_divided_by_the_other_s() -> None:
    ratios = {"copy": 0.1, "faust_table": 5, "quix": 1, "kafka_streams": 0.5}
    assert pytest.approx(ratios) == COMPARED.ratios
    assert COMPARED.ratio_to_kafka_streams == 0.5


def test_the_one_object_has_a_place_for_all_of_it() -> None:
    found = result([COMPARED.values()], {})
    assert found["publish_to_store"]["ratios"]["kafka_streams"] == 0.5
    assert found["replay"]["ratio_to_kafka_streams"] == 0.5


def test_what_was_not_measured_is_left_open() -> None:
    without = replace(COMPARED, peers=[], reprocessed=None)
    assert without.ratio_to_kafka_streams is None
    assert without.values() == {"publish_to_store": {"events_per_s": 500, "ratios": {"copy": 0.1}}}


def test_the_same_work_is_said_to_be_the_same() -> None:
    assert COMPARED.unfair() == []
    assert "the same work: 1100 timeline rows of each" in COMPARED.text()


def test_who_wrote_fewer_rows_or_other_alerts_is_named() -> None:
    less = drained("quix", 1, rows=1099)
    other = replace(drained("kafka_streams", 1), alerts=frozenset())
    found = replace(COMPARED, peers=[drained("faust_table", 1), less, other])
    assert found.unfair() == [
        "quix wrote 1099 rows, ours 1100",
        "1 alerts differ between faust_table and kafka_streams",
    ]
    assert "NOT THE SAME WORK: quix wrote 1099 rows" in found.text()


def test_without_maven_it_is_said_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ProgramMissing, match="mvn on the PATH, or leave it out with --peer"):
        Programs.built([Peer.KAFKA_STREAMS], tmp_path, None, print)


def test_what_nobody_chose_is_left_out_where_it_cannot_be_built(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said: list[str] = []
    monkeypatch.setattr("joinedup.bench.peers_build._LOCK", tmp_path / "absent")
    assert Programs.built([], tmp_path, None, said.append).commands == {}
    assert len(said) == 3 and "checkout of the repository" in said[0]
