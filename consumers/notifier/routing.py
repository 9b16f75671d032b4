"""Who is to be told of a transition: a pure function of the file and of who was told before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from consumers.notifier.delivery import (
    NOBODY,
    WAITING,
    Cause,
    Delivery,
    Heard,
    Reason,
    Step,
    planned,
)
from consumers.notifier.hours import closed_since, is_open
from consumers.notifier.recipients import Channel, Recipient, Recipients

CRITICAL = "critical"
UNATTENDED = frozenset({"UNSEEN", "UNASSIGNED"})
"""Transitions that say that nobody attends to the alert; the fallback is told too."""
ALARMS = frozenset({"OPENED", "REOPENED", "ESCALATED", "RETURNED"}) | UNATTENDED
"""Transitions that say that something is missing; they are told to the team."""
WARNING = "DUE_SOON"
"""The transition that says that something will be missing; told to the team, and never urgent."""
OVER = frozenset({"RESOLVED", "WITHDRAWN"})
_NEVER_ARRIVED = frozenset(
    {
        Reason.UNREACHABLE,
        Reason.NOT_SECURE,
        Reason.NOT_SIGNED_IN,
        Reason.ADDRESS_REFUSED,
        Reason.MESSAGE_REFUSED,
        Reason.NO_RECIPIENT,
        Reason.NO_CHANNEL,
        Reason.NOT_DELIVERED,
    }
)


def is_alarm(kind: str) -> bool:
    """Return whether a transition of this kind says that something is missing, and not more."""
    return kind in ALARMS


def is_urgent(heard: Heard) -> bool:
    """Return whether a transition must be told at once, at any hour."""
    return heard.severity == CRITICAL and heard.kind != WARNING


def may_have_arrived(delivery: Delivery) -> bool:
    """Return whether the recipient was told, or may have been."""
    if delivery.attempt == 0:
        return False
    # Only the last attempt's reason is at hand: of an earlier one nobody can say so much.
    return delivery.attempt > 1 or delivery.reason not in _NEVER_ARRIVED


def route(
    heard: Heard, before: Sequence[Delivery], recipients: Recipients, now: int
) -> list[Delivery]:
    """Return the steps that follow from a transition: whom to tell, and what to tell no more.

    before: where the deliveries of the alert stand, and those of the alert that it continues.
    """
    if any(one.alert_id == heard.alert_id and one.number >= heard.number for one in before):
        return []  # it was routed already
    told = list(_followers(before))
    alarm = is_alarm(heard.kind) or heard.kind == WARNING or _becomes_critical(heard, before)
    if alarm or (not told and not _waits(before) and heard.kind not in OVER):
        return _alarm(heard, before, told, recipients, now)
    new = [
        planned(
            heard,
            recipient,
            channel,
            cause=Cause.TOLD_BEFORE,
            urgent=_is_urgent_news(heard, before, recipients, (recipient, channel), now),
            version=recipients.version,
            now=now,
        )
        for recipient, channel in told
    ]
    if heard.kind in OVER:
        return [*_cancelled(before, Reason.ALERT_OVER, now), *new]
    return new


def in_place_of_others(
    heard: Heard, cause: Cause, recipients: Recipients, before: Iterable[Delivery], now: int
) -> list[Delivery]:
    """Return whom to tell of a transition in the place of others, but for who is to be told.

    Where the authority names nobody that is recorded too, so that it is seen.
    """
    authority = recipients.authorities.get(heard.la)
    there = {one.way for one in before if one.number == heard.number}
    if authority is None:
        return [] if (NOBODY, Channel.NONE) in there else [_nobody(heard, cause, recipients, now)]
    urgent = is_urgent(heard)
    return [
        planned(
            heard,
            code,
            channel,
            cause=cause,
            urgent=urgent,
            version=recipients.version,
            now=now,
        )
        for code in authority.fallback
        for channel in _channels(authority.recipients[code], urgent)
        if (code, channel) not in there
    ]


def _nobody(heard: Heard, cause: Cause, recipients: Recipients, now: int) -> Delivery:
    return planned(
        heard,
        NOBODY,
        Channel.NONE,
        cause=cause,
        urgent=is_urgent(heard),
        version=recipients.version,
        now=now,
    )


def _alarm(
    heard: Heard,
    before: Sequence[Delivery],
    told: Iterable[tuple[str, Channel]],
    recipients: Recipients,
    now: int,
) -> list[Delivery]:
    authority = recipients.authorities.get(heard.la)
    codes = authority.of_duty(heard.duty) if authority else ()
    urgent = is_urgent(heard)
    ways = {
        (code, channel): Cause.TEAM
        for code in codes
        for channel in _channels(authority.recipients[code] if authority else None, urgent)
    }
    if not codes:
        new = in_place_of_others(heard, Cause.NO_TEAM, recipients, (), now)
    elif heard.kind in UNATTENDED:
        new = in_place_of_others(heard, Cause.UNATTENDED, recipients, (), now)
        new = [one for one in new if one.way not in ways]
    else:
        new = []
    for way in told:
        ways.setdefault(way, Cause.TOLD_BEFORE)
    there = {one.way for one in new}
    new += [
        planned(
            heard,
            recipient,
            channel,
            cause=cause,
            urgent=urgent,
            version=recipients.version,
            now=now,
        )
        for (recipient, channel), cause in ways.items()
        if (recipient, channel) not in there
    ]
    return [*_cancelled(before, Reason.SUPERSEDED, now), *new]


def _channels(recipient: Recipient | None, urgent: bool) -> tuple[Channel, ...]:
    if recipient is None:
        return ()
    return recipient.urgent_by if urgent else recipient.others_by


def _followers(before: Iterable[Delivery]) -> Iterator[tuple[str, Channel]]:
    yield from dict.fromkeys(one.way for one in before if may_have_arrived(one))


def _waits(before: Iterable[Delivery]) -> bool:
    """Return whether somebody is about to be told of the alert, as it then stands."""
    return any(one.step in WAITING for one in before)


def _cancelled(before: Iterable[Delivery], reason: Reason, now: int) -> list[Delivery]:
    return [one.then(Step.CANCELLED, now, reason=reason) for one in before if one.step in WAITING]


def _becomes_critical(heard: Heard, before: Sequence[Delivery]) -> bool:
    return (
        heard.kind not in OVER
        and is_urgent(heard)
        and bool(before)
        and not any(one.severity == CRITICAL for one in before)
    )


def _is_urgent_news(
    heard: Heard,
    before: Iterable[Delivery],
    recipients: Recipients,
    way: tuple[str, Channel],
    now: int,
) -> bool:
    """Return whether that an alert was a false one must be told at once.

    So it is where it was told at once, and is within the hours, or was told since they ended: who
    acts on it now is to stop; who sleeps is not to be woken.
    """
    recipient = recipients.recipient(heard.la, way[0])
    if heard.kind != "WITHDRAWN" or heard.severity != CRITICAL or recipient is None:
        return False
    since = 0 if is_open(recipient.hours, now) else closed_since(recipient.hours, now)
    return any(one.way == way and one.urgent and one.at >= since for one in before)
