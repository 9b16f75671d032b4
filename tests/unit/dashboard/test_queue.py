"""The queue keeps its order over pages and refuses addresses that no page leads to."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from consumers.store.queue import Count, Place
from dashboard.alerts import line_of
from dashboard.people import Person
from dashboard.queue import (
    MINE,
    Asked,
    NotInOrder,
    grouped,
    place_in,
    sums,
    team_choices,
    teams_of,
    text_of_place,
    total,
)
from tests.unit.dashboard.alerts import an_alert

PLACE = Place(rank=2, due=date(2025, 3, 12), alert_id=UUID("900c6b3e-69ba-5150-8ee1-ce9478558710"))
COUNTS = [
    Count(duty="A", open=5, by_age=(1, 2, 0, 2)),
    Count(duty="B", open=3, by_age=(0, 0, 3, 0)),
]


def test_a_place_is_the_same_after_its_way_through_an_address() -> None:
    assert place_in(text_of_place(PLACE)) == PLACE
    assert place_in("") is None


@pytest.mark.parametrize("text", ["1", "x.y.z", "1.2025-13-01.900c6b3e", "1.2025-03-12.'; DROP"])
def test_an_address_that_names_no_place_is_refused(text: str) -> None:
    with pytest.raises(NotInOrder):
        place_in(text)


def test_a_link_says_only_what_differs_and_begins_a_filter_anew() -> None:
    asked = Asked(duty="EHC_PLAN_20_WEEKS", state="resolved", after="1.2025-03-12.x")
    assert asked.link() == "/queue?duty=EHC_PLAN_20_WEEKS&state=resolved"
    assert asked.link(state="open") == "/queue?duty=EHC_PLAN_20_WEEKS"


def test_who_is_in_teams_asks_for_all_of_them_or_one_and_for_no_other() -> None:
    one = Person(name="a", la="999", teams=("ap-lead", "SEND"))
    assert teams_of(one, "") is None
    assert teams_of(one, MINE) == ("ap-lead", "SEND") and teams_of(one, "SEND") == ("SEND",)
    assert list(team_choices(one)) == ["", MINE, "ap-lead", "SEND"]
    with pytest.raises(NotInOrder):
        teams_of(one, "somebody-else-s")
    assert (
        Asked(team=MINE)
        .link(duty="AP_REVIEW_OVERDUE")
        .endswith("?duty=AP_REVIEW_OVERDUE&team=mine")
    )


def test_who_is_in_no_team_is_offered_none() -> None:
    nobody_s = Person(name="a", la="999")
    assert team_choices(nobody_s) == {}
    with pytest.raises(NotInOrder):
        teams_of(nobody_s, MINE)


def test_alerts_stand_together_by_severity() -> None:
    today = date(2025, 3, 25)
    lines = [line_of(an_alert(severity=s), today) for s in ("critical", "critical", "low")]
    assert [(name, len(part)) for name, part in grouped(lines)] == [("critical", 2), ("low", 1)]


def test_the_sums_are_those_of_the_counts() -> None:
    assert sums(COUNTS) == [1, 2, 3, 2]
    assert sums([]) == []
    assert total(COUNTS, Asked()) == "8 open alerts"
    assert total(COUNTS, Asked(duty="B")) == "3 open alerts"
    assert total(COUNTS, Asked(state="all")) == ""
