"""Recipients and transitions as the tests of the notifier know them."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import msgspec

from consumers.notifier.delivery import Cause, Delivery, Heard, Step, planned
from consumers.notifier.recipients import (
    Authority,
    Channel,
    Hours,
    Recipient,
    Recipients,
    Team,
)
from journey.moments import LONDON

LA = "330"


def at(text: str) -> int:
    """Return a moment of London as ms since 1970 UTC."""
    return round(datetime.fromisoformat(text).replace(tzinfo=LONDON).timestamp() * 1000)


MONDAY = at("2026-11-23T10:00")
NIGHT = at("2026-11-23T23:30")


def a_recipient(code: str, **changed: Any) -> Recipient:
    return Recipient(
        **{
            "code": code,
            "addresses": {
                Channel.EMAIL: f"{code}@example.gov.uk",
                Channel.NOTIFY_TEXT: "+447700900123",
            },
            "urgent_by": (Channel.NOTIFY_TEXT, Channel.EMAIL),
            "others_by": (Channel.EMAIL,),
            **changed,
        }
    )


LEAD = a_recipient("lead", hours=Hours(digests=(time(9), time(16))))
OFFICER = a_recipient("officer", urgent_by=(Channel.EMAIL,))
MANAGER = a_recipient("manager", urgent_by=(Channel.NOTIFY_TEXT,))


def a_book(*recipients: Recipient, version: str = "v1", **changed: Any) -> Recipients:
    """Return a file: the lead and the officer are told of AP duties, the manager falls back."""
    known = {one.code: one for one in (LEAD, OFFICER, MANAGER)} | {
        one.code: one for one in recipients
    }
    authority = Authority(
        **{
            "code": LA,
            "recipients": known,
            "teams": (Team(name="ap", duties=("AP_*",), recipients=("lead", "officer")),),
            "fallback": ("manager",),
            **changed,
        }
    )
    return Recipients(version=version, authorities={LA: authority})


BOOK = a_book()


def heard(
    kind: str = "OPENED", number: int = 1, severity: str = "critical", **changed: Any
) -> Heard:
    return Heard(
        **{
            "la": LA,
            "alert_id": "1b671a64-40d5-491e-99b0-da01ff1f3341",
            "number": number,
            "kind": kind,
            "severity": severity,
            "duty": "AP_EXIT_PLAN_MISSING",
            **changed,
        }
    )


def a_delivery(
    of: Heard | None = None,
    recipient: str = "lead",
    channel: Channel = Channel.EMAIL,
    **changed: Any,
) -> Delivery:
    """Return a planned delivery with these fields changed."""
    transition = of or heard()
    fresh = planned(
        transition,
        recipient,
        channel,
        cause=changed.pop("cause", Cause.TEAM),
        urgent=changed.pop("urgent", transition.severity == "critical"),
        version="v1",
        now=changed.pop("planned_at", MONDAY),
    )
    return msgspec.structs.replace(fresh, **changed)


def delivered(of: Heard | None = None, recipient: str = "lead", **changed: Any) -> Delivery:
    return a_delivery(of, recipient, step=Step.DELIVERED, attempt=1, **changed)
