"""The smallest valid example of any event type, of an invented child."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

from schemas.catalogue import EventType, PayloadField, event_types

MOMENT = datetime(2025, 9, 3, 9, 0, tzinfo=UTC)
DAY = date(2025, 9, 3)
BY_KIND: dict[str, Any] = {
    "string": "A1",
    "date": DAY,
    "timestamp-millis": MOMENT,
    "int": 3,
    "long": 4,
    "double": 12.5,
    "boolean": True,
    "bytes": b"\x00\x01",
    "array<string>": ["A1"],
    "array<ClosedPeriod>": [{"first": DAY, "last": DAY}],
    "array<DutyChange>": [
        {
            "duty": "AP_REVIEW_OVERDUE",
            "enabled": True,
            "severity": "LOW",
            "parameters": [{"name": "weeks", "number": 6, "words": None}],
        }
    ],
    "array<ErasedAct>": [
        {"action": "6f9619ff-8b86-4011-b42d-00c04fc964ff", "effect": "DONE"},
    ],
    "array<ErasedPlace>": [
        {
            "sequence": 7,
            "alert_id": str(uuid.uuid5(uuid.NAMESPACE_URL, "an alert")),
            "number": 1,
            "before": b"",
            "chain": bytes(32),
        }
    ],
    "array<NextOffset>": [{"topic": "education.events", "offset": 7}],
    "map<bytes>": {"ce_id": b"1"},
}


def envelope() -> dict[str, Any]:
    return {
        "event_id": str(uuid.uuid5(uuid.NAMESPACE_URL, "an event")),
        "local_authority": "999",
        "occurred_at": MOMENT,
        "recorded_at": MOMENT,
        "source": {"organisation": "anytown-council", "system": "case-system"},
        "source_record_id": "PL-1",
        "revision": 1,
        "retracted": False,
        "identifiers": [
            {"scheme": "LA_CHILD_ID", "value": "C-1", "status": "VERIFIED"},
            {"scheme": "NHS", "value": "9990000018", "status": "VERIFIED"},
        ],
        "date_of_birth": date(2010, 1, 2),
        "batch": None,
        "scope": None,
    }


def value_of(field: PayloadField) -> Any:
    if field.codes:
        return [field.codes[0]] if field.kind == "array<string>" else field.codes[0]
    if field.content == "record-token":
        return ["0f" * 16] if field.kind == "array<string>" else "0f" * 16
    if field.content == "contact":
        return "01632 960123"
    if field.content == "uuid":
        return str(uuid.uuid5(uuid.NAMESPACE_URL, field.name))
    return BY_KIND[field.kind]


def a_record(one: EventType | str, **changed: Any) -> dict[str, Any]:
    """Return a full, valid record of this type, with these fields changed."""
    found = event_types()[one] if isinstance(one, str) else one
    payload = {field.name: value_of(field) for field in found.payload}
    return {**(envelope() if found.has_envelope else {}), **payload, **changed}
