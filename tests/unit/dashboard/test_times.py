"""How far a day is from today, in the unit in which a lead counts."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard.times import from_today, hours_text, moment_text
from journey.words import counted

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("day", "today", "words"),
    [
        (date(2025, 3, 12), date(2025, 3, 12), "today"),
        (date(2025, 3, 12), date(2025, 3, 25), "9 working days ago"),
        (date(2025, 3, 12), date(2025, 3, 13), "1 working day ago"),
        (date(2025, 3, 14), date(2025, 3, 16), "2 days ago"),  # a Friday, seen on Sunday
        (date(2025, 4, 17), date(2025, 4, 22), "1 working day ago"),  # Easter lies between
        (date(2025, 1, 6), date(2025, 6, 2), "21 weeks ago"),
        (date(2025, 3, 25), date(2025, 3, 12), "in 9 working days"),
        (date(2026, 3, 25), date(2025, 3, 12), "in 54 weeks"),
        (date(2030, 8, 31), date(2025, 12, 31), "in 4 years"),
        (date(2023, 3, 11), date(2025, 3, 12), "2 years ago"),
    ],
)
def test_a_day_is_told_beside_today(day: date, today: date, words: str) -> None:
    assert from_today(day, today) == words


def test_a_moment_is_told_by_the_clocks_of_england() -> None:
    assert moment_text(1_751_374_800_000) == "1 July 2025, 14:00"
    assert moment_text(1_735_740_000_000) == "1 January 2025, 14:00"


def test_one_is_told_without_an_s() -> None:
    assert (counted(1, "alert"), counted(2000, "alert")) == ("1 alert", "2,000 alerts")


def test_a_rhythm_is_told_in_hours_or_days() -> None:
    assert (hours_text(36 * HOUR), hours_text(216 * HOUR)) == ("36 hours", "9 days")
