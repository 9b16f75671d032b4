"""Clocks are compared by records that can prove something, and by no others."""

from __future__ import annotations

from consumers.intake.incoming import Incoming
from consumers.intake.skew import Asked, SkewWatch

TOPIC = "health.events"
BEFORE = Asked(1_000_000, {TOPIC: 10})


def a_record(offset: int, time: int) -> Incoming:
    return Incoming(topic=TOPIC, partition=0, offset=offset, time=time, key=None, value=None)


def a_watch() -> SkewWatch:
    return SkewWatch(allowed_ms=5_000)


def test_a_backlog_of_an_hour_is_no_skew() -> None:
    watch = a_watch()
    watch.look([a_record(9, 1)], now=3_600_000, before=BEFORE)
    watch.look([a_record(9, 1)], now=3_600_000, before=None)
    assert not watch.is_skewed


def test_a_record_stamped_later_than_now_shows_that_our_clock_is_behind() -> None:
    watch = a_watch()
    watch.look([a_record(3, 1_005_001)], now=1_000_000, before=None)
    assert watch.skew_ms == -5_001
    assert watch.is_skewed


def test_a_fresh_record_stamped_before_we_asked_shows_that_our_clock_is_ahead() -> None:
    watch = a_watch()
    watch.look([a_record(10, 994_999)], now=1_000_100, before=BEFORE)
    assert watch.skew_ms == 5_001
    assert watch.is_skewed


def test_five_seconds_are_allowed() -> None:
    watch = a_watch()
    watch.look([a_record(10, 995_000), a_record(11, 1_005_000)], now=1_000_000, before=BEFORE)
    assert not watch.is_skewed


def test_a_skew_lasts_until_a_fresh_record_shows_agreement() -> None:
    watch = a_watch()
    watch.look([a_record(10, 2_000_000)], now=1_000_000, before=BEFORE)
    watch.look([a_record(9, 900_000)], now=1_000_000, before=BEFORE)
    assert watch.is_skewed
    watch.look([a_record(11, 1_000_001)], now=1_000_002, before=BEFORE)
    assert not watch.is_skewed


def test_a_clock_before_what_is_written_is_behind() -> None:
    watch = a_watch()
    watch.look_back(written=1_005_000, now=1_000_000)
    assert not watch.is_skewed
    watch.look_back(written=1_005_001, now=1_000_000)
    assert watch.is_skewed
