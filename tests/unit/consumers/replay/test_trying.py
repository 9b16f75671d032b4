"""What another rule set would have told, counted."""

from __future__ import annotations

from datetime import date

import msgspec

from consumers.replay.trying import Change, Count, Openings, by_duty, by_week, compared, total
from journey.machine import Machine
from journey.rulebook import Supposed
from journey.shelf import MemoryShelf
from journey.transition import Transition
from tests.unit.journey.rule_sets import BOTH, a_set
from tests.unit.journey.streams import SCHOOL, at, event, joined, on, run

SOONER = a_set("sooner", on(1), PACED={"parameters": {"days": 4}}, SPARE={"enabled": True})
STREAM = [
    joined(SCHOOL, at(1, 1), hours=24 * 100),
    *(
        event("ApPlacementStarted", at(day), f"p{day}", day=day, leaf=f"child-{day}")
        for day in (1, 2, 9)
    ),
    # This plan is in time for 10 days, and not for 4; what ends is asked by the spare duty alone.
    event("ExitPlanAgreed", at(8), "plan", day=8, leaf="child-2"),
    event("ApPlacementEnded", at(12), "end", day=12, leaf="child-9"),
    at(60),
]


def openings(supposed: Supposed | None = None) -> Openings:
    found = Openings()
    for told in run(STREAM, Machine(MemoryShelf(), duties=BOTH, supposed=supposed)):
        found.told(0, told)
    return found


def test_alerts_are_gained_and_lost_and_told_sooner_by_week_and_by_duty() -> None:
    found = compared(openings(), openings(Supposed(SOONER)))

    assert [(one.one.duty, one.change) for one in found] == [
        ("PACED", Change.SOONER),
        ("PACED", Change.GAINED),
        ("SPARE", Change.GAINED),
    ]
    assert total(found) == Count(before=1, after=3, gained=2, sooner=1)
    assert by_duty(found) == {
        "PACED": Count(before=1, after=2, gained=1, sooner=1),
        "SPARE": Count(after=1, gained=1),
    }
    assert by_week(found) == {
        date(2025, 9, 1): Count(after=2, gained=1, sooner=1),
        date(2025, 9, 8): Count(before=1),
        date(2025, 9, 15): Count(after=1, gained=1),
    }


def test_from_a_day_on_only_what_begins_later_is_judged_otherwise() -> None:
    found = compared(openings(), openings(Supposed(SOONER, on(2))))

    assert {one.change for one in found if one.one.duty == "PACED"} == {Change.SAME, Change.GAINED}


def test_the_other_way_round_what_was_gained_is_lost_and_what_was_sooner_is_later() -> None:
    found = compared(openings(Supposed(SOONER)), openings())

    assert total(found) == Count(before=3, after=1, lost=2, later=1)


def test_only_the_first_opening_of_an_alert_counts() -> None:
    told: list[Transition] = run(STREAM, Machine(MemoryShelf(), duties=BOTH))
    again = msgspec.structs.replace(told[0], kind="REOPENED", as_of=told[0].as_of + 1)
    found = Openings()
    for one in (*told, again):
        found.told(0, one)

    assert [one.at for one in found.found.values()] == [told[0].as_of]
    assert not found.is_shown(told[0])
