"""What came of a source is counted by day, and the days that are kept are bounded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from journey.volumes import DAYS, Day, Volumes

FIRST = datetime(2026, 3, 27, 12, tzinfo=UTC)


def kappa(days: int, hours: int = 0) -> int:
    return int((FIRST + timedelta(days=days, hours=hours)).timestamp() * 1000)


def test_what_came_and_what_was_refused_of_it_is_counted_by_londons_days() -> None:
    volumes = Volumes()
    volumes.count(kappa(0))
    volumes.count(kappa(2, hours=11))  # 23:00 UTC on 29 March is past midnight in London's summer
    volumes.count(kappa(3), refused_for="contract")
    assert volumes.days == {"2026-03-27": Day(came=1), "2026-03-30": Day(came=2, refused=1)}
    assert volumes.since("2026-03-28") == Day(came=2, refused=1)
    assert (volumes.came, volumes.refused, volumes.reasons) == (3, 1, {"contract": 1})


def test_only_the_last_days_are_kept_and_the_totals_stay() -> None:
    volumes = Volumes()
    for day in range(3 * DAYS):
        volumes.count(kappa(day))
    assert len(volumes.days) == DAYS
    assert min(volumes.days) == (FIRST + timedelta(days=2 * DAYS)).date().isoformat()
    assert volumes.came == 3 * DAYS
