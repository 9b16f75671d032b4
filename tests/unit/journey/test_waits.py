"""What waits for a source is found by the day that the source has to be complete to."""

from __future__ import annotations

from datetime import date

import pytest

from journey.cluster import CaseState, Stage
from journey.duties.duty import Case
from journey.moments import deadline
from journey.waits import Wait, Waits, waits_of

APRIL, MAY, JUNE = (date(2026, month, 1) for month in (4, 5, 6))


def test_only_what_is_due_on_a_day_that_is_reached_is_released_and_only_once() -> None:
    waits = Waits()
    waits.add(Wait("PLAN", "", JUNE), "june")
    waits.add(Wait("PLAN", "", MAY), "may")
    waits.add(Wait("PLAN", "", MAY), "also-may")
    assert released(waits, PLAN=deadline(MAY) - 1) == []
    assert released(waits, PLAN=deadline(MAY)) == [["also-may", "may"]]
    assert released(waits, PLAN=deadline(JUNE)) == [["june"]]
    assert released(waits, PLAN=deadline(JUNE)) == []


def test_each_duty_and_each_version_of_it_has_its_own_reach() -> None:
    waits = Waits()
    for wait in (Wait("PLAN", "", MAY), Wait("PLAN", "1+x", MAY), Wait("EXIT", "", MAY)):
        waits.add(wait, f"{wait.duty}{wait.rules}")
    assert released(waits, EXIT=deadline(MAY)) == [["EXIT"]]
    assert released(waits, PLAN=deadline(MAY)) == [["PLAN"], ["PLAN1+x"]]


def test_what_nobody_watches_stays() -> None:
    waits = Waits()
    waits.add(Wait("PLAN", "", MAY), "c")
    assert released(waits) == []
    assert released(waits, PLAN=deadline(MAY)) == [["c"]]


def test_who_goes_on_waiting_and_is_added_again_is_not_found_twice() -> None:
    waits, found = Waits(), list[list[str]]()
    waits.add(Wait("PLAN", "", MAY), "c")
    for day in waits.release(lambda duty, rules: deadline(JUNE)):
        found.append(day)
        waits.add(Wait("PLAN", "", MAY), "c")
    assert found == [["c"]]
    assert released(waits, PLAN=deadline(MAY)) == [["c"]]


@pytest.mark.parametrize(
    ("given", "days"),
    [
        ({"wake": 5, "waiting": True}, (APRIL, MAY)),
        ({"wake": 5, "waiting": True, "stage": Stage.WARNED}, (MAY,)),
        ({"wake": None, "waiting": True, "stage": Stage.OPEN}, (MAY,)),
        ({"wake": None, "waiting": True}, ()),
        ({"wake": None, "waiting": True, "stage": Stage.WARNED}, ()),
        ({"wake": 5, "waiting": False}, ()),
        ({"wake": None, "waiting": True, "stage": Stage.CLOSED}, ()),
    ],
)
def test_days_are_waited_for_where_somebody_watches(
    given: dict[str, object], days: tuple[date, ...]
) -> None:
    case = Case(anchor="a", due=MAY, arithmetic="at once", because=(), rules="1+x", warns_on=APRIL)
    state = CaseState(duty="PLAN", child="c", case=case, known_at=0, **given)  # type: ignore[arg-type]
    assert waits_of(state) == tuple(Wait("PLAN", "1+x", day) for day in days)


def released(waits: Waits, **reach: int) -> list[list[str]]:
    """Return what is released where the sources of these duties are complete to these moments."""
    return list(waits.release(lambda duty, rules: reach.get(duty)))
