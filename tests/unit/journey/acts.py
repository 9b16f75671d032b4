"""Actions on the one alert of the invented streams."""

from __future__ import annotations

from datetime import date

from journey.cluster import ACTION
from journey.events import Event
from journey.telling import alert_id
from tests.unit.journey.streams import event

ALERT = alert_id("PLAN", "placement", "")


def action(act: str, kappa: int, number: int = 1, by: str = "a.lead", **said: object) -> Event:
    """Return the record of an action on the alert of the placement, unless it names another."""
    given = {"alert_id": ALERT, "anchor": "placement", **said}
    data = {"action": act, "number": number, "by": by, **given}
    return event(
        ACTION,
        kappa,
        f"action/{act}/{kappa}/{by}",
        agency="governance",
        source="joinedup/dashboard",
        leaf="",
        data={name: value for name, value in data.items() if value is not None},
    )


def snooze(kappa: int, until: date, number: int = 1, by: str = "a.lead") -> Event:
    """Return that somebody set the alert aside until the end of a day."""
    return action("SNOOZE", kappa, number, by, until=until, reason="MEETING_IS_BOOKED")
