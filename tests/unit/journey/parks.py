"""Records that the core cannot take until a calendar mends the cause, and orders to redrive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from journey.calendars import Calendars
from journey.child import Journey
from journey.cluster import REDRIVE
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.events import Event
from journey.machine import Machine
from journey.shelf import MemoryShelf, Shelf
from tests.unit.journey.streams import PLAN, event, on


class Unmended(Exception):
    """The fault of the duty below."""


def _fragile_cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterable[Case]:
    marked = [e for e in journey.of("ApReviewHeld") if e.flag("needs_calendar")]
    if marked and None not in calendars.published:
        raise Unmended("the text of a fault may quote what it was about: Robin")
    return ()


FRAGILE = Duty(
    id="FRAGILE",
    meaning="Fails on marked reviews until the authority has published a calendar.",
    trigger="",
    satisfying="",
    clock="",
    severity=Severity.LOW,
    basis=Basis.LOCAL,
    source="invented",
    parameters={},
    reads=frozenset({"ApReviewHeld"}),
    satisfied_by=frozenset(),
    cases=_fragile_cases,
)


def marked(kappa: int, record: str = "marked", **fields: object) -> Event:
    """Return a review that the fragile duty cannot take without a calendar."""
    return event("ApReviewHeld", kappa, record, data={"needs_calendar": True}, **fields)


def mend(kappa: int) -> Event:
    """Return the calendar that mends the fragile duty."""
    data = {"academic_year": "2025/26", "from_on": on(1), "to_on": on(200)}
    return event(
        "SchoolCalendarPublished", kappa, "calendar", leaf="", agency="governance", data=data
    )


def order(kappa: int, park: str = "marked") -> Event:
    """Return the order to take again what waits with this record."""
    return event(
        REDRIVE,
        kappa,
        f"order/{park}/{kappa}",
        leaf="",
        agency="governance",
        source="la/operations",
        data={"park": park},
    )


def fragile(shelf: Shelf | None = None, sequence: int = 0) -> Machine:
    """Return a machine with the usual duty and the fragile one."""
    return Machine(shelf or MemoryShelf(), sequence, duties=(PLAN, FRAGILE))
