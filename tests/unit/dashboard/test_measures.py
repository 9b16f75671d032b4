"""What a manager is told of times, and what of small numbers may leave."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.store.figures import Load, Told
from dashboard.figures import agencies_of, period_of, told_rows
from dashboard.figures_export import FEW, TOO_FEW, cells_of, count_text, harmless, load_of, table_of
from dashboard.measures import figures_by, figures_of, measured
from journey.moments import DAY, HOUR, deadline

FRIDAY = deadline(date(2025, 3, 6)) + 9 * HOUR  # 7 March 2025, 9:00
TODAY = date(2025, 3, 25)


def told(number: int = 0, **differing: Any) -> Told:
    said: dict[str, Any] = {
        "alert_id": f"00000000-0000-0000-0000-{number:012}",
        "duty": "JOINT_PLAN_MISSING",
        "severity": "high",
        "status": "OPEN",
        "outcome": "",
        "told_at": FRIDAY,
        "ended_at": None,
        "seen_at": None,
        "acted_at": None,
        "assignee": "",
        "closed_as": "",
    }
    return Told(**{**said, **differing})


def ended(hours: int, **differing: Any) -> Told:
    said = {"status": "RESOLVED", "outcome": "MET_LATE", "ended_at": FRIDAY + hours * HOUR}
    return told(**{**said, **differing})


def test_short_times_are_told_in_hours_and_long_ones_in_working_days() -> None:
    short = measured([(FRIDAY, FRIDAY + 5 * HOUR)])
    assert short.words == ("5 hours", "5 hours")
    over_a_weekend = measured([(FRIDAY, FRIDAY + 4 * DAY)])
    assert over_a_weekend.words == ("2 working days", "2 working days")


def test_what_is_not_done_yet_counts_as_longer_than_all_that_is() -> None:
    ten = [(FRIDAY, FRIDAY + n * HOUR) for n in range(1, 6)] + [(FRIDAY, None)] * 5
    found = measured(ten)
    assert (found.of, found.done) == (10, 5)
    assert found.words == ("5 hours", "not yet")
    assert measured([*ten, (FRIDAY, None)]).words == ("not yet", "not yet")
    assert measured([]).words == ("–", "–")


@given(st.lists(st.one_of(st.none(), st.integers(0, 10_000)), min_size=1, max_size=60))
def test_half_and_nine_in_ten_are_within_the_times_that_are_told(hours: list[int | None]) -> None:
    found = measured((FRIDAY, None if one is None else FRIDAY + one * HOUR) for one in hours)
    for share, took in ((0.5, found.half), (0.9, found.most)):
        done = [one for one in hours if one is not None]
        if took is None:
            assert len(done) < share * len(hours)
        else:
            assert sum(one <= took.hours for one in done) >= share * len(hours)


def test_each_alert_counts_in_its_groups_and_a_warning_in_none() -> None:
    alerts = [told(1), ended(3, duty="EHC_PLAN_20_WEEKS"), told(2, told_at=None)]
    rows = figures_by(alerts, lambda one: (one.duty,))
    assert [(one.name, one.told, one.open, one.ended) for one in rows] == [
        ("EHC_PLAN_20_WEEKS", 1, 0, 1),
        ("JOINT_PLAN_MISSING", 1, 1, 0),
    ]
    every = figures_of("All", alerts)
    assert every.told == 2 and dict(every.outcomes) == {"MET_LATE": 1}


def test_a_duty_of_several_agencies_counts_with_each() -> None:
    assert agencies_of("JOINT_PLAN_AGENCY_SILENT") and agencies_of("SOURCE_SILENT") == ["No agency"]


def test_no_small_number_leaves_and_no_difference_of_two_gives_one() -> None:
    assert [count_text(n) for n in (0, 1, 4, 5, 7, 8, 12, 13)] == [
        *("0", FEW, FEW, "5", "5", "10", "10", "15")
    ]
    few = figures_of("few", [ended(n) for n in range(9)])
    assert list(cells_of(few).values())[3:] == [TOO_FEW] * 8
    enough = figures_of("enough", [ended(n) for n in range(10)])
    assert list(cells_of(enough).values())[-4:] == ["4", "0", "8", "0"]


def test_who_has_how_many_leaves_rounded_too() -> None:
    sent = load_of(
        Load(assignee="a.lead", open=13, severe=2, by_age=(0, 4, 9)), ("up to 7 days", "b", "c")
    )
    assert (sent.name, list(sent.figures)) == (
        "a.lead",
        ["open", "critical_or_high", "up_to_7_days", "b", "c"],
    )
    assert list(sent.figures.values()) == ["15", FEW, "0", FEW, "10"]


def test_the_table_is_csv_with_a_row_for_all_and_no_formula() -> None:
    rows = figures_by([told(1)], lambda one: ("=HYPERLINK(1)",))
    lines = list(csv.reader(table_of("Lead", rows, figures_of("All", [told(1)])).splitlines()))
    assert lines[0][:2] == ["lead", "alerts_told"] and lines[1][0] == "'=HYPERLINK(1)"
    assert len({len(line) for line in lines}) == 1 and lines[2][0] == "All"
    assert harmless("a.lead") == "a.lead"


@pytest.mark.parametrize(
    ("first", "last", "wrong"),
    [
        ("1.2.2025", "1.3.2025", ""),
        ("", "", ""),
        ("31.2.2025", "1.3.2025", "Enter two real days"),
        ("2.3.2025", "1.3.2025", "Enter a last day that is not before the first"),
        ("1.3.2023", "1.3.2025", "Enter a period of 366 days or fewer"),
    ],
)
def test_a_period_is_bounded_and_says_what_is_wrong(first: str, last: str, wrong: str) -> None:
    given = {}
    for name, said in (("first", first), ("last", last)):
        for part, value in zip(("day", "month", "year"), said.split("."), strict=False):
            given[f"{name}-{part}"] = value
    found = period_of(given, TODAY)
    assert found.wrong == wrong and (found.last - found.first).days < 366


def test_every_week_of_a_period_has_its_row() -> None:
    period = period_of({}, TODAY)
    rows = told_rows([told(1), ended(2)], period)
    assert len(rows) == 13 and sum(count for _label, count, _open in rows) == 2
    assert sum(is_open for _label, _count, is_open in rows) == 1
