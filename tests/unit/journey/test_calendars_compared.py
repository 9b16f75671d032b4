"""What another calendar would move."""

from __future__ import annotations

from datetime import date

from journey.calendars import Calendars
from journey.calendars_compared import Shift, shifts
from journey.duties import all_duties
from tests.builders import a_fact, a_journey

PLAN = all_duties()["AP_PLACEMENT_PLAN_MISSING"]
EHC = all_duties()["EHC_PLAN_20_WEEKS"]
BEFORE = Calendars.default()
AFTER = BEFORE.with_calendar(
    "Oak", date(2025, 9, 3), date(2026, 7, 21), [(date(2025, 9, 22), date(2025, 9, 22))]
)
PLACED = a_fact("ApPlacementStarted", "2025-09-15", "P", provider="Oak")


def test_an_open_deadline_that_counts_school_days_is_shown_before_and_after() -> None:
    (found,) = shifts(a_journey(PLACED), [PLAN, EHC], BEFORE, AFTER)
    assert found == Shift(PLAN.id, date(2025, 9, 29), date(2025, 9, 30))


def test_what_the_calendar_does_not_serve_and_what_is_done_does_not_move() -> None:
    elm = a_fact("ApPlacementStarted", "2025-09-15", "P", provider="Elm")
    assert list(shifts(a_journey(elm), [PLAN], BEFORE, AFTER)) == []
    over = a_fact("ApPlacementEnded", "2025-09-17", "E", placement="P")
    assert list(shifts(a_journey(PLACED, over), [PLAN], BEFORE, AFTER)) == []
