"""Alerts and moments as the store gives them, for the tests of what a page says of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from consumers.store.reading import Alert, Moment

CHILD = "4dc7dddb-0000-5000-8000-000000000000"


def an_alert(**differing: Any) -> Alert:
    fields: dict[str, Any] = {
        "alert_id": "900c6b3e-69ba-5150-8ee1-ce9478558710",
        "severity": "high",
        "basis": "law",
        "child": CHILD,
        "due": "2025-03-12",
        "duty": "JOINT_PLAN_MISSING",
        "status": "OPEN",
        "kind": "OPENED",
        "outcome": None,
        "unconfirmed": False,
        "identity_in_review": False,
        "unreadable": False,
        "waiting_for": [],
        "detail": "health has not contributed",
        "arithmetic": "20 school days after 5 February 2025",
        "because": [],
        "met_by": [],
        "rules": "2026-11",
        "as_of": 1_741_824_000_000,
    }
    return Alert(opened_at=0, fields=fields | differing)


def a_moment(event_id: str, day: date, type_: str = "SessionAttendanceRecorded") -> Moment:
    known = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return Moment(
        occurred_on=day,
        kappa=int(known.timestamp() * 1000),
        type=type_,
        agency="education",
        event_id=event_id,
        revision=1,
        standing="stands",
    )
