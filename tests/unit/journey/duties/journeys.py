"""Random journeys: any facts of the catalogue in any order, some without their fields."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from journey.child import Journey, journey_of
from journey.duties import DUTIES
from journey.events import Event
from schemas.catalogue import EventType, PayloadField, event_types
from tests.builders import noon

RECORDS = tuple("abcdefghijklmnop")
SINCE, UNTIL = date(2023, 9, 1), date(2027, 7, 31)
FAR = (date(1, 1, 1), date(1899, 12, 31), date(2100, 2, 28), date(9999, 12, 31))
READ = sorted({name for duty in DUTIES for name in duty.reads})
TYPES = [event_types()[name] for name in READ]

near_days = st.dates(SINCE, UNTIL)
days = st.one_of(near_days, near_days, near_days, st.sampled_from(FAR))
births = st.one_of(st.none(), st.dates(date(2005, 1, 1), date(2016, 12, 31)), st.sampled_from(FAR))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "date": days,
    "boolean": st.booleans(),
    "int": st.integers(-5, 15),
    "double": st.floats(-5, 40),
    "string": st.sampled_from(RECORDS),
    "array<string>": st.lists(st.sampled_from(["EDUCATION", "HEALTH", "SOCIAL_CARE"]), max_size=3),
}


def _value(field: PayloadField) -> st.SearchStrategy[Any]:
    if field.codes and not field.kind.startswith("array"):
        return st.sampled_from(field.codes)
    return VALUES[field.kind]


@st.composite
def facts_of(draw: st.DrawFn, about: EventType, record: str) -> Event:
    """A fact of a type; each field may be left out, by a source that is not as it should be."""
    on = draw(days)
    given = {f.name: draw(st.one_of(_value(f), _value(f), st.none())) for f in about.payload}
    known = noon(min(max(on, SINCE), UNTIL)) + draw(st.integers(0, 40)) * 86_400_000
    return Event(
        type=about.name,
        agency=about.agency,
        la="999",
        source=draw(st.sampled_from(["school/mis", "care/system"])),
        record=record,
        leaf="leaf",
        event_id=f"id-{record}",
        revision=1,
        occurred_on=on,
        kappa=known,
        data={name: value for name, value in given.items() if value is not None},
    )


@st.composite
def fact_lists(draw: st.DrawFn, among: tuple[EventType, ...]) -> list[Event]:
    """Up to sixteen facts of these types, each its own record."""
    types = draw(st.lists(st.sampled_from(among), max_size=len(RECORDS)))
    return [draw(facts_of(one, record)) for one, record in zip(types, RECORDS, strict=False)]


@st.composite
def journeys(draw: st.DrawFn, among: tuple[EventType, ...] = tuple(TYPES)) -> Journey:
    """A journey of such facts."""
    return journey_of("child", "leaf", draw(births), draw(fact_lists(among)))


def attendance(first: date, count: int) -> list[Event]:
    """One session on each of so many days."""
    return [
        Event(
            type="SessionAttendanceRecorded",
            agency="education",
            la="999",
            source="school/mis",
            record=f"session-{n}",
            leaf="leaf",
            event_id=f"session-{n}",
            revision=1,
            occurred_on=first + timedelta(days=n),
            kappa=noon(first + timedelta(days=n)),
            data={"session_on": first + timedelta(days=n), "placement": "P"},
        )
        for n in range(count)
    ]
