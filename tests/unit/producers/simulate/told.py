"""What the pure core says of an invented year, sent without any service."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from consumers.decode import to_event
from consumers.tokens import Tokens
from journey.counting import Spell, spells, stays
from journey.events import Event as Fact
from journey.machine import Machine
from journey.shelf import MemoryShelf
from journey.transition import Transition
from producers.event import Event, milliseconds
from producers.results import Rejected, Result, Valid
from producers.simulate import LA, BrokenMessage, Year
from producers.simulate.sending import Sent, send
from schemas.catalogue import event_types
from schemas.codec import Codec
from schemas.registry import MemoryRegistry
from schemas.validation import problems

FIRST_MIDNIGHT = datetime(2024, 9, 1, 23, tzinfo=UTC)
PSEUDONYM_KEY = b"a key of the tests only"

Timed = tuple[datetime, Event]


@dataclass
class Recorder:
    """An outlet that checks and keeps what it is given, in the order in which it is sent."""

    events: list[Timed] = field(default_factory=list)
    broken: list[BrokenMessage] = field(default_factory=list)
    waiting: deque[Result] = field(default_factory=deque)

    @property
    def in_flight(self) -> int:
        return len(self.waiting)

    def publish(self, event: Event, *, timestamp: datetime | None = None) -> Result:
        assert timestamp is not None
        self.events.append((timestamp, event))
        found = problems(event.kind.full_name, event.record)
        return Rejected(tuple(found)) if found else Valid(event.event_id)

    def send(self, event: Event, *, timestamp: datetime | None = None) -> None:
        self.waiting.append(self.publish(event, timestamp=timestamp))

    def results(self, *, leaving: int = 0) -> Iterator[Result]:
        while len(self.waiting) > leaving:
            yield self.waiting.popleft()

    def results_so_far(self) -> Iterator[Result]:
        return self.results()

    def send_broken(self, message: BrokenMessage) -> None:
        self.broken.append(message)


@dataclass(frozen=True)
class Told:
    """A year as it was sent, and what the core says of it."""

    year: Year
    sent: Sent
    events: list[Timed]
    transitions: list[Transition]
    child_of: dict[str, int]

    def of(self, child: int) -> list[Transition]:
        """Return what is told of one invented child, in order."""
        return [one for one in self.transitions if self.child_of.get(one.alert_id) == child]


def told_of(year: Year, folder: Path) -> Told:
    """Return what the core says of a year; the files are written below the folder."""
    recorder = Recorder()
    sent = send(year, recorder, folder)
    transitions = transitions_of(recorder.events)
    return Told(
        year, sent, recorder.events, transitions, children_of(year, recorder.events, transitions)
    )


def transitions_of(events: Iterable[Timed], key: bytes = PSEUDONYM_KEY) -> list[Transition]:
    """Return what the core tells when these events arrive, with a tick at each midnight."""
    machine, midnight, found = Machine(MemoryShelf()), FIRST_MIDNIGHT, []
    for fact in _facts(events, key):
        while milliseconds(midnight) <= fact.kappa:
            found += machine.tick(milliseconds(midnight))
            midnight += timedelta(days=1)
        found += machine.record(fact).transitions
    return [*found, *machine.tick(milliseconds(midnight))]


def spells_of(events: Iterable[Timed], until: date) -> dict[str, list[Spell]]:
    """Return what a count finds over the children of a memory that took all these events."""
    shelf = MemoryShelf()
    machine = Machine(shelf)
    for fact in _facts(events, PSEUDONYM_KEY):
        machine.record(fact)
    found = [
        stay
        for cluster in map(partial(shelf.get, LA), shelf.since(LA, date.min))
        for child in cluster.identity.anchors
        for stay in stays(cluster.journey(child), 18)
    ]
    return spells(found, 5, until)


def _facts(events: Iterable[Timed], key: bytes) -> Iterator[Fact]:
    tokens, codec = Tokens(key), Codec(MemoryRegistry())
    for at, event in events:
        wire = codec.encode(event_types()[event.type].full_name, dict(event.record))
        yield to_event(codec.decode(wire), kappa=milliseconds(at), tokens=tokens)


def children_of(
    year: Year, events: Iterable[Timed], transitions: Iterable[Transition]
) -> dict[str, int]:
    """Return the invented child of each alert, by the identifiers of the events behind it."""
    numbers = {
        value: child.number
        for child in year.children
        for value in (child.upn, child.nhs, child.uln, child.la_child_id)
    }
    of_event: dict[str, int] = {}
    for _, event in events:
        for identifier in event.record["identifiers"]:
            if identifier["value"] in numbers:
                of_event.setdefault(event.event_id, numbers[identifier["value"]])
    return {
        one.alert_id: of_event[one.because[0]]
        for one in transitions
        if one.because and one.because[0] in of_event
    }
