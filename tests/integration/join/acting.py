"""The record that a lead did something about an alert, as intake journeys it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.integration.join.stories import DAYS, FIRST_DAY, Told, a_record

ACTION = "AlertActionRecorded"
LATE = FIRST_DAY + timedelta(days=DAYS)


def acted(alert: dict[str, Any], act: str, kappa: int, la: str = "999", **said: Any) -> Told:
    """Return the record of an act about the alert of this audited text, known at this moment."""
    given = {"by": "a.lead", "number": alert["number"], **said}
    record = a_record(
        la,
        ACTION,
        "social-care",
        f"action/{act}/{alert['alert_id']}/{kappa}",
        alert_id=alert["alert_id"],
        anchor=alert["anchor"],
        action=act,
        day=LATE,
        decided_on=LATE,
        **given,
    )
    return Told(ACTION, record, kappa)
