"""Death, moving out and coming of age end what was owed."""

from __future__ import annotations

from journey.calendars import Calendars
from journey.duties import all_duties, cases_of
from journey.duties.duty import Case, Met
from journey.events import Event
from tests.builders import a_fact, a_journey, day

CARED_FOR = a_fact("BecameLookedAfter", "2025-12-22", "C")


def _case(*facts: Event, born: str = "", duty: str = "LAC_REVIEW_FIRST_20_DAYS") -> Case:
    cases = cases_of(all_duties()[duty], a_journey(*facts, born=born), Calendars.default())
    return cases[-1]


def test_death_ends_a_case() -> None:
    case = _case(CARED_FOR, a_fact("ChildDied", "2026-01-05", "D"))

    assert Met(on=day("2026-01-05"), by=("D#1",), ended=True) == case.met


def test_what_was_met_before_a_stop_stays_met() -> None:
    held = a_fact("LacReviewHeld", "2026-01-05", "R")
    case = _case(CARED_FOR, held, a_fact("ChildDied", "2026-01-05", "D"))

    assert Met(on=day("2026-01-05"), by=("R#1",)) == case.met


def test_moving_out_ends_a_case_that_had_begun() -> None:
    case = _case(CARED_FOR, a_fact("ChildMovedOut", "2026-01-05", "M"))

    assert Met(on=day("2026-01-05"), by=("M#1",), ended=True) == case.met


def test_what_begins_after_the_child_came_back_is_owed() -> None:
    case = _case(a_fact("ChildMovedOut", "2025-11-03"), CARED_FOR)

    assert case.met is None


def test_the_18th_birthday_before_the_limit_ends_a_case_in_time() -> None:
    case = _case(CARED_FOR, born="2008-01-10")

    assert Met(on=day("2026-01-10"), ended=True) == case.met


def test_a_birthday_to_come_leaves_a_case_owed_until_then() -> None:
    case = _case(CARED_FOR, born="2010-03-01")

    assert (None, day("2028-03-01")) == (case.met, case.ends_on)


def test_a_birthday_that_has_passed_when_the_facts_arrive_ends_a_case() -> None:
    told_late = a_fact("BecameLookedAfter", "2025-12-22", "C", known="2028-03-02")
    case = _case(told_late, born="2010-03-01")

    assert Met(on=day("2028-03-01"), ended=True) == case.met


def test_an_end_announced_for_after_the_limit_leaves_a_case_owed_until_then() -> None:
    announced = a_fact("CeasedLookedAfter", "2026-06-01", period="C", known="2026-01-05")
    case = _case(CARED_FOR, announced)

    assert (None, day("2026-06-01")) == (case.met, case.ends_on)


def test_ehc_duties_go_on_to_25() -> None:
    request = a_fact("EhcNeedsAssessmentRequested", "2025-12-22", "R")

    assert _case(request, born="2007-01-10", duty="EHC_PLAN_20_WEEKS").met is None
