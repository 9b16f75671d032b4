"""A transition as a message of the alerts topic."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from consumers.one_writer import Message
from schemas.catalogue import EventType
from schemas.codec import Codec
from schemas.headers import (
    CE_ID,
    CE_SOURCE,
    CE_SPECVERSION,
    CE_TIME,
    CE_TYPE,
    CONTENT_TYPE,
    FINGERPRINT,
    TRACEPARENT,
)

ALERT_TRANSITION = "joinedup.alerts.AlertTransition"
SEQUENCE = "sequence"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A transition of the outbox.

    body: the audited text, JSON; empty where the child was erased before it was published. chain:
    the LA's chain value at it. traceparent: its W3C trace context; mostly empty.
    """

    partition: int
    sequence: int
    body: str
    chain: str
    traceparent: str = ""


def message_of(outgoing: Outgoing, event_type: EventType, codec: Codec) -> Message:
    """Return the message of a transition."""
    fields = json.loads(outgoing.body)
    as_of = fields["as_of"]
    record = _record(fields) | {"sequence": outgoing.sequence, "chain": outgoing.chain}
    traced = [(TRACEPARENT, outgoing.traceparent.encode())] if outgoing.traceparent else []
    return Message(
        key=fields["local_authority"].encode(),
        value=codec.encode(ALERT_TRANSITION, record),
        headers=[
            (CE_SPECVERSION, b"1.0"),
            (CONTENT_TYPE, b"application/avro"),
            (CE_ID, f"{fields['alert_id']}/{fields['number']}".encode()),
            (CE_TYPE, ALERT_TRANSITION.encode()),
            (CE_SOURCE, b"urn:joinedup:platform"),
            (CE_TIME, _moment(as_of).isoformat(timespec="milliseconds").encode()),
            (FINGERPRINT, event_type.fingerprint.encode()),
            (SEQUENCE, b"%d" % outgoing.sequence),
            *traced,
        ],
        timestamp=as_of,
    )


def _record(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the audited fields as the schema has them: days and moments, not text and numbers."""
    days = {name: _day(fields[name]) for name in ("due", "met_on")}
    moments = {name: _moment(fields[name]) for name in ("as_of", "known_at")}
    return {"escalation": 0} | fields | days | moments


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)
