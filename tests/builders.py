"""The smallest valid example of each thing: a fact, a child's journey, a school calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from journey.child import Journey, journey_of
from journey.events import Event
from schemas.catalogue import EventType, event_types

LA = "999"
AGENCIES = {"social-care": "care/case-system", "health": "clinic/record"}


def day(text: str) -> date:
    """Return a day written as 2025-09-03."""
    return date.fromisoformat(text)


def noon(on: date) -> int:
    """Return noon of a day, in milliseconds since 1970 UTC."""
    return int(datetime(on.year, on.month, on.day, 12, tzinfo=UTC).timestamp() * 1000)


def a_fact(
    kind: str,
    on: str,
    record: str = "",
    /,
    *,
    known: str = "",
    source: str = "",
    revision: int = 1,
    retracted: bool = False,
    **data: Any,
) -> Event:
    """Return a fact of this type on this day; dates may be written as text.

    record: its record key, also what other facts refer to it by; else made of type and day.
    known: the day on which the platform heard of it; else the day itself.
    """
    about, record = _type(kind), record or f"{kind}@{on}"
    payload = {name: _value(about, name, value) for name, value in data.items()}
    if about.occurs is not None:
        payload.setdefault(about.occurs, day(on))
    return Event(
        type=kind,
        agency=about.agency,
        la=LA,
        source=source or AGENCIES.get(about.agency, "school/mis"),
        record=record,
        leaf="leaf",
        event_id=f"{record}#{revision}",
        revision=revision,
        retracted=retracted,
        occurred_on=day(on),
        kappa=noon(day(known or on)),
        data=payload,
    )


def a_journey(*facts: Event, born: str = "") -> Journey:
    """Return the journey of these facts: of each record the last given stands."""
    winning = {fact.record: fact for fact in facts}
    return journey_of("child", "leaf", day(born) if born else None, winning.values())


def a_calendar(
    first: str, last: str, *closed: tuple[str, str], establishment: str | None = None
) -> dict[str, Any]:
    """Return the payload of a SchoolCalendarPublished."""
    return {
        "establishment": establishment,
        "academic_year": f"{first[:4]}/{last[2:4]}",
        "from_on": day(first),
        "to_on": day(last),
        "closed": [{"first": day(a), "last": day(b)} for a, b in closed],
    }


@cache
def _types() -> Mapping[str, EventType]:
    return event_types()


def _type(kind: str) -> EventType:
    return _types()[kind]


def _value(about: EventType, name: str, value: Any) -> Any:
    kinds = {field.name: field.kind for field in about.payload}
    if name not in kinds:
        raise AssertionError(f"{about.name} has no field {name}")
    return day(value) if kinds[name] == "date" and isinstance(value, str) else value
