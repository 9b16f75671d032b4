"""What is to leave now and what waits for when: a pure function, time an argument."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from consumers.notifier.delivery import (
    TOLD,
    WAITING,
    Cause,
    Delivery,
    Reason,
    Step,
    heard_of,
    message_id,
)
from consumers.notifier.hours import opening, release
from consumers.notifier.recipients import Channel, Recipient, Recipients
from consumers.notifier.routing import CRITICAL, in_place_of_others, is_alarm, route
from journey.moments import DAY, HOUR

MINUTE = 60_000
SECOND = 1_000

Way = tuple[str, str, Channel]
"""(local authority, recipient, channel)"""

ATTEMPTS = {True: 5, False: 8}
"""How often a message is tried, urgent or not, before it is given up."""
FIRST_PAUSE = {True: 15 * SECOND, False: MINUTE}
"""After the first failure; doubled with each."""
LONGEST_PAUSE = 30 * MINUTE
LOOKED_AT_WITHIN = HOUR
"""How long what cannot leave yet is not looked at, at most: whatever lets it leave is seen then."""
FINAL = frozenset(
    {Reason.ADDRESS_REFUSED, Reason.MESSAGE_REFUSED, Reason.NO_RECIPIENT, Reason.NO_CHANNEL}
)
"""What another attempt would not change."""
GIVEN_UP_FOR = FINAL | {Reason.ATTEMPTS_SPENT}
"""Why a delivery is given up."""


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message: to whom, by what, and of which deliveries it tells."""

    la: str
    recipient: Recipient
    channel: Channel
    urgent: bool
    deliveries: tuple[Delivery, ...]
    message_id: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What follows at a moment.

    steps: to be recorded before anything leaves. messages: to leave now, the urgent first.
    later: when to look again (ms UTC) at what cannot leave yet, by (authority, delivery).
    """

    steps: tuple[Delivery, ...] = ()
    messages: tuple[Outgoing, ...] = ()
    later: Mapping[tuple[str, str], int] = {}


def plan(
    waiting: Sequence[Delivery],
    siblings: Iterable[Delivery],
    sent: Mapping[Way, Sequence[int]],
    recipients: Recipients,
    now: int,
) -> Plan:
    """Return what is to be recorded and sent at this moment.

    waiting: deliveries that nobody was told by. siblings: all deliveries of the alerts of these.
    sent: when messages that were not urgent left in the last day, by way.
    """
    by_alert: dict[str, list[Delivery]] = {}
    for one in siblings:
        by_alert.setdefault(one.alert_id, []).append(one)
    steps = [step for one in waiting for step in _removed(one, by_alert, recipients, now)]
    gone = {one.delivery_id for one in steps if one.step not in WAITING}
    stay = [one for one in waiting if one.delivery_id not in gone]
    left = [one for one in stay if one.channel is not Channel.NONE]
    unheard = list(_unheard(left, by_alert, recipients))
    steps += _nobody_told(unheard, by_alert, recipients, now)
    due = {one.delivery_id: _due(one, sent, recipients, now) for one in left}
    leaving = [one for one in left if due[one.delivery_id] <= now]
    return Plan(
        steps=tuple(steps),
        messages=tuple(_messages(leaving, recipients)),
        later=_later(stay, due, unheard, now),
    )


def after(delivery: Delivery, reason: Reason, now: int) -> list[Delivery]:
    """Return the steps after an attempt that failed: it is tried again later, or given up."""
    failed = delivery.then(Step.FAILED, now, reason=reason)
    if reason in FINAL:
        return [failed, failed.then(Step.GIVEN_UP, now, reason=reason)]
    if delivery.attempt >= ATTEMPTS[delivery.urgent]:
        return [failed, failed.then(Step.GIVEN_UP, now, reason=Reason.ATTEMPTS_SPENT)]
    return [failed]


def instead(
    given_up: Delivery, siblings: Iterable[Delivery], recipients: Recipients, now: int
) -> list[Delivery]:
    """Return whom to tell instead of a recipient whose delivery was given up."""
    heard = heard_of(given_up)
    return in_place_of_others(heard, Cause.GIVEN_UP, recipients, siblings, now)


def pause_after(delivery: Delivery) -> int:
    """Return how long (ms) to wait after this failed attempt before the next."""
    doubled = FIRST_PAUSE[delivery.urgent] << max(delivery.attempt - 1, 0)
    return min(doubled, LONGEST_PAUSE)


def _due(one: Delivery, sent: Mapping[Way, Sequence[int]], recipients: Recipients, now: int) -> int:
    """Return the moment from which a delivery is to leave; the past where it is urgent and late."""
    again = one.at + pause_after(one) if one.step is Step.FAILED else one.planned_at
    recipient = recipients.recipient(one.la, one.recipient)
    if one.urgent or recipient is None:
        return again
    # What was missed, as while the notifier was stopped, is made up for within the hours.
    moment = max(release(recipient.hours, one.planned_at), again, now)
    moment = _within_limits(moment, recipient, sent.get((one.la, *one.way), ()))
    return opening(recipient.hours, moment)


def _within_limits(moment: int, recipient: Recipient, sent: Sequence[int]) -> int:
    """Return the first moment from this on at which one more message is within the limits."""
    for limit, span in ((recipient.per_hour, HOUR), (recipient.per_day, DAY)):
        recent = sorted(at for at in sent if at > moment - span)
        if limit and len(recent) >= limit:
            moment = max(moment, recent[-limit] + span)
    return moment


def _messages(leaving: Iterable[Delivery], recipients: Recipients) -> list[Outgoing]:
    """Gather what leaves at once to one recipient by one channel; the urgent apart and first.

    What may have left in a message leaves in the same one again, so that it is known by its id.
    """
    gathered: dict[tuple[bool, Way, str], list[Delivery]] = {}
    for one in leaving:
        place = (not one.urgent, (one.la, *one.way), one.message_id or "")
        gathered.setdefault(place, []).append(one)
    return [
        _outgoing(way, recipient, not later, tuple(listed))
        for (later, way, _), listed in sorted(gathered.items(), key=lambda item: item[0])
        if (recipient := recipients.recipient(way[0], way[1])) is not None
    ]


def _outgoing(
    way: Way, recipient: Recipient, urgent: bool, deliveries: tuple[Delivery, ...]
) -> Outgoing:
    return Outgoing(
        la=way[0],
        recipient=recipient,
        channel=way[2],
        urgent=urgent,
        deliveries=deliveries,
        message_id=deliveries[0].message_id or message_id(deliveries),
    )


def _removed(
    one: Delivery, by_alert: Mapping[str, Sequence[Delivery]], recipients: Recipients, now: int
) -> Iterator[Delivery]:
    """Give up what is for a recipient, or a channel, that the file has no more."""
    if one.channel is Channel.NONE:
        if one.la in recipients.authorities:
            yield one.then(Step.CANCELLED, now, reason=Reason.SUPERSEDED)
            yield from route(heard_of(one), (), recipients, now)
        return
    recipient = recipients.recipient(one.la, one.recipient)
    if recipient is not None and one.channel in recipient.addresses:
        return
    reason = Reason.NO_CHANNEL if recipient else Reason.NO_RECIPIENT
    given_up = one.then(Step.GIVEN_UP, now, reason=reason)
    yield given_up
    yield from instead(given_up, by_alert.get(one.alert_id, ()), recipients, now)


def _later(
    stay: Iterable[Delivery],
    due: Mapping[str, int],
    unheard: Iterable[tuple[Delivery, int]],
    now: int,
) -> dict[tuple[str, str], int]:
    """Return when to look again at what cannot leave yet, or may be told to others before that."""
    last = now + LOOKED_AT_WITHIN
    told_to_others = {(d.alert_id, d.number): moment for d, moment in unheard if moment > now}
    return {
        (one.la, one.delivery_id): min(moment, told_to_others.get((one.alert_id, one.number), last))
        for one in stay
        if (moment := min(due.get(one.delivery_id, last), last)) > now
    }


def _nobody_told(
    unheard: Iterable[tuple[Delivery, int]],
    by_alert: Mapping[str, Sequence[Delivery]],
    recipients: Recipients,
    now: int,
) -> list[Delivery]:
    """Return whom to tell of the critical alerts that have reached nobody for too long."""
    steps: list[Delivery] = []
    for first, moment in unheard:
        if moment <= now:
            told = by_alert.get(first.alert_id, ())
            steps += in_place_of_others(heard_of(first), Cause.NOBODY_TOLD, recipients, told, now)
    return steps


def _unheard(
    waiting: Sequence[Delivery],
    by_alert: Mapping[str, Sequence[Delivery]],
    recipients: Recipients,
) -> Iterator[tuple[Delivery, int]]:
    """Yield critical alarms of which nobody was told, and when others are to be told instead."""
    seen: set[tuple[str, int]] = set()
    for one in waiting:
        authority = recipients.authorities.get(one.la)
        key = (one.alert_id, one.number)
        if authority is None or key in seen or not (one.urgent and _is_critical_alarm(one)):
            continue
        seen.add(key)
        same = [d for d in by_alert.get(one.alert_id, ()) if d.number == one.number]
        told = any(d.step in TOLD for d in same)
        if not told and not any(d.cause is Cause.NOBODY_TOLD for d in same):
            first = min((d.planned_at for d in same), default=one.planned_at)
            yield one, first + authority.fallback_minutes * MINUTE


def _is_critical_alarm(one: Delivery) -> bool:
    return one.severity == CRITICAL and (is_alarm(one.kind) or one.cause is not Cause.TOLD_BEFORE)
