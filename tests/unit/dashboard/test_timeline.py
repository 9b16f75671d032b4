"""A timeline tells runs of one kind together, and never hides what an alert hangs on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dashboard.child import day_given, timeline_of
from tests.unit.dashboard.alerts import a_moment, an_alert

FIRST = date(2025, 3, 3)
TODAY = date(2025, 3, 25)
DAYS = [a_moment(f"e{n}", FIRST + timedelta(days=n)) for n in range(5)]


def test_the_latest_comes_first_and_a_run_is_one_line() -> None:
    placed = a_moment("p", FIRST + timedelta(days=9), "ApPlacementStarted")
    lines = timeline_of([*DAYS, placed], [], TODAY)
    assert [(line.what, line.count) for line in lines] == [
        ("AP placement started", 1),
        ("Session attendance recorded", 5),
    ]
    assert (lines[1].first, lines[1].day) == (FIRST, FIRST + timedelta(days=4))


def test_a_fact_that_an_alert_hangs_on_has_a_line_of_its_own() -> None:
    lines = timeline_of(DAYS, [an_alert(because=["e2"], met_by=["e4"])], TODAY)
    assert [line.count for line in lines] == [1, 1, 1, 2]
    assert [bool(line.alerts) for line in lines] == [False, False, True, False]
    assert [bool(line.ended) for line in lines] == [True, False, False, False]


@pytest.mark.parametrize(
    ("given", "day"),
    [
        (("", "", ""), TODAY),
        (("3", "3", "2025"), FIRST),
        (("31", "2", "2025"), None),
        (("3", "", "2025"), None),
        (("x", "3", "2025"), None),
    ],
)
def test_a_day_is_taken_from_three_fields_or_refused(
    given: tuple[str, str, str], day: date | None
) -> None:
    assert day_given(*given, TODAY) == day
