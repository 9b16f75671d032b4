"""Children full-time at one unregistered provider are counted, and what is told says a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from journey.child import Journey
from journey.counting import Spell, Stay, Told, news, spells, standing, stays
from journey.events import Event
from tests.builders import a_fact, a_journey, day

KILN = "The Kiln"


def placed(start: str = "2025-09-08", provider: str = KILN, **data: object) -> Event:
    said = {"provider": provider, "provider_registered": False, "weekly_hours": 20.0, **data}
    return a_fact("ApPlacementStarted", start, f"P{start}{provider}", **said)


def ended(on: str) -> Event:
    return a_fact("ApPlacementEnded", on, end_on=on)


def full_time(journey: Journey) -> list[tuple[str, str | None]]:
    return [(str(one.first), str(one.last) if one.last else None) for one in stays(journey, 18)]


def test_a_child_counts_from_the_day_on_which_it_is_full_time_until_it_is_so_no_more() -> None:
    more = a_fact("ApTimetableSet", "2025-10-06", weekly_hours=18.0, from_on="2025-10-06")
    less = a_fact("ApTimetableSet", "2025-11-10", weekly_hours=17.5, from_on="2025-11-10")
    assert full_time(a_journey(placed(weekly_hours=12.0), more)) == [("2025-10-06", None)]
    assert full_time(a_journey(placed(weekly_hours=12.0), more, less)) == [
        ("2025-10-06", "2025-11-09")
    ]
    assert full_time(a_journey(placed(), ended("2025-09-26"))) == [("2025-09-08", "2025-09-26")]


@pytest.mark.parametrize(
    "said", [{"provider_registered": True}, {"provider_registered": None}, {"provider": None}]
)
def test_at_a_provider_that_is_registered_or_unnamed_nobody_counts(said: dict[str, object]) -> None:
    assert stays(a_journey(placed(**said)), 18) == []


def test_a_child_counts_once_however_many_placements_it_has_there() -> None:
    one, two = placed("2025-09-08"), placed("2025-09-15", "the  kiln")
    assert full_time(a_journey(one, two)) == [("2025-09-08", None)]


def test_a_child_counts_while_it_is_of_school_age() -> None:
    journey = a_journey(placed("2025-03-03"), born="2009-03-01")  # Year 11 in 2024/25
    assert full_time(journey) == [("2025-03-03", "2025-08-31")]
    assert full_time(a_journey(placed("2025-09-08"), born="2009-03-01")) == []
    five = a_journey(placed("2025-03-03"), born="2020-02-29")
    assert full_time(five) == [("2025-03-03", "2036-08-31")]
    assert full_time(a_journey(placed("2024-10-07"), born="2020-02-29"))[0][0] == "2025-03-01"


def test_a_child_who_moved_away_counts_no_more() -> None:
    moved = a_fact("ChildMovedOut", "2025-10-01")
    assert full_time(a_journey(placed(), moved)) == [("2025-09-08", "2025-09-30")]


def at(first: str, last: str = "", provider: str = KILN) -> Stay:
    return Stay(provider=provider, first=day(first), last=day(last) if last else None)


def spell(first: str, ended_on: str = "", pupils: int = 5, provider: str = KILN) -> Spell:
    until = day(ended_on) if ended_on else None
    return Spell(provider=provider, from_on=day(first), ended_on=until, pupils=pupils)


def counted(*found: Stay, today: str = "2025-12-01", pupils: int = 5) -> list[Spell]:
    return [one for mine in spells(found, pupils, day(today)).values() for one in mine]


FOUR = [at("2025-09-01")] * 4


def test_five_at_once_are_so_many_from_the_day_on_which_the_fifth_comes() -> None:
    assert counted(*FOUR) == []
    assert counted(*FOUR, at("2025-10-06")) == [spell("2025-10-06")]
    assert counted(*FOUR, at("2025-10-06"), at("2025-11-03", "2025-11-03")) == [
        spell("2025-10-06", pupils=6)
    ]


def test_it_ends_on_the_first_day_with_fewer_and_one_who_follows_the_same_day_keeps_it() -> None:
    assert counted(*FOUR, at("2025-10-06", "2025-10-31")) == [spell("2025-10-06", "2025-11-01")]
    assert counted(*FOUR, at("2025-10-06", "2025-10-31"), at("2025-11-01")) == [spell("2025-10-06")]


def test_what_is_to_begin_or_to_end_has_not_yet() -> None:
    fifth = at("2025-10-06", "2025-10-31")
    assert counted(*FOUR, fifth, today="2025-10-05") == []
    assert counted(*FOUR, fifth, today="2025-10-31") == [spell("2025-10-06")]


def test_five_at_two_providers_are_at_neither_so_many_and_case_makes_no_other_provider() -> None:
    assert counted(*FOUR, at("2025-10-06", provider="Other")) == []
    assert counted(*FOUR, at("2025-10-06", provider="THE kiln ")) != []


def test_spellings_of_one_provider_are_counted_together_and_it_keeps_the_name_first_told() -> None:
    ltd, limited = at("2025-10-06", provider="Kiln Ltd."), at("2025-10-13", provider="kiln limited")
    assert counted(*FOUR[:3], ltd, limited) == [spell("2025-10-13", provider=ltd.provider)]
    was = spell("2025-10-06", provider="The Kiln (Ltd)")
    six = [spell("2025-10-06", pupils=6, provider="KILN")]
    assert said(six, told(was, "0")) == [
        Told(ordinal=0, spell=spell("2025-10-06", pupils=6, provider="The Kiln (Ltd)"))
    ]


def told(one: Spell, record: str, *, retracted: bool = False) -> Event:
    said = {"provider": one.provider, "pupils": one.pupils, "ended_on": one.ended_on}
    first = one.from_on.isoformat()
    return a_fact(
        "ProviderPupilsCounted", first, record, from_on=first, retracted=retracted, **said
    )


def said(wanted: Sequence[Spell], *known: Event) -> list[Told]:
    found: Mapping[str, Sequence[Spell]] = {"kiln": wanted} if wanted else {}
    return news(found, standing(known))


def test_what_was_told_and_stands_is_not_told_again() -> None:
    now = spell("2025-10-06")
    assert said([now]) == [Told(ordinal=0, spell=now)]
    assert said([now], told(now, "0")) == []


def test_what_changes_is_told_under_the_same_record_until_it_has_ended() -> None:
    was, now = spell("2025-10-06"), spell("2025-09-29", pupils=6)
    over, again = spell("2025-10-06", "2025-11-01"), spell("2025-11-10")
    assert said([now], told(was, "0")) == [Told(ordinal=0, spell=now)]
    assert said([over], told(was, "0")) == [Told(ordinal=0, spell=over)]
    assert said([over, again], told(was, "0")) == [
        Told(ordinal=0, spell=over),
        Told(ordinal=1, spell=again),
    ]
    assert said([over, again], told(over, "0")) == [Told(ordinal=1, spell=again)]


def test_what_nothing_bears_any_more_is_taken_back_and_what_has_ended_stays() -> None:
    was, over = spell("2025-10-06"), spell("2025-10-06", "2025-11-01")
    assert said([], told(was, "0")) == [Told(ordinal=0, spell=was, retracted=True)]
    assert said([], told(over, "0")) == []
    assert said([over]) == [], "nobody is told of what had ended before"
    assert said([was], told(was, "0", retracted=True)) == [Told(ordinal=0, spell=was)]
