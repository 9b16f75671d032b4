"""How long a child is kept: the longest of what applies, and never by a guess."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.retention import (
    LOOKED_AFTER,
    NO_BIRTH,
    NO_PERIOD,
    PERIODS,
    WRONG_BIRTH,
    Kept,
    Period,
    Schedule,
    Start,
    kept,
)

BORN = date(2000, 2, 29)
LAST = date(2016, 7, 20)


def after_birth(years: int) -> Period:
    return Period(years=years, start=Start.BIRTH, source="local schedule")


def after_the_last_record(years: int) -> Period:
    return Period(years=years, start=Start.LAST_RECORD, source="local schedule")


SCHEDULE = Schedule(
    version="2026",
    periods={
        "education-record": after_birth(25),
        "health-record": after_birth(25),
        "child-protection-record": after_the_last_record(35),
        "send-record": after_the_last_record(6),
    },
)


@pytest.mark.parametrize(
    ("last", "until", "by"),
    [
        ({"education-record": LAST}, date(2025, 3, 1), "education-record"),
        ({"send-record": LAST}, date(2022, 7, 20), "send-record"),
        ({"send-record": LAST, "education-record": LAST}, date(2025, 3, 1), "education-record"),
        (
            {"child-protection-record": LAST, "education-record": LAST},
            date(2051, 7, 20),
            "child-protection-record",
        ),
        ({LOOKED_AFTER: LAST, "education-record": LAST}, date(2075, 3, 1), LOOKED_AFTER),
        ({"joint-record": LAST, "send-record": LAST}, date(2022, 7, 20), "send-record"),
    ],
)
def test_the_longest_of_the_classes_decides(last: dict[str, date], until: date, by: str) -> None:
    assert kept(last, BORN, SCHEDULE) == Kept(until=until, by=by)


def test_a_class_without_years_keeps_the_child_without_end() -> None:
    last = {"child-in-need-record": LAST, "send-record": LAST}
    assert kept(last, BORN, SCHEDULE) == Kept(
        until=None, by="child-in-need-record", without_end=NO_PERIOD
    )


def test_an_unknown_birth_keeps_without_end_what_counts_from_it() -> None:
    assert kept({"education-record": LAST}, None, SCHEDULE).without_end == NO_BIRTH
    assert kept({"send-record": LAST}, None, SCHEDULE).until == date(2022, 7, 20)


def test_a_birth_by_which_the_years_ended_before_the_last_record_is_not_believed() -> None:
    assert kept({"education-record": LAST}, date(1900, 1, 1), SCHEDULE).without_end == WRONG_BIRTH


def test_what_only_joins_others_is_kept_as_the_longest_of_the_agencies() -> None:
    assert kept({"identity-record": LAST}, BORN, SCHEDULE).without_end == NO_PERIOD
    whole = Schedule(version="1", periods={name: after_the_last_record(7) for name in PERIODS})
    assert kept({"joint-record": LAST}, None, whole).until == date(2023, 7, 20)


@given(
    last=st.dictionaries(
        st.sampled_from(PERIODS), st.dates(date(2000, 3, 1), date(2020, 1, 1)), min_size=1
    ),
    more=st.dictionaries(st.sampled_from(PERIODS), st.dates(date(2000, 3, 1), date(2020, 1, 1))),
    years=st.lists(st.integers(20, 40), min_size=len(PERIODS), max_size=len(PERIODS)),
)
def test_one_more_record_never_shortens_how_long_a_child_is_kept(
    last: dict[str, date], more: dict[str, date], years: list[int]
) -> None:
    periods = {name: after_birth(n) for name, n in zip(PERIODS, years, strict=True)}
    schedule = Schedule(version="1", periods=periods)
    both = {name: max(one.get(name, date.min) for one in (last, more)) for name in {*last, *more}}
    before, after = kept(last, BORN, schedule).until, kept(both, BORN, schedule).until
    assert after is None or (before is not None and after >= before)
