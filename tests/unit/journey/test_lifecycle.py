"""What becomes of facts that come in a way they should not: docs/lifecycle.md."""

from __future__ import annotations

from typing import Any

import msgspec

from journey.calendars import Calendars
from journey.duties import all_duties, cases_of
from journey.duties.episodes import placements
from journey.machine import Machine
from journey.shelf import MemoryShelf
from tests.builders import a_fact, a_journey, day
from tests.unit.journey.streams import LA, SCHOOL, at, beat, event, joined, machine, on, run

BEATS = [beat(SCHOOL, at(n, 6)) for n in range(2, 40)]


def started(kappa: int = at(1), **fields: Any) -> Any:
    """Return a placement whose plan is owed on day 11."""
    return event("ApPlacementStarted", kappa, "placement", data={"start_on": on(1)}, **fields)


def plan(kappa: int, day: int, **fields: Any) -> Any:
    """Return the plan of a day."""
    return event("ExitPlanAgreed", kappa, "plan", day=day, **fields)


def story(*facts: Any) -> list[tuple[str, str | None]]:
    """Return kind and outcome of what is told, with the source heard each day."""
    stream = sorted([*facts, *BEATS], key=lambda one: one.kappa)
    found = run([joined(SCHOOL, at(1, 1)), *stream, at(40)])
    return [(one.kind, one.outcome) for one in found if one.duty == "PLAN"]


def test_a_fact_dated_ahead_moves_no_time_and_counts_on_its_own_day() -> None:
    assert story(started(), plan(at(5), day=10)) == []
    shelf = MemoryShelf()
    ahead = plan(at(5), day=300)
    told = run([joined(SCHOOL, at(1, 1), hours=2000), started(), ahead, at(9)], machine(shelf))
    assert told == [], "known time is the platform's, so nothing of day 11 is told on day 9"
    (cluster,) = shelf.find(LA, ["plan"])
    assert cluster.records["plan"].occurred_on == on(300)


def test_an_end_before_the_beginning_counts_as_over_on_the_first_day() -> None:
    journey = a_journey(
        a_fact("ApPlacementStarted", "2025-11-10", "P", provider="Oak"),
        a_fact("ApPlacementEnded", "2025-11-03", "E", placement="P"),
    )
    (placement,) = placements(journey)
    assert placement.start == placement.end == day("2025-11-10")
    (case,) = cases_of(all_duties()["DATA_ENDED_BEFORE_BEGUN"], journey, Calendars.default())
    assert case.anchor == "E"


def test_two_live_placements_both_stand_and_each_is_owed_its_own() -> None:
    journey = a_journey(
        a_fact("ApPlacementStarted", "2025-09-08", "P", provider="Oak"),
        a_fact("ApPlacementStarted", "2025-11-10", "Q", provider="Elm"),
    )
    plans = cases_of(all_duties()["AP_PLACEMENT_PLAN_MISSING"], journey, Calendars.default())
    assert {case.anchor for case in plans} == {"P", "Q"}
    (check,) = cases_of(all_duties()["DATA_TWO_PLACEMENTS"], journey, Calendars.default())
    assert check.because == ("P#1", "Q#1")


def test_the_checks_that_are_our_own_are_asked_only_where_they_are_switched_on() -> None:
    ours = ("DATA_DATED_IN_FUTURE", "DATA_ENDED_BEFORE_BEGUN", "DATA_TWO_PLACEMENTS")
    assert [all_duties()[name].on for name in ours] == [False, False, False]


def test_of_one_event_id_with_two_contents_the_same_stands_in_any_order() -> None:
    one, other = plan(at(5), 5, digest="a"), plan(at(6), 9, digest="b")
    for first, second in ((one, other), (other, one)):
        shelf = MemoryShelf()
        pair = [first, msgspec.structs.replace(second, kappa=at(7))]
        run([joined(SCHOOL, at(1, 1)), started(), *pair], Machine(shelf))
        (cluster,) = shelf.find(LA, ["plan"])
        assert cluster.records["plan"].occurred_on == on(9)
        assert [flag.reason for flag in cluster.flags] == ["one-event-id-two-contents"]


def test_one_event_id_on_two_records_is_two_facts() -> None:
    shelf = MemoryShelf()
    twin = msgspec.structs.replace(plan(at(6), 6), record="another", event_id="plan@1")
    run([joined(SCHOOL, at(1, 1)), started(), plan(at(5), 5), twin], Machine(shelf))
    (cluster,) = shelf.find(LA, ["plan"])
    assert {"plan", "another"} <= cluster.records.keys()


def test_a_correction_that_comes_before_what_it_corrects_stands() -> None:
    corrected, original = plan(at(5), 10, revision=2), plan(at(6), 20)
    assert story(started(), corrected, original) == story(started(), original, corrected) == []


def test_a_retraction_that_comes_before_what_it_takes_back_stands() -> None:
    gone = plan(at(5), 5, revision=2, retracted=True)
    assert story(started(), gone, plan(at(6), 5)) == [("OPENED", None)]


def test_an_end_that_comes_before_its_beginning_belongs_to_it_all_the_same() -> None:
    end = event("ApPlacementEnded", at(3), "end", day=9)
    assert story(end, started(at(4))) == []


def test_a_correction_that_names_another_child_takes_the_fact_along() -> None:
    shelf = MemoryShelf()
    other = started(at(14), revision=2, leaf="leaf-b")
    told = run([joined(SCHOOL, at(1, 1)), started(), *BEATS[:11], other, at(20)], machine(shelf))
    (opened, moved) = [one for one in told if one.duty == "PLAN"]
    (cluster,) = shelf.find(LA, ["placement"])
    assert cluster.records["placement"].leaf == "leaf-b"
    assert (moved.kind, moved.alert_id) == ("REASSIGNED", opened.alert_id)
    assert moved.child != opened.child
