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


def test_a_step_of_our_clock_shows_at_once_and_so_does_the_way_back() -> None:
    watch = a_watch()
    watch.look_at(1_000_000, 0)
    watch.look_at(1_000_500, 500)
    assert not watch.is_skewed
    watch.look_at(4_601_000, 1_000)
    assert watch.skew_ms == 3_600_000
    watch.look_at(1_001_500, 1_500)
    assert not watch.is_skewed


def test_a_clock_put_right_bit_by_bit_is_no_step() -> None:
    watch = a_watch()
    for second in range(100):
        watch.look_at(1_000_000 + second * 2_000, second * 1_000)
    assert not watch.is_skewed


def test_what_was_asked_before_a_step_proves_no_agreement_after_it() -> None:
    watch = a_watch()
    watch.look_at(1_000_000, 0)
    watch.look_at(4_600_100, 100)
    watch.look([a_record(11, 1_000_050)], now=4_600_200, before=BEFORE)
    assert watch.is_skewed
    asked = Asked(4_600_300, {TOPIC: 12}, watch.steps)
    watch.look([a_record(12, 1_000_400)], now=4_600_500, before=asked)
    assert watch.skew_ms == 4_600_300 - 1_000_400


def test_a_step_that_puts_our_clock_right_is_believed_once_a_fresh_record_agrees() -> None:
    watch = a_watch()
    watch.look_at(1_000_000, 0)
    watch.look_at(1_060_000, 0)
    asked = Asked(1_060_000, {TOPIC: 3}, watch.steps)
    watch.look([a_record(3, 1_060_010)], now=1_060_100, before=asked)
    assert not watch.is_skewed


def test_no_record_is_known_before_we_hold_it() -> None:
    watch = a_watch()
    records = [a_record(1, 999_000), a_record(2, 1_005_000), a_record(3, 9_000_000)]
    assert [one.time for one in watch.known(records, now=1_000_000)] == [
        999_000,
        1_005_000,
        1_000_000,
    ]
