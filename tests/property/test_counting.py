"""A count over stays is, on every day, what somebody finds who counts heads on that day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from journey.counting import Spell, Stay, news, spells, standing
from journey.provider_names import alike
from tests.unit.journey.test_counting import told

FIRST = date(2025, 9, 1)
DAYS = 12
days = st.integers(0, DAYS - 1)


@st.composite
def a_stay(draw: st.DrawFn) -> Stay:
    first = draw(days)
    length = draw(st.none() | st.integers(0, DAYS))
    last = None if length is None else FIRST + timedelta(days=first + length)
    name = draw(st.sampled_from(["The Kiln", "the kiln Ltd.", "KILN", "Other"]))
    return Stay(provider=name, first=FIRST + timedelta(days=first), last=last)


many = st.lists(a_stay(), max_size=9)


def heads(found: list[Stay], name: str, day: date) -> int:
    mine = [one for one in found if alike(one.provider) == name]
    return sum(one.first <= day and (one.last is None or day <= one.last) for one in mine)


@given(many, st.integers(1, 4), days)
def test_a_day_is_in_a_spell_just_where_there_are_so_many(
    found: list[Stay], pupils: int, until: int
) -> None:
    today = FIRST + timedelta(days=until)
    counted = spells(found, pupils, today)
    for name in ("kiln", "other"):
        mine = counted.get(name, [])
        for number in range(until + 1):
            day = FIRST + timedelta(days=number)
            within = [one for one in mine if _is_within(one, day)]
            assert bool(within) is (heads(found, name, day) >= pupils)
            assert all(one.pupils >= heads(found, name, day) for one in within)
        assert all(one.ended_on is None for one in mine[-1:] if heads(found, name, today) >= pupils)


def _is_within(one: Spell, day: date) -> bool:
    return one.from_on <= day and (one.ended_on is None or day < one.ended_on)


@given(many, many, st.integers(1, 3))
def test_once_news_are_told_nothing_is_left_to_tell_and_what_lasts_stands(
    before: list[Stay], after: list[Stay], pupils: int
) -> None:
    today, records = FIRST + timedelta(days=DAYS), dict[str, object]()
    known = standing([])
    for found in (before, after):
        wanted = spells(found, pupils, today)
        for one in news(wanted, known):
            record = f"{one.spell.provider.casefold()}/{one.ordinal}"
            records[record] = told(one.spell, record, retracted=one.retracted)
        known = standing(records.values())  # type: ignore[arg-type]
        assert news(wanted, known) == []
        for name in ("kiln", "other"):
            lasts = [one.from_on for one in wanted.get(name, []) if one.ended_on is None]
            open_ones = [e for e in known.get(name, []) if e.day("ended_on") is None]
            assert [one.day("from_on") for one in open_ones] == lasts
            assert len({one.text("provider") for one in known.get(name, [])}) <= 1
