"""Which facts make one episode, and when it ends."""

from __future__ import annotations

from journey.duties.episodes import (
    care_periods,
    ehc_plans,
    ehc_requests,
    placements,
)
from journey.events import Event
from tests.builders import a_fact, a_journey, day


def _placed(on: str, record: str, provider: str = "The Kiln", **fields: str) -> Event:
    return a_fact("ApPlacementStarted", on, record, provider=provider, **fields)


def test_two_sources_of_one_placement_are_one_anchored_on_the_first_known() -> None:
    later = _placed("2025-09-08", "P", known="2025-09-20")
    earlier = _placed("2025-09-08", "Q", provider=" the  KILN", known="2025-09-09")
    (found,) = placements(a_journey(later, earlier))

    assert "Q" == found.anchor
    assert {"P", "Q"} == found.records


def test_another_provider_or_another_day_is_another_placement() -> None:
    journey = a_journey(
        _placed("2025-09-08", "P"), _placed("2025-09-08", "Q", "Other"), _placed("2025-09-09", "R")
    )

    assert ["P", "Q", "R"] == [one.anchor for one in placements(journey)]


def test_an_end_belongs_to_the_placement_it_names() -> None:
    journey = a_journey(
        _placed("2025-09-08", "P"),
        _placed("2025-10-06", "Q", "Other"),
        a_fact("ApPlacementEnded", "2025-11-28", placement="P"),
    )

    assert [day("2025-11-28"), None] == [one.end for one in placements(journey)]


def test_an_end_that_names_no_placement_belongs_to_the_latest_begun() -> None:
    journey = a_journey(
        _placed("2025-09-08", "P"),
        _placed("2025-10-06", "Q", "Other"),
        _placed("2025-12-01", "R"),
        a_fact("ApPlacementEnded", "2025-11-28", placement="unknown"),
    )

    assert [None, day("2025-11-28"), None] == [one.end for one in placements(journey)]


def test_of_several_ends_the_first_counts_and_none_is_before_the_start() -> None:
    journey = a_journey(
        _placed("2025-09-08", "P"),
        a_fact("ApPlacementEnded", "2025-11-28", "A", placement="P"),
        a_fact("ApPlacementEnded", "2025-09-01", "B", placement="P"),
    )
    (found,) = placements(journey)

    assert (day("2025-09-08"), ("B#1",)) == (found.end, found.ended_by)


def test_a_period_of_care_that_nobody_ended_ends_with_the_next() -> None:
    journey = a_journey(
        a_fact("BecameLookedAfter", "2025-01-06", "A"),
        a_fact("BecameLookedAfter", "2025-06-02", "B"),
    )

    assert [day("2025-06-02"), None] == [one.end for one in care_periods(journey)]


def test_a_request_is_open_until_its_plan_or_refusal() -> None:
    journey = a_journey(
        a_fact("EhcNeedsAssessmentRequested", "2025-01-06", "A"),
        a_fact("EhcAssessmentDecisionIssued", "2025-02-10", request="A", will_assess=False),
        a_fact("EhcNeedsAssessmentRequested", "2025-05-06", "B"),
        a_fact("EhcAssessmentDecisionIssued", "2025-06-10", request="B", will_assess=True),
        a_fact("EhcPlanFinalised", "2025-09-22", request="B", plan="L"),
    )

    assert [day("2025-02-10"), day("2025-09-22")] == [one.end for one in ehc_requests(journey)]


def test_an_amended_plan_is_the_same_plan() -> None:
    journey = a_journey(
        a_fact("EhcPlanFinalised", "2023-05-02", "A", plan="L"),
        a_fact("EhcPlanFinalised", "2024-05-02", "B", plan="M"),
    )
    (plan,) = ehc_plans(journey)

    assert ("A", None) == (plan.anchor, plan.end)
    assert {"A", "B", "L", "M"} == plan.records


def test_a_plan_after_one_that_ceased_is_another() -> None:
    journey = a_journey(
        a_fact("EhcPlanFinalised", "2022-05-02", "A", plan="L"),
        a_fact("EhcPlanCeased", "2023-05-02", plan="L"),
        a_fact("EhcPlanFinalised", "2024-05-02", "B", plan="M"),
    )

    assert [("A", day("2023-05-02")), ("B", None)] == [
        (plan.anchor, plan.end) for plan in ehc_plans(journey)
    ]
