"""One child's year as it is told: what each agency records, and when the platform hears it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from producers.event import LONDON, Event, Identifier, milliseconds, new_event
from producers.simulate.numbers import LA
from producers.simulate.population import Child
from producers.simulate.school_year import HORIZON, OPENING
from producers.simulate.sources import (
    AP_REGISTER,
    CASEWORK,
    CLINIC,
    MESSAGES,
    SCHOOLS,
    SEND,
    TRACKING,
    Source,
)
from schemas.catalogue import event_types

OPENED_AT = datetime.combine(OPENING, time(6), UTC)
"""When the sources load what they already hold."""
_OFFICE_OPENS = 9
_OFFICE_MINUTES = 8 * 60


@dataclass(frozen=True, kw_only=True)
class Record:
    """One event and when it is sent; child is the invented child's number, 0 where it is none."""

    known_at: datetime
    source: Source
    event: Event
    child: int = 0

    def resent(self, after: timedelta) -> Record:
        """Return the same event as it is sent again after this time."""
        return replace(self, known_at=self.known_at + after)


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """A duty that this child's year misses on purpose: told as a story, or an ordinary miss."""

    child: int
    duty: str
    because: str


@dataclass(frozen=True, kw_only=True)
class Placement:
    """What the other paths need to know of a placement.

    id: its number in the register; None where the register does not hold it.
    step: every how many school days the child is there. provider: who says so, where no register
    holds it.
    """

    id: str | None
    start: date
    end: date
    step: int = 1
    provider: str | None = None


@dataclass(frozen=True, kw_only=True)
class CarePeriod:
    """A period of being looked after, as a case system holds it before the extract.

    placements: first day, placement type and legal status of each. reviews: the days held.
    """

    child: Child
    started_on: date
    ceased_on: date | None
    placements: tuple[tuple[date, str, str], ...]
    reviews: tuple[date, ...]


@dataclass(frozen=True, kw_only=True)
class Message:
    """Something that the health service sends as a FHIR message.

    kind: ServiceRequest, CarePlan or Encounter. status: the FHIR status. until: the end of a
    plan. discharge: whether the contact was the last.
    """

    child: Child
    kind: str
    id: str
    status: str
    on: date
    until: date | None
    sent_on: date
    discharge: bool = False


@dataclass(frozen=True, kw_only=True)
class CensusPlacement:
    """A placement that the school arranged itself and tells in the termly census only."""

    child: Child
    urn: str
    start_on: date
    end_on: date


@dataclass(frozen=True, kw_only=True)
class Suspension:
    """A suspension, known from the termly census only."""

    child: Child
    start_on: date
    sessions: int


@dataclass(frozen=True, kw_only=True)
class Misses:
    """What goes wrong in a child's year.

    story: the story told, or empty. chosen: by duty, days late or None for never; a story's
    child misses each of these once and no others. scale: factor on the chance of a miss.
    """

    story: str = ""
    chosen: Mapping[str, int | None] = field(default_factory=dict)
    scale: float = 1.0


ORDINARY = Misses()


class Life:
    """The records of one child's year, built up path by path.

    strangers: the sources that hold no number which another has, and what each spells otherwise.
    """

    def __init__(self, seed: int, child: Child, misses: Misses = ORDINARY) -> None:
        self.child = child
        self.random = Random(f"{seed}/{child.number}")
        self.misses = misses
        self.records: list[Record] = []
        self.expected: list[Expectation] = []
        self.care: list[CarePeriod] = []
        self.messages: list[Message] = []
        self.suspensions: list[Suspension] = []
        self.census_placements: list[CensusPlacement] = []
        self.placements: list[Placement] = []
        self.bridged_on: date | None = None
        self.strangers: Mapping[str, Mapping[str, str]] = {}
        self._chosen = dict(misses.chosen)
        self._counts: dict[str, int] = {}

    def met(self, duty: str, chance: float, *, in_time: date, due: date) -> date | None:
        """Return the day on which a duty is met: in time, late, or None for never."""
        if self.misses.story:
            if duty not in self._chosen:
                return in_time
            late = self._chosen.pop(duty)
        elif not chance or self.random.random() >= chance * self.misses.scale:
            return in_time
        else:
            late = self.random.randint(6, 30) if self.random.random() < 0.6 else None
        self.expect(duty)
        return None if late is None else due + timedelta(days=late)

    def file(
        self, duty: str, source: Source, type: str, *, in_time: date, due: date, **payload: Any
    ) -> str | None:
        """Tell what meets a duty that only stories miss; return its record id, None for never."""
        on = self.met(duty, 0.0, in_time=in_time, due=due)
        if on is None:
            return None
        told: dict[str, Any] = {event_types()[type].occurs or "": on, **payload}
        return self.tell(source, type, **told)

    def fails(self, duty: str, chance: float = 0.0) -> bool:
        """Return True where this duty is missed by what is recorded, not by when."""
        return self.met(duty, chance, in_time=HORIZON, due=OPENING) != HORIZON

    def expect(self, duty: str) -> None:
        """Note that the child's year is expected to raise an alert of this duty."""
        because = self.misses.story or "ordinary miss"
        self.expected.append(Expectation(child=self.child.number, duty=duty, because=because))

    def tell(
        self,
        source: Source,
        type: str,
        *,
        record: str = "",
        slack: int = 0,
        known_on: date | None = None,
        retracted: bool = False,
        **payload: Any,
    ) -> str:
        """Add one event and return its source record id; what lies after the horizon is not told.

        record: the id where it is known, e.g. of a correction. slack: days by which it may be
        reported late without harm. known_on: the day it is reported, where a story says so.
        """
        record = record or self._next_id(type)
        occurred_on = payload[event_types()[type].occurs or ""]
        known_at = self._known_at(occurred_on, slack, known_on)
        if max(occurred_on, known_at.date()) > HORIZON:
            return record
        told = new_event(
            type,
            local_authority=LA,
            source=source.speaker,
            source_record_id=record,
            revision=milliseconds(known_at),
            recorded_at=known_at,
            retracted=retracted,
            identifiers=self._identifiers(source, known_at.date()),
            date_of_birth=self.child.birth,
            **payload,
        )
        self.records.append(
            Record(known_at=known_at, source=source, event=told, child=self.child.number)
        )
        return record

    def told(self, type: str) -> list[Record]:
        """Return the records of this type told so far."""
        return [record for record in self.records if record.event.type == type]

    def between(self, first: date, last: date) -> date:
        """Return a day from first to last, both included; first where last is before it."""
        return first + timedelta(days=self.random.randint(0, max((last - first).days, 0)))

    def _next_id(self, type: str) -> str:
        initials = "".join(letter for letter in type if letter.isupper() or letter.isdigit())
        self._counts[initials] = self._counts.get(initials, 0) + 1
        return f"{initials}-{self.child.number:04d}-{self._counts[initials]}"

    def _known_at(self, occurred_on: date, slack: int, known_on: date | None) -> datetime:
        if occurred_on < OPENING and known_on is None:
            return OPENED_AT
        lag = self.random.choice((0, 0, 0, 0, 0, 0, 1, 1, slack // 2, slack)) if slack else 0
        day = known_on or occurred_on + timedelta(days=lag)
        minute = self.random.randrange(_OFFICE_MINUTES)
        opens = datetime.combine(day, time(_OFFICE_OPENS), LONDON)
        return (opens + timedelta(minutes=minute)).astimezone(UTC)

    def _identifiers(self, source: Source, known_on: date) -> list[Identifier]:
        held = identifiers(self.child, source, self.bridged_on is None)
        if source.name in self.strangers:
            return held[:1]
        if self.bridged_on is not None and known_on >= self.bridged_on and source is CASEWORK:
            held = [*held, Identifier("UPN", self.child.upn), Identifier("NHS", self.child.nhs)]
        return held


def identifiers(child: Child, source: Source, bridged: bool = True) -> list[Identifier]:
    """Return what a source holds of a child.

    bridged: the source also holds what lets another agency's record be found.
    """
    upn, nhs = Identifier("UPN", child.upn), Identifier("NHS", child.nhs)
    school, register = f"P{child.number:05d}", f"AP-{child.number * 3:05d}"
    clinic = Identifier("HEALTH_LOCAL_ID", child.clinic_id)
    council = Identifier("LA_CHILD_ID", child.la_child_id)
    bridge = [nhs] if bridged else []
    held = {
        SCHOOLS.name: [Identifier("MIS_ID", school), upn],
        AP_REGISTER.name: [Identifier("MIS_ID", register), upn, *bridge],
        SEND.name: [upn, *bridge],
        TRACKING.name: [Identifier("ULN", child.uln), upn],
        CASEWORK.name: [council, *([upn] if bridged else []), *bridge],
        CLINIC.name: [clinic, nhs],
        MESSAGES.name: [clinic, nhs],
    }
    return held[source.name]
