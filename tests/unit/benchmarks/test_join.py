"""The comparison's join: duplicates, a child under several names, and five duties."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from benchmarks.duties import fact_of
from benchmarks.events import Event
from benchmarks.join import Alert, Happened, Join, Link, Row

TODAY = 20_000


class Dictionary(dict[str, Any]):
    """A table that is a dictionary."""

    def set(self, key: str, value: Any) -> None:
        self[key] = value

    def delete(self, key: str) -> None:
        del self[key]


def a_join() -> Join:
    return Join(Dictionary(), Dictionary(), Dictionary(), TODAY)


def event(kind: str, record_id: str = "r", *names: str, **said: Any) -> Event:
    envelope = {"revision": 1, "retracted": False, "source_record_id": record_id}
    fields = ("started_on", "agency", "agreed_on", "contributors", "proposed_on", "transition")
    fields += ("decided_on", "start_on", "commissioner_type", "end_on", "placement", "notified_on")
    fields += ("received_on", "referral")
    record = {**dict.fromkeys(fields), **envelope, **said}
    return Event(
        id=f"{kind} {record_id} {record['revision']} {record['retracted']}",
        type=kind,
        source="org/system",
        record_id=record_id,
        revision=record["revision"],
        retracted=record["retracted"],
        identifiers=sorted(names) or ["0:UPN:A"],
        occurred_on=TODAY - 100,
        recorded_at=0,
        fact=fact_of(kind, record),
        payload=b"",
    )


def told(*events: Event) -> list[Row]:
    join = a_join()
    return [row for number, one in enumerate(events) for row in join.rows(one, f"topic 0 {number}")]


def open_alerts(rows: list[Row]) -> set[tuple[str, str, int]]:
    """Return what stands as open once each row was written over the one before it."""
    stands = {row[:3]: row for row in rows if isinstance(row, Alert)}
    return {(row.child, row.duty, row.due) for row in stands.values() if row.open}


def test_an_event_that_is_sent_twice_is_told_once() -> None:
    join = a_join()
    assert join.rows(event("X"), "topic 0 1")
    assert join.rows(event("X"), "topic 0 2") == []


def test_an_event_that_is_read_again_gives_all_its_rows_again() -> None:
    join, one = a_join(), event("TransitionProposed", "t", proposed_on=TODAY - 40)
    assert set(map(repr, join.rows(one, "topic 0 1"))) == set(
        map(repr, join.rows(one, "topic 0 1"))
    )


def test_a_source_that_speaks_of_itself_gives_no_row() -> None:
    assert a_join().rows(None, "topic 0 1") == []


def test_a_child_that_two_systems_name_differently_is_one_once_a_third_names_both() -> None:
    rows = told(
        event("X", "1", "1:NHS:9"),
        event("X", "2", "0:UPN:A"),
        event("X", "3", "0:UPN:A", "1:NHS:9"),
    )
    children = {row.identifier: row.child for row in rows if isinstance(row, Link)}
    assert children == {"0:UPN:A": "0:UPN:A", "1:NHS:9": "0:UPN:A"}
    assert sum(isinstance(row, Happened) for row in rows) == 3


def test_an_alert_of_a_name_that_a_child_has_no_more_is_closed_and_told_under_the_new_one() -> None:
    rows = told(
        event("TransitionProposed", "t", "1:NHS:9", proposed_on=TODAY - 40),
        event("X", "x", "0:UPN:A", "1:NHS:9"),
    )
    assert open_alerts(rows) == {("0:UPN:A", "AP_TRANSITION_DECISION_DELAYED", TODAY - 12)}


OWED = {
    "AP_TRANSITION_DECISION_DELAYED": (
        event("TransitionProposed", "t", proposed_on=TODAY - 29),
        event("TransitionDecisionRecorded", "d", transition="t", decided_on=TODAY),
    ),
    "AP_EXIT_PLAN_MISSING": (
        event("ApPlacementStarted", "p", start_on=TODAY - 50),
        event("ExitPlanAgreed", "e", placement="p", agreed_on=TODAY),
    ),
    "REFERRAL_DECISION_1_DAY": (
        event("ReferralReceived", "f", received_on=TODAY - 4),
        event("ReferralDecisionRecorded", "g", referral="f", decided_on=TODAY),
    ),
    "AP_LA_NOT_INFORMED": (
        event("ApPlacementStarted", "p", start_on=TODAY - 8, commissioner_type="SCHOOL"),
        event("LaNotifiedOfApPlacement", "n", notified_on=TODAY - 9),
    ),
}


@pytest.mark.parametrize("duty", OWED)
def test_what_is_overdue_is_raised_and_its_answer_closes_it(duty: str) -> None:
    opening, answer = OWED[duty]
    assert {one for _, one, _ in open_alerts(told(opening))} == {duty}
    assert open_alerts(told(opening, answer)) == set() == open_alerts(told(answer, opening))


def test_an_answer_that_is_taken_back_answers_nothing() -> None:
    opening, answer = OWED["AP_EXIT_PLAN_MISSING"]
    again = event("ExitPlanAgreed", "e", placement="p", agreed_on=TODAY, revision=2, retracted=True)
    assert len(open_alerts(told(opening, answer, again))) == 1


def test_a_deadline_of_today_has_not_passed() -> None:
    assert open_alerts(told(event("TransitionProposed", "t", proposed_on=TODAY - 28))) == set()


def test_two_agencies_owe_a_plan_of_both_in_whichever_order_they_tell_it() -> None:
    school = event("AgencyInvolvementStarted", "s", started_on=TODAY - 90, agency="EDUCATION")
    health = event("AgencyInvolvementStarted", "h", started_on=TODAY - 40, agency="HEALTH")
    alone = event("JointPlanAgreed", "a", agreed_on=TODAY, contributors=["EDUCATION"])
    both = event("JointPlanAgreed", "b", agreed_on=TODAY, contributors=["EDUCATION", "HEALTH"])
    owed = {("0:UPN:A", "JOINT_PLAN_MISSING", TODAY - 12)}
    assert all(open_alerts(told(*one)) == owed for one in permutations((school, health, alone)))
    assert all(open_alerts(told(*one)) == set() for one in permutations((school, health, both)))
