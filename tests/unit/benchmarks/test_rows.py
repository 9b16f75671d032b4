"""What is written twice is the same row."""

from __future__ import annotations

from datetime import date

from benchmarks.join import Alert, Link
from benchmarks.rows import newest, statement


def test_of_what_a_batch_says_twice_of_a_row_the_last_is_written() -> None:
    rows = newest([Link("a", "x"), Alert("x", "D", "r", 1, True), Alert("x", "D", "r", 1, False)])
    assert rows["links"] == [{"identifier": "a", "child": "x"}]
    assert [one["open"] for one in rows["alerts"]] == [False]
    assert rows["alerts"][0]["due"] == date(1970, 1, 2)


def test_a_row_of_the_timeline_stays_and_the_others_are_renewed() -> None:
    assert statement("timeline", ["identifier", "event_id"]).endswith("DO NOTHING")
    assert statement("links", ["identifier", "child"]).endswith("SET child = excluded.child")
