"""A delivery: one transition of an alert told to one recipient by one channel, step by step."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from consumers.notifier.recipients import Channel

DELIVERY_STEP = "joinedup.notifications.DeliveryStep"
NOBODY = "-"
"""Stands for the recipient where there is none."""

_DELIVERIES = uuid.UUID("5e0a1f6e-8a55-5c1c-9a3c-3f5d0b7f4a21")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Step(StrEnum):
    """What happened. ATTEMPTED stands before the message leaves."""

    PLANNED = "PLANNED"
    ATTEMPTED = "ATTEMPTED"
    ACCEPTED = "ACCEPTED"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    GIVEN_UP = "GIVEN_UP"
    CANCELLED = "CANCELLED"


WAITING = (Step.PLANNED, Step.ATTEMPTED, Step.FAILED)
"""The steps after which a message is still to be sent."""
TOLD = (Step.ACCEPTED, Step.DELIVERED)


class Cause(StrEnum):
    """Why this recipient: the last four are told in the place of others."""

    TEAM = "TEAM"
    TOLD_BEFORE = "TOLD_BEFORE"
    NO_TEAM = "NO_TEAM"
    GIVEN_UP = "GIVEN_UP"
    NOBODY_TOLD = "NOBODY_TOLD"
    UNATTENDED = "UNATTENDED"


class Reason(StrEnum):
    """Why a delivery failed, was given up or was cancelled."""

    UNREACHABLE = "UNREACHABLE"
    TIMED_OUT = "TIMED_OUT"
    NOT_SECURE = "NOT_SECURE"
    NOT_SIGNED_IN = "NOT_SIGNED_IN"
    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    MESSAGE_REFUSED = "MESSAGE_REFUSED"
    TOO_MANY = "TOO_MANY"
    CHANNEL_FAULT = "CHANNEL_FAULT"
    NOT_DELIVERED = "NOT_DELIVERED"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    ATTEMPTS_SPENT = "ATTEMPTS_SPENT"
    NO_RECIPIENT = "NO_RECIPIENT"
    NO_CHANNEL = "NO_CHANNEL"
    ALERT_OVER = "ALERT_OVER"
    SUPERSEDED = "SUPERSEDED"
    ERASED = "ERASED"


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What the notifier looks at of a transition. offset: on its partition of the alerts topic."""

    la: str
    alert_id: str
    number: int
    kind: str
    severity: str
    duty: str
    continues: str | None = None
    offset: int = 0


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery after one of its steps, which is what stands on the topic.

    number, kind, severity, duty: of the transition. attempt: 0 before the first. at: when the step
    was taken (ms since 1970 UTC, the notifier's clock). planned_at: when the first was; kept by
    the store and not on the topic. version: of the file of recipients.
    """

    delivery_id: str
    la: str
    alert_id: str
    number: int
    kind: str
    severity: str
    duty: str
    recipient: str
    channel: Channel
    cause: Cause
    urgent: bool
    step: Step
    reason: Reason | None = None
    attempt: int = 0
    message_id: str | None = None
    channel_reference: str | None = None
    version: str
    alerts_offset: int
    at: int
    planned_at: int

    def then(
        self,
        step: Step,
        at: int,
        *,
        reason: Reason | None = None,
        message_id: str | None = None,
        channel_reference: str | None = None,
    ) -> Delivery:
        """Return the delivery after its next step; an attempt is counted when it begins."""
        return msgspec.structs.replace(
            self,
            step=step,
            at=at,
            reason=reason,
            attempt=self.attempt + (step is Step.ATTEMPTED),
            message_id=message_id or self.message_id,
            channel_reference=channel_reference or self.channel_reference,
        )

    @property
    def way(self) -> tuple[str, Channel]:
        """To whom, by what."""
        return self.recipient, self.channel


def delivery_id(alert_id: str, number: int, recipient: str, channel: Channel) -> str:
    """Return the key that makes a delivery one, however often it is planned."""
    return str(uuid.uuid5(_DELIVERIES, f"{alert_id}/{number}/{recipient}/{channel}"))


def message_id(deliveries: tuple[Delivery, ...]) -> str:
    """Return the id of the message that tells these: the same whenever the same are told."""
    named = ",".join(sorted(one.delivery_id for one in deliveries))
    return str(uuid.uuid5(_DELIVERIES, named))


def planned(
    heard: Heard,
    recipient: str,
    channel: Channel,
    *,
    cause: Cause,
    urgent: bool,
    version: str,
    now: int,
) -> Delivery:
    """Return a delivery that nobody has tried yet."""
    return Delivery(
        delivery_id=delivery_id(heard.alert_id, heard.number, recipient, channel),
        la=heard.la,
        alert_id=heard.alert_id,
        number=heard.number,
        kind=heard.kind,
        severity=heard.severity,
        duty=heard.duty,
        recipient=recipient,
        channel=channel,
        cause=cause,
        urgent=urgent,
        step=Step.PLANNED,
        version=version,
        alerts_offset=heard.offset,
        at=now,
        planned_at=now,
    )


def heard_of(delivery: Delivery) -> Heard:
    """Return the transition that a delivery tells of."""
    return Heard(
        la=delivery.la,
        alert_id=delivery.alert_id,
        number=delivery.number,
        kind=delivery.kind,
        severity=delivery.severity,
        duty=delivery.duty,
        offset=delivery.alerts_offset,
    )


_RENAMED = {"la": "local_authority", "version": "recipients_version"}
_NAMES = {_RENAMED.get(name, name): name for name in Delivery.__struct_fields__}


def body_of(delivery: Delivery) -> str:
    """Return the audited text of a step: what stands on the topic, as RFC 8785 JSON."""
    return msgspec.json.encode(_fields(delivery), order="sorted").decode()


def record_of(delivery: Delivery) -> dict[str, Any]:
    """Return a step as its schema has it."""
    moment = _EPOCH + timedelta(milliseconds=delivery.at)
    fields: dict[str, Any] = msgspec.to_builtins(_fields(delivery))
    return {**fields, "at": moment}


def delivery_of(record: Mapping[str, Any]) -> Delivery:
    """Return the delivery of a record of the topic; its own moment stands for the first one's."""
    at = round(record["at"].timestamp() * 1000)
    return _named({**record, "at": at}, at)


def delivery_from(body: str, planned_at: int) -> Delivery:
    """Return the delivery of an audited text, and when its first step was taken."""
    return _named(msgspec.json.decode(body), planned_at)


def _fields(delivery: Delivery) -> dict[str, Any]:
    fields = msgspec.structs.asdict(delivery)
    del fields["planned_at"]
    return {_RENAMED.get(name, name): value for name, value in fields.items()}


def _named(said: Mapping[str, Any], planned_at: int) -> Delivery:
    own = {_NAMES[name]: value for name, value in said.items() if name in _NAMES}
    return msgspec.convert({**own, "planned_at": planned_at}, Delivery)
