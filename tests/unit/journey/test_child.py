"""A journey that grows fact by fact: what is kept of it is never stale."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.calendars import Calendars
from journey.child import Journey, journey_of, once
from journey.duties import DUTIES, cases_of
from journey.duties.ap_attendance_silent import DUTY as ATTENDANCE
from journey.duties.episodes import REQUEST_FACTS, ehc_requests, placements
from journey.events import Event
from tests.unit.journey.duties.journeys import TYPES, births, fact_lists

CALENDARS = Calendars.default()
MONDAY = date(2025, 9, 8)
DAY = 24 * 3_600_000
OFTEN = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)


def _empty(born: date | None) -> Journey:
    return journey_of("child", "leaf", born, [])


@OFTEN
@given(facts=fact_lists(tuple(TYPES)), born=births)
def test_every_duty_says_of_a_grown_journey_what_it_says_of_a_built_one(
    facts: list[Event], born: date | None
) -> None:
    grown = _empty(born)
    for count, fact in enumerate(facts, start=1):
        grown.with_one_more(fact)
        built = journey_of("child", "leaf", born, facts[:count])
        for duty in DUTIES:
            assert cases_of(duty, grown, CALENDARS) == cases_of(duty, built, CALENDARS), duty.id


@OFTEN
@given(facts=fact_lists(tuple(TYPES)), born=births, data=st.data())
def test_every_duty_says_of_a_corrected_journey_what_it_says_of_a_built_one(
    facts: list[Event], born: date | None, data: st.DataObject
) -> None:
    if not facts:
        return
    grown = journey_of("child", "leaf", born, facts)
    for duty in DUTIES:
        cases_of(duty, grown, CALENDARS)
    old = data.draw(st.sampled_from(facts))
    other = msgspec.structs.replace(
        old,
        event_id="another",
        kappa=old.kappa + 1,
        occurred_on=data.draw(st.sampled_from(facts)).occurred_on,
        data=data.draw(st.sampled_from((old.data, {}))),
    )
    grown.with_other(old, other)
    built = journey_of("child", "leaf", born, [other if f is old else f for f in facts])
    for duty in DUTIES:
        assert cases_of(duty, grown, CALENDARS) == cases_of(duty, built, CALENDARS), duty.id


@OFTEN
@given(heard=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6)), max_size=14))
def test_registers_in_any_order_break_the_same_silences(heard: list[tuple[int, int]]) -> None:
    facts = [_fact("ApPlacementStarted", "placement", {"start_on": MONDAY})]
    facts += [_register(n, days, late) for n, (days, late) in enumerate(heard)]
    grown = _empty(None)
    for count, fact in enumerate(facts, start=1):
        grown.with_one_more(fact)
        built = journey_of("child", "leaf", None, facts[:count])
        assert cases_of(ATTENDANCE, grown, CALENDARS) == cases_of(ATTENDANCE, built, CALENDARS)


def test_a_home_school_that_is_known_later_gives_its_calendar_to_registers_already_heard() -> None:
    closed = [(date(2025, 9, 9), date(2025, 9, 19))]
    calendars = CALENDARS.with_calendar("home", date(2025, 9, 1), date(2026, 7, 17), closed)
    journey = _empty(None)
    journey.with_one_more(_fact("ApPlacementStarted", "placement", {"start_on": MONDAY}))
    journey.with_one_more(_register(0, 0, 0))
    before = cases_of(ATTENDANCE, journey, calendars)
    joined = {"entry_on": date(2025, 9, 1), "establishment": "home"}
    journey.with_one_more(_fact("PupilJoinedRoll", "roll", joined))

    assert cases_of(ATTENDANCE, journey, calendars)[-1].due > before[-1].due


def test_another_calendar_moves_the_silences_of_registers_already_heard() -> None:
    days = {"start_on": MONDAY}
    journey = _empty(None)
    journey.with_one_more(_fact("ApPlacementStarted", "placement", days))
    before = cases_of(ATTENDANCE, journey, CALENDARS)
    closed = [(date(2025, 9, 8), date(2025, 9, 12))]
    shut = CALENDARS.with_calendar(None, date(2025, 9, 1), date(2026, 7, 17), closed)

    assert cases_of(ATTENDANCE, journey, shut)[0].due > before[0].due
    assert cases_of(ATTENDANCE, journey, CALENDARS) == before


def test_what_follows_from_a_type_is_worked_out_again_only_after_a_fact_of_it() -> None:
    journey = _empty(None)
    journey.with_one_more(_fact("ApPlacementStarted", "first", {}))
    known = placements(journey)
    journey.with_one_more(_fact("SessionAttendanceRecorded", "session", {}))
    assert placements(journey) is known

    journey.with_one_more(_fact("ApPlacementStarted", "second", {"start_on": date(2025, 10, 1)}))
    assert len(placements(journey)) == 2


def test_an_answer_of_nothing_is_kept_too() -> None:
    asked = []

    @once(reads=frozenset({"ChildDied"}))
    def nothing(journey: Journey) -> None:
        asked.append(journey)

    journey = _empty(None)
    for _ in range(2):
        nothing(journey)
    assert len(asked) == 1


@pytest.mark.parametrize("kind", sorted(REQUEST_FACTS))
def test_a_fact_of_each_type_read_is_seen(kind: str) -> None:
    journey = _empty(None)
    ehc_requests(journey)
    journey.with_one_more(_fact("EhcNeedsAssessmentRequested", "request", {}))
    before = ehc_requests(journey)
    journey.with_one_more(_fact(kind, "other", {"will_assess": False}))

    assert ehc_requests(journey) != before


def _register(number: int, days: int, late: int) -> Event:
    day, occurred_on = MONDAY + timedelta(days=days), MONDAY + timedelta(days=days + late % 3)
    fact = _fact("SessionAttendanceRecorded", f"session-{number}", {"session_on": day})
    known = fact.kappa + (days + late) * DAY
    return msgspec.structs.replace(fact, occurred_on=occurred_on, kappa=known)


def _fact(kind: str, record: str, data: dict[str, Any]) -> Event:
    return Event(
        type=kind,
        agency="education",
        la="999",
        source="school/mis",
        record=record,
        leaf="leaf",
        event_id=record,
        revision=1,
        occurred_on=MONDAY,
        kappa=1_757_325_600_000,
        data=data,
    )
