"""Invented school calendars that come when they come, and a duty that is counted by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import school_days
from journey.duties.duty import Case
from journey.duties.schooling import ROLL_FACTS, school_of
from journey.events import Event
from journey.machine import Machine
from journey.shelf import MemoryShelf, Shelf
from tests.builders import a_calendar
from tests.unit.journey.streams import LA, PLAN, event, on

COUNCIL = "council/calendars"
KILN = "The Kiln"
MILL = "The Mill"


def _cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterable[Case]:
    for case in PLAN.cases(journey, parameters, calendars):
        started = next(e for e in journey.of("ApPlacementStarted") if e.record == case.anchor)
        day = started.day("start_on") or started.occurred_on
        school = school_of(journey, calendars, day, started.text("provider"))
        clock = school_days(day, 10, school)
        yield msgspec.structs.replace(case, due=clock.due, arithmetic=clock.arithmetic)


SCHOOLED = msgspec.structs.replace(PLAN, id="SCHOOLED", cases=_cases, reads=PLAN.reads | ROLL_FACTS)
"""A plan is owed ten school days after the start; a start on day 3 is due on day 17."""
BOTH = (PLAN, SCHOOLED)


def machine(shelf: Shelf | None = None, sequence: int = 0) -> Machine:
    """Return a machine with a duty that counts school days and one that does not."""
    return Machine(shelf or MemoryShelf(), sequence, duties=BOTH)


def published(
    kappa: int,
    *closed: tuple[int, int],
    of: str | None = None,
    record: str = "",
    revision: int = 1,
    retracted: bool = False,
    again: bool | None = True,
    last: int = 320,
) -> Event:
    """Return the record that publishes a year's calendar, or takes it back.

    closed: first and last day of each closure, as numbers. again: what it says of itself.
    """
    days = [(on(first).isoformat(), on(until).isoformat()) for first, until in closed]
    payload = a_calendar(on(1).isoformat(), on(last).isoformat(), *days, establishment=of)
    said = {} if retracted else payload
    if again is not None:
        said["counts_again"] = again
    record = record or f"calendar/{of}"
    return Event(
        type="SchoolCalendarPublished",
        agency="governance",
        la=LA,
        source=COUNCIL,
        record=record,
        leaf="",
        event_id=f"{record}@{revision}@{closed}",
        revision=revision,
        retracted=retracted,
        occurred_on=on(1),
        kappa=kappa,
        digest=repr(said),
        data=said,
    )


def started(
    kappa: int, name: str = "a", *, provider: str | None = KILN, day: int = 3, **fields: object
) -> Event:
    """Return the start of a placement of a child of this name."""
    data = {"start_on": on(day)} | ({"provider": provider} if provider else {})
    fields = {"leaf": f"leaf-{name}", **fields}
    return event("ApPlacementStarted", kappa, f"placement-{name}", day=day, data=data, **fields)
