"""Small invented streams for the machine: one source of each kind, one duty, few children."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from journey.calendars import Calendars
from journey.child import Journey
from journey.duties.duty import Basis, Case, Duty, Met, Severity
from journey.events import Event, Identifier
from journey.machine import Machine
from journey.moments import DAY, HOUR, deadline
from journey.shelf import MemoryShelf, Shelf
from journey.transition import Transition

LA = "999"
SCHOOL = "school/mis"
CARE = "care/system"
DAY_ONE = date(2025, 9, 1)
START = deadline(DAY_ONE - timedelta(days=1))


def _plan_cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterable[Case]:
    for start in journey.of("ApPlacementStarted"):
        day = start.day("start_on") or start.occurred_on
        plans = [p for p in journey.of("ExitPlanAgreed") if p.occurred_on >= day]
        ends = [e for e in journey.of("ApPlacementEnded") if e.occurred_on >= day]
        met = None
        if plans:
            met = Met(on=plans[0].occurred_on, by=(plans[0].event_id,))
        elif ends:
            met = Met(on=ends[0].occurred_on, by=(ends[0].event_id,), ended=True)
        yield Case(
            anchor=start.record,
            due=day + timedelta(days=10),
            arithmetic="10 days after the start",
            because=(start.event_id,),
            met=met,
            ends_on=None if met else start.day("ends_on"),
        )


PLAN = Duty(
    id="PLAN",
    meaning="A plan is owed ten days after the start.",
    trigger="ApPlacementStarted",
    satisfying="ExitPlanAgreed",
    clock="10 days",
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source="invented",
    parameters={},
    reads=frozenset({"ApPlacementStarted", "ExitPlanAgreed", "ApPlacementEnded"}),
    satisfied_by=frozenset({"ExitPlanAgreed"}),
    cases=_plan_cases,
)


def at(day: int, hour: int = 12) -> int:
    """Return the moment of this day (1 is the first) and hour."""
    return START + (day - 1) * DAY + hour * HOUR


def on(day: int) -> date:
    """Return the calendar day of this number."""
    return DAY_ONE + timedelta(days=day - 1)


def event(type: str, kappa: int, record: str, **fields: object) -> Event:
    """Return an event; ``day`` is its valid day as a number, other fields as in Event."""
    day = fields.pop("day", 1)
    assert isinstance(day, int)
    revision = fields.pop("revision", 1)
    known: dict[str, object] = {
        "agency": "education",
        "source": SCHOOL,
        "leaf": "leaf-a",
        "event_id": f"{record}@{revision}",
        "occurred_on": on(day),
        "digest": f"{record}@{revision}@{day}",
        **fields,
    }
    return Event(type=type, la=LA, record=record, revision=revision, kappa=kappa, **known)  # type: ignore[arg-type]


def joined(source: str, kappa: int, mode: str = "STREAMING", hours: int = 48) -> Event:
    """Return the record by which a source joins."""
    data = {
        "mode": mode,
        "rhythm_hours": hours,
        "event_types": ["ApPlacementStarted", "ExitPlanAgreed", "ApPlacementEnded"],
    }
    return control("SourceJoined", source, kappa, data)


def control(type: str, source: str, kappa: int, data: Mapping[str, object]) -> Event:
    """Return a record about a source."""
    return event(
        type,
        kappa,
        f"{type}/{source}/{kappa}",
        agency="source",
        source=source,
        leaf="",
        data=data,
    )


def beat(source: str, kappa: int, complete_to: int | None = None) -> Event:
    """Return a heartbeat, complete to its own moment where nothing else is said."""
    stated = kappa if complete_to is None else complete_to
    return control("SourceHeartbeat", source, kappa, {"complete_to": stated})


def shield(kappa: int, *leaves: str, lifted: bool = False, name: str = "") -> Event:
    """Return a person's decision that these leaves are shielded, or are no longer."""
    return event(
        "IdentityShieldDecided",
        kappa,
        name or f"shield-{kappa}",
        leaf="",
        agency="governance",
        revision=kappa,
        data={"leaves": list(leaves), "shielded": not lifted},
    )


def upn(value: str, status: str = "VERIFIED") -> Identifier:
    """Return a UPN as a token."""
    return Identifier("UPN", f"upn-{value}", status)


def machine(shelf: Shelf | None = None, sequence: int = 0) -> Machine:
    """Return a machine with the one duty."""
    return Machine(shelf or MemoryShelf(), sequence, duties=(PLAN,))


def run(stream: Iterable[Event | int], on_machine: Machine | None = None) -> list[Transition]:
    """Return the transitions of a stream of events and ticks (plain numbers)."""
    it = on_machine or machine()
    found: list[Transition] = []
    for item in stream:
        found += it.tick(item) if isinstance(item, int) else it.record(item).transitions
    return found


def kinds(transitions: Iterable[Transition]) -> list[str]:
    """Return the kinds of the child duty's transitions, in order."""
    return [t.kind for t in transitions if t.duty == "PLAN"]
