"""Ticks: by our clock when live, at London's midnights when simulated."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from consumers.decode import LONDON
from consumers.intake.ticking import LivePace, MidnightPace, midnight_from

MOMENTS = st.integers(0, 4_000_000_000_000)
DAY = 24 * 3600 * 1000


def ms(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]


@given(MOMENTS)
def test_the_next_midnight_is_one_in_london_within_a_long_day(moment: int) -> None:
    midnight = midnight_from(moment)
    assert moment <= midnight <= moment + 25 * DAY // 24
    local = datetime.fromtimestamp(midnight / 1000, LONDON)
    assert (local.hour, local.minute, local.second) == (0, 0, 0)


def test_midnights_follow_the_clock_change() -> None:
    pace = MidnightPace()
    found = pace.before(ms(2025, 10, 25, 12), ms(2025, 10, 27, 12))
    assert found == [ms(2025, 10, 25, 23), ms(2025, 10, 27, 0)]


def test_there_is_no_midnight_before_the_first_record() -> None:
    assert MidnightPace().before(None, ms(2025, 9, 1)) == []


def test_a_record_at_midnight_comes_before_that_midnights_tick() -> None:
    midnight = ms(2025, 12, 2)
    pace = MidnightPace()
    assert pace.before(midnight - 5, midnight) == []
    assert pace.before(midnight, midnight + 1) == [midnight]


@given(st.lists(MOMENTS.map(lambda moment: moment // 50), min_size=1, max_size=20))
def test_every_midnight_between_first_and_last_is_ticked_once(moments: list[int]) -> None:
    pace = MidnightPace()
    ordered = sorted(moments)
    ticked: list[int] = []
    floor = ordered[0]
    for moment in ordered:
        ticks = list(pace.before(floor, moment))
        ticked += ticks
        floor = max([moment, *[tick + 1 for tick in ticks]])
    expected = []
    midnight = midnight_from(ordered[0])
    while midnight < ordered[-1]:
        expected.append(midnight)
        midnight = midnight_from(midnight + 1)
    assert ticked == expected


def test_a_simulated_round_ends_with_a_tick_at_its_last_record() -> None:
    assert MidnightPace().after(kappa=50, tick=10, asked=99) == 50


def test_a_simulated_round_that_is_ticked_already_is_not_ticked_again() -> None:
    assert MidnightPace().after(kappa=50, tick=50, asked=99) is None


def test_a_simulated_partition_without_records_gets_no_tick() -> None:
    assert MidnightPace().after(kappa=0, tick=-1, asked=99) is None


def test_a_live_round_ends_with_the_moment_before_it_began() -> None:
    assert LivePace().after(kappa=50, tick=10, asked=99) == 99


def test_no_live_tick_is_written_while_clocks_disagree() -> None:
    assert LivePace().after(kappa=50, tick=10, asked=None) is None


def test_a_live_tick_never_stands_before_what_is_written() -> None:
    assert LivePace().after(kappa=100, tick=10, asked=99) is None
    assert LivePace().after(kappa=10, tick=99, asked=99) is None
