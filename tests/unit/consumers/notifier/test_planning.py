"""What leaves when: critical alerts at once, all else within hours, digests and limits."""

from __future__ import annotations

import uuid
from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.notifier.delivery import NOBODY, Cause, Delivery, Reason, Step
from consumers.notifier.hours import is_open
from consumers.notifier.planning import ATTEMPTS, MINUTE, Plan, after, instead, pause_after, plan
from consumers.notifier.recipients import Channel, Hours, Recipients
from tests.unit.consumers.notifier.book import (
    BOOK,
    LA,
    LEAD,
    MONDAY,
    NIGHT,
    a_book,
    a_delivery,
    a_recipient,
    at,
    delivered,
    heard,
)

HIGH = heard(severity="high")
DAYTIME = a_recipient("lead", hours=Hours())
HOUR = 60 * MINUTE


def planned(
    *waiting: Delivery,
    now: int,
    book: Recipients = BOOK,
    beside: tuple[Delivery, ...] = (),
    sent: tuple[int, ...] = (),
) -> Plan:
    return plan(waiting, (*waiting, *beside), {(LA, "lead", Channel.EMAIL): sent}, book, now)


def test_a_critical_alert_leaves_at_once_in_the_night() -> None:
    (message,) = planned(a_delivery(planned_at=NIGHT), now=NIGHT).messages
    assert message.urgent


@settings(deadline=None)  # the first looks up the bank holidays
@given(
    st.integers(at("2026-01-01T00:00"), at("2027-12-01T00:00")),
    st.lists(st.integers(0, 24 * HOUR), max_size=50),
)
def test_no_hour_digest_or_limit_ever_holds_a_critical_alert(
    moment: int, before: list[int]
) -> None:
    lead = a_recipient("lead", hours=LEAD.hours, per_hour=1, per_day=1)
    sent = tuple(moment - ago for ago in before)
    waiting = a_delivery(planned_at=moment)
    assert planned(waiting, now=moment, book=a_book(lead), sent=sent).messages


@settings(deadline=None)  # the first looks up the bank holidays
@given(st.integers(at("2026-01-01T00:00"), at("2027-12-01T00:00")), st.integers(0, 400 * HOUR))
def test_what_is_not_critical_never_leaves_outside_the_hours(moment: int, wait: int) -> None:
    waiting = a_delivery(HIGH, planned_at=moment)
    now = moment + wait
    if planned(waiting, now=now).messages:
        assert is_open(LEAD.hours, now)


def test_what_gathers_before_a_digest_leaves_in_one_message() -> None:
    other = heard(severity="low", alert_id="00000000-0000-4000-8000-000000000002")
    waiting = (
        a_delivery(HIGH, planned_at=at("2026-11-23T09:10")),
        a_delivery(other, planned_at=at("2026-11-23T11:00")),
    )
    assert planned(*waiting, now=at("2026-11-23T15:59")).messages == ()
    (message,) = planned(*waiting, now=at("2026-11-23T16:00")).messages
    assert len(message.deliveries) == 2


def test_a_digest_that_was_missed_is_made_up_for_within_the_hours() -> None:
    waiting = a_delivery(HIGH, planned_at=at("2026-11-23T09:10"))
    assert planned(waiting, now=at("2026-11-23T19:00")).messages == ()
    assert planned(waiting, now=at("2026-11-24T08:00")).messages


def test_the_urgent_leave_first_and_apart() -> None:
    urgent = a_delivery(planned_at=MONDAY)
    other = heard(severity="high", alert_id="00000000-0000-4000-8000-000000000002")
    daytime = a_book(DAYTIME)
    found = planned(a_delivery(other, planned_at=MONDAY), urgent, now=MONDAY, book=daytime)
    assert [one.urgent for one in found.messages] == [True, False]


@pytest.mark.parametrize(
    ("limits", "sent", "leaves"),
    [
        ({"per_hour": 2}, (MONDAY - 5 * MINUTE,), MONDAY),
        ({"per_hour": 2}, (MONDAY - 50 * MINUTE, MONDAY - 5 * MINUTE), MONDAY + 10 * MINUTE),
        ({"per_day": 1}, (MONDAY - HOUR,), at("2026-11-24T09:00")),
        ({}, (MONDAY - MINUTE,) * 99, MONDAY),
    ],
)
def test_limits_hold_the_next_message_until_there_is_room(
    limits: dict[str, int], sent: tuple[int, ...], leaves: int
) -> None:
    book = a_book(a_recipient("lead", **limits))
    waiting = a_delivery(HIGH, planned_at=MONDAY)
    assert planned(waiting, now=leaves, book=book, sent=sent).messages
    if leaves > MONDAY:
        assert not planned(waiting, now=leaves - 1, book=book, sent=sent).messages


def test_a_failed_attempt_is_made_again_after_ever_longer_pauses() -> None:
    pauses = [pause_after(a_delivery(attempt=n)) for n in range(1, 5)]
    assert pauses == [15_000, 30_000, 60_000, 120_000]
    failed = a_delivery(step=Step.FAILED, attempt=2, at=NIGHT)
    assert not planned(failed, now=NIGHT + 29_999).messages
    assert planned(failed, now=NIGHT + 30_000).messages


def test_what_was_attempted_when_the_process_died_is_sent_again() -> None:
    assert planned(a_delivery(step=Step.ATTEMPTED, attempt=1), now=NIGHT).messages


@pytest.mark.parametrize("urgent", [True, False])
def test_attempts_end_and_the_delivery_is_given_up(urgent: bool) -> None:
    one = a_delivery(urgent=urgent, step=Step.ATTEMPTED, attempt=ATTEMPTS[urgent])
    failed, given_up = after(one, Reason.TIMED_OUT, NIGHT)
    assert (failed.reason, given_up.reason) == (Reason.TIMED_OUT, Reason.ATTEMPTS_SPENT)
    assert [s.step for s in after(a_delivery(attempt=1), Reason.TIMED_OUT, NIGHT)] == [Step.FAILED]


def test_an_address_that_is_refused_is_not_tried_again() -> None:
    steps = after(a_delivery(step=Step.ATTEMPTED, attempt=1), Reason.ADDRESS_REFUSED, NIGHT)
    assert [one.step for one in steps] == [Step.FAILED, Step.GIVEN_UP]


def test_what_was_given_up_is_told_to_the_fallback() -> None:
    given_up = a_delivery(step=Step.GIVEN_UP, attempt=5)
    (one,) = instead(given_up, [given_up], BOOK, NIGHT)
    assert (one.recipient, one.cause, one.urgent) == ("manager", Cause.GIVEN_UP, True)


def test_a_critical_alert_of_which_nobody_was_told_in_time_goes_to_the_fallback() -> None:
    waiting = a_delivery(step=Step.FAILED, attempt=3, at=NIGHT, planned_at=NIGHT)
    assert planned(waiting, now=NIGHT + 10 * MINUTE - 1).steps == ()
    (one,) = planned(waiting, now=NIGHT + 10 * MINUTE).steps
    assert (one.recipient, one.cause) == ("manager", Cause.NOBODY_TOLD)


def test_what_is_tried_again_later_is_looked_at_when_the_fallback_is_to_be_told() -> None:
    now = NIGHT + 9 * MINUTE + 30_000
    waiting = a_delivery(step=Step.FAILED, attempt=3, at=now, planned_at=NIGHT)
    assert now + pause_after(waiting) > NIGHT + 10 * MINUTE
    later = planned(waiting, now=now).later
    assert later == {(LA, waiting.delivery_id): NIGHT + 10 * MINUTE}


def test_a_critical_alert_that_somebody_was_told_of_does_not() -> None:
    waiting = a_delivery(step=Step.FAILED, attempt=3, at=NIGHT, planned_at=NIGHT)
    told = delivered(recipient="officer", planned_at=NIGHT)
    assert planned(waiting, now=NIGHT + HOUR, beside=(told,)).steps == ()


def test_the_fallback_is_told_once_that_nobody_was() -> None:
    waiting = a_delivery(step=Step.FAILED, attempt=3, at=NIGHT, planned_at=NIGHT)
    (one,) = planned(waiting, now=NIGHT + 10 * MINUTE).steps
    assert planned(waiting, one, now=NIGHT + 11 * MINUTE).steps == ()


@settings(deadline=None)
@given(
    st.integers(at("2026-11-20T00:00"), at("2026-11-27T00:00")),
    st.lists(
        st.tuples(
            st.integers(0, 2 * HOUR),
            st.sampled_from(["critical", "high"]),
            st.integers(0, 4),
            st.sampled_from([Channel.EMAIL, Channel.NOTIFY_TEXT]),
        ),
        max_size=6,
    ),
    st.lists(st.integers(1, 3 * HOUR), max_size=4),
    st.floats(0, 1),
)
def test_whatever_is_to_be_told_is_looked_at_when_it_is_and_not_long_before(
    now: int,
    waiting: list[tuple[int, str, int, Channel]],
    before: list[int],
    part: float,
) -> None:
    book = a_book(a_recipient("lead", hours=LEAD.hours, per_hour=2))
    deliveries = [
        a_delivery(
            heard(severity=severity, alert_id=str(uuid.UUID(int=number))),
            channel=channel,
            planned_at=now - ago,
            at=now - ago // 2,
            step=Step.FAILED if attempt else Step.PLANNED,
            attempt=attempt,
        )
        for number, (ago, severity, attempt, channel) in enumerate(waiting)
    ]
    sent = tuple(now - ago for ago in before)
    found = planned(*deliveries, now=now, book=book, sent=sent)
    leaving = {one.delivery_id for message in found.messages for one in message.deliveries}
    for one in deliveries:
        if one.delivery_id in leaving:
            assert (LA, one.delivery_id) not in found.later
            continue
        later = found.later[LA, one.delivery_id]
        assert now < later <= now + HOUR
        # Until then nothing would have come of a look at it.
        between = now + round((later - 1 - now) * part)
        meanwhile = planned(one, now=between, book=book, sent=sent)
        assert not meanwhile.messages
        assert meanwhile.steps == planned(one, now=now, book=book, sent=sent).steps


def test_a_recipient_who_left_the_file_is_given_up_and_the_fallback_told() -> None:
    gone = a_delivery(recipient="who-left", planned_at=NIGHT)
    given_up, other = planned(gone, now=NIGHT).steps
    assert (given_up.step, given_up.reason) == (Step.GIVEN_UP, Reason.NO_RECIPIENT)
    assert other.recipient == "manager"


def test_what_had_nobody_is_told_once_the_authority_is_in_the_file() -> None:
    nobody = a_delivery(recipient=NOBODY, channel=Channel.NONE, cause=Cause.NO_TEAM)
    until_then = planned(nobody, now=NIGHT, book=Recipients(version="v0"))
    assert until_then == Plan(later={(LA, nobody.delivery_id): NIGHT + HOUR})
    cancelled, *others = planned(nobody, now=NIGHT).steps
    assert (cancelled.step, cancelled.reason) == (Step.CANCELLED, Reason.SUPERSEDED)
    assert {one.recipient for one in others} == {"lead", "officer"}


def test_the_same_message_keeps_its_id_in_each_attempt() -> None:
    one, two = a_delivery(), a_delivery(step=Step.FAILED, attempt=1, at=0)
    (first,), (second,) = (planned(d, now=NIGHT).messages for d in (one, two))
    assert first.message_id == second.message_id


@pytest.mark.parametrize("step", [Step.ATTEMPTED, Step.FAILED])
def test_what_may_have_left_leaves_again_as_the_same_message_whatever_waits_beside_it(
    step: Step,
) -> None:
    first, second, new = (a_delivery(heard(alert_id=str(uuid.UUID(int=n)))) for n in (1, 2, 3))
    (sent,) = planned(first, second, now=NIGHT).messages
    left = [one.then(step, 0, message_id=sent.message_id) for one in sent.deliveries]
    again = planned(*left, new, now=NIGHT).messages
    told = {one.message_id: {d.alert_id for d in one.deliveries} for one in again}
    assert told.pop(sent.message_id) == {first.alert_id, second.alert_id}
    assert list(told.values()) == [{new.alert_id}]


def test_a_digest_at_a_time_of_day_is_of_london_in_summer_too() -> None:
    book = a_book(a_recipient("lead", hours=Hours(digests=(time(9),))))
    waiting = a_delivery(HIGH, planned_at=at("2026-07-01T08:30"))
    assert not planned(waiting, now=at("2026-07-01T08:59"), book=book).messages
    assert planned(waiting, now=at("2026-07-01T09:00"), book=book).messages
