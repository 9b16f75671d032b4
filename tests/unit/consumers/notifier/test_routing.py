"""Who is told of a transition: the team, whoever was told before, or others in their place."""

from __future__ import annotations

import msgspec
import pytest

from consumers.notifier.delivery import (
    DELIVERY_STEP,
    NOBODY,
    Cause,
    Delivery,
    Reason,
    Step,
    body_of,
    delivery_from,
    delivery_of,
    record_of,
)
from consumers.notifier.recipients import Channel, Recipients
from consumers.notifier.routing import in_place_of_others, route
from schemas.catalogue import event_types
from schemas.validation import problems
from tests.unit.consumers.notifier.book import (
    BOOK,
    LA,
    MONDAY,
    NIGHT,
    a_delivery,
    delivered,
    heard,
)

NO_BOOK = Recipients(version="v0")


def ways(steps: list[Delivery], step: Step = Step.PLANNED) -> set[tuple[str, Channel]]:
    return {one.way for one in steps if one.step is step}


def test_a_critical_alert_is_told_by_each_channel_for_urgent_ones() -> None:
    steps = route(heard(), [], BOOK, NIGHT)
    assert ways(steps) == {
        ("lead", Channel.NOTIFY_TEXT),
        ("lead", Channel.EMAIL),
        ("officer", Channel.EMAIL),
    }
    assert {(one.urgent, one.cause) for one in steps} == {(True, Cause.TEAM)}


@pytest.mark.parametrize("severity", ["high", "medium", "low"])
def test_others_are_told_by_the_channels_for_all_else(severity: str) -> None:
    steps = route(heard(severity=severity), [], BOOK, MONDAY)
    assert ways(steps) == {("lead", Channel.EMAIL), ("officer", Channel.EMAIL)}
    assert not any(one.urgent for one in steps)


def test_a_warning_goes_to_the_team_and_wakes_nobody_however_bad_it_would_be() -> None:
    steps = route(heard("DUE_SOON"), [], BOOK, NIGHT)
    assert {one.recipient for one in steps} == {"lead", "officer"}
    assert not any(one.urgent for one in steps)


def test_what_was_warned_of_and_is_missed_is_urgent() -> None:
    before = route(heard("DUE_SOON"), [], BOOK, NIGHT)
    steps = route(heard("OPENED", 2), before, BOOK, NIGHT)
    assert all(one.urgent for one in steps if one.step is Step.PLANNED)
    assert ways(steps, Step.CANCELLED) == {one.way for one in before}


@pytest.mark.parametrize("kind", ["UNSEEN", "UNASSIGNED"])
def test_what_nobody_attends_to_is_told_to_the_team_again_and_to_the_fallback(kind: str) -> None:
    steps = route(heard(kind, 2, severity="high"), [delivered()], BOOK, MONDAY)
    assert {(one.recipient, one.cause) for one in steps} == {
        ("lead", Cause.TEAM),
        ("officer", Cause.TEAM),
        ("manager", Cause.UNATTENDED),
    }


def test_what_comes_back_after_an_acknowledgement_ran_out_is_told_to_the_team() -> None:
    steps = route(heard("RETURNED", 3), [delivered()], BOOK, NIGHT)
    assert {one.recipient for one in steps} == {"lead", "officer"}
    assert all(one.urgent for one in steps)


def test_a_duty_of_no_team_is_told_to_the_fallback() -> None:
    (one,) = route(heard(duty="EHC_PLAN_20_WEEKS"), [], BOOK, MONDAY)
    assert (one.recipient, one.cause, one.urgent) == ("manager", Cause.NO_TEAM, True)


def test_an_authority_that_is_not_in_the_file_is_recorded_as_told_to_nobody() -> None:
    (one,) = route(heard(), [], NO_BOOK, MONDAY)
    assert one.way == (NOBODY, Channel.NONE)


def test_a_transition_that_was_routed_is_not_routed_again() -> None:
    steps = route(heard(), [], BOOK, MONDAY)
    assert route(heard(), steps, BOOK, NIGHT) == []


def test_a_withdrawal_is_told_to_whoever_was_told_and_to_nobody_else() -> None:
    before = [
        delivered(recipient="lead"),
        a_delivery(
            recipient="officer", step=Step.GIVEN_UP, reason=Reason.ADDRESS_REFUSED, attempt=1
        ),
    ]
    (one,) = route(heard("WITHDRAWN", 2), before, BOOK, MONDAY)
    assert (one.way, one.cause) == (("lead", Channel.EMAIL), Cause.TOLD_BEFORE)


def test_who_was_not_told_yet_is_told_neither_of_the_alert_nor_that_it_is_over() -> None:
    before = route(heard(severity="high"), [], BOOK, NIGHT)
    steps = route(heard("WITHDRAWN", 2, severity="high"), before, BOOK, NIGHT)
    assert {(one.step, one.reason) for one in steps} == {(Step.CANCELLED, Reason.ALERT_OVER)}
    assert len(steps) == len(before)


@pytest.mark.parametrize("reason", [None, Reason.TIMED_OUT])
def test_who_may_have_been_told_is_told_of_the_withdrawal(reason: Reason | None) -> None:
    step = Step.FAILED if reason else Step.ATTEMPTED
    before = [a_delivery(step=step, reason=reason, attempt=1)]
    steps = route(heard("WITHDRAWN", 2), before, BOOK, MONDAY)
    assert [one.step for one in steps] == [Step.CANCELLED, Step.PLANNED]


def test_what_grows_critical_is_told_to_the_team_at_once_and_takes_the_place_of_what_waits() -> (
    None
):
    before = route(heard(severity="high"), [], BOOK, NIGHT)
    steps = route(heard("ESCALATED", 2), before, BOOK, NIGHT)
    assert ways(steps, Step.CANCELLED) == {one.way for one in before}
    assert ways(steps) == ways(route(heard(), [], BOOK, NIGHT))


def test_an_amendment_that_makes_it_critical_is_an_alarm_too() -> None:
    before = [delivered(heard(severity="high"))]
    steps = route(heard("AMENDED", 2), before, BOOK, NIGHT)
    assert all(one.urgent for one in steps)
    assert ("lead", Channel.NOTIFY_TEXT) in ways(steps)


def test_a_change_is_told_to_whoever_was_told_and_is_not_urgent() -> None:
    (one,) = route(heard("CONFIRMED", 2), [delivered()], BOOK, NIGHT)
    assert (one.recipient, one.urgent) == ("lead", False)


def test_a_change_before_the_alert_was_told_adds_no_message() -> None:
    before = route(heard(severity="high"), [], BOOK, NIGHT)
    assert route(heard("AMENDED", 2, severity="high"), before, BOOK, NIGHT) == []


def test_an_alert_that_goes_on_under_another_id_is_told_to_whoever_was_told_of_the_old_one() -> (
    None
):
    old = "0c9de1f2-4f0b-4b7e-9d0c-5f1f60a40d11"
    before = [delivered(heard(alert_id=old), recipient="manager")]
    steps = route(heard(continues=old), before, BOOK, MONDAY)
    assert ("manager", Channel.EMAIL) in ways(steps)


def test_a_false_alarm_of_this_night_is_called_back_at_once_and_of_the_day_in_the_morning() -> None:
    tonight = delivered(at=NIGHT - 60_000)
    by_day = delivered(at=MONDAY)
    (now,) = route(heard("WITHDRAWN", 2), [tonight], BOOK, NIGHT)
    (later,) = route(heard("WITHDRAWN", 2), [by_day], BOOK, NIGHT)
    assert (now.urgent, later.urgent) == (True, False)


def test_in_place_of_others_nobody_is_told_twice_of_one_transition() -> None:
    there = [a_delivery(recipient="manager", channel=Channel.NOTIFY_TEXT)]
    assert in_place_of_others(heard(), Cause.GIVEN_UP, BOOK, there, MONDAY) == []


def test_a_step_fits_its_schema_and_comes_back_as_it_was() -> None:
    one = a_delivery(step=Step.FAILED, reason=Reason.TIMED_OUT, attempt=2, message_id=None)
    record = record_of(one)
    assert record["local_authority"] == LA
    assert problems(DELIVERY_STEP, record) == []
    assert delivery_of(record) == msgspec.structs.replace(one, planned_at=one.at)
    assert delivery_from(body_of(one), one.planned_at) == one


def test_every_code_of_a_step_is_in_the_schema() -> None:
    fields = {field.name: field.codes for field in event_types()["DeliveryStep"].payload}
    for name, codes in {"step": Step, "cause": Cause, "reason": Reason, "channel": Channel}.items():
        assert fields[name] == tuple(codes)
