"""When a recipient is told what is not urgent, by the clock of London."""

from __future__ import annotations

from datetime import time

from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.notifier.hours import closed_since, is_open, opening, release
from consumers.notifier.recipients import Hours
from tests.unit.consumers.notifier.book import at

OFFICE = Hours()
ALWAYS = Hours(opens=time(0), closes=time(0), every_day=True)
TWICE = Hours(digests=(time(9), time(16)))
MOMENTS = st.integers(at("2026-01-01T00:00"), at("2027-12-01T00:00"))


def test_within_the_hours_it_is_told_at_once_and_else_when_they_open_next() -> None:
    assert opening(OFFICE, at("2026-11-23T10:00")) == at("2026-11-23T10:00")
    assert opening(OFFICE, at("2026-11-23T07:00")) == at("2026-11-23T08:00")
    assert opening(OFFICE, at("2026-11-23T18:00")) == at("2026-11-24T08:00")


def test_a_weekend_and_the_bank_holidays_of_christmas_are_waited_out() -> None:
    assert opening(OFFICE, at("2026-11-27T18:30")) == at("2026-11-30T08:00")
    assert opening(OFFICE, at("2026-12-24T18:30")) == at("2026-12-29T08:00")


def test_who_is_told_every_day_is_told_on_a_sunday() -> None:
    assert opening(Hours(every_day=True), at("2026-11-29T09:00")) == at("2026-11-29T09:00")


def test_hours_that_end_at_midnight_are_never_closed() -> None:
    assert is_open(ALWAYS, at("2026-12-25T23:59"))
    assert is_open(ALWAYS, at("2026-12-25T00:00"))


def test_summer_time_moves_the_hours() -> None:
    assert opening(OFFICE, at("2026-03-27T19:00")) == at("2026-03-30T08:00")
    assert at("2026-03-30T08:00") - at("2026-03-27T08:00") == (3 * 24 - 1) * 3_600_000


def test_what_gathers_is_told_at_the_next_digest() -> None:
    assert release(TWICE, at("2026-11-23T08:00")) == at("2026-11-23T09:00")
    assert release(TWICE, at("2026-11-23T09:01")) == at("2026-11-23T16:00")
    assert release(TWICE, at("2026-11-27T16:01")) == at("2026-11-30T09:00")


def test_the_hours_ended_last_before_now() -> None:
    assert closed_since(OFFICE, at("2026-11-23T23:30")) == at("2026-11-23T18:00")
    assert closed_since(OFFICE, at("2026-11-29T12:00")) == at("2026-11-27T18:00")


@settings(deadline=None)  # the first looks up the bank holidays
@given(MOMENTS, st.sampled_from([OFFICE, ALWAYS, TWICE]))
def test_an_opening_is_never_before_and_always_within_the_hours(moment: int, hours: Hours) -> None:
    found = opening(hours, moment)
    assert found >= moment
    assert is_open(hours, found)
    assert opening(hours, found) == found
    assert (found == moment) is is_open(hours, moment)


@settings(deadline=None)  # the first looks up the bank holidays
@given(MOMENTS)
def test_a_digest_is_never_before_and_within_the_hours(moment: int) -> None:
    found = release(TWICE, moment)
    assert found >= moment
    assert is_open(TWICE, found)
