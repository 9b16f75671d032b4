"""The invented authority's year: every record and file that its agencies send, in order of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from random import Random

from producers.control import BATCH, STREAMING, heartbeat, join_source
from producers.event import Event, milliseconds, new_event
from producers.simulate import stories, workshop
from producers.simulate.extracts import census, fhir, ssda903
from producers.simulate.life import OPENED_AT, Expectation, Life, Misses, Record
from producers.simulate.noise import disturbed
from producers.simulate.numbers import LA
from producers.simulate.papers import write_down
from producers.simulate.paths.course import live
from producers.simulate.population import DEFAULT_CHILDREN, Child, children
from producers.simulate.school_year import HORIZON, OPENING, TERMS, Terms
from producers.simulate.sources import (
    CALENDARS,
    CASEWORK,
    CENSUS,
    CLINIC,
    LOOKED_AFTER,
    MESSAGES,
    SEND,
    SOURCES,
    TRACKING,
    Agency,
    Source,
)

DEFAULT_SEED = 2024
SILENCE = (datetime(2025, 2, 7, 8, tzinfo=UTC), datetime(2025, 2, 11, 9, tzinfo=UTC))
"""From when until when the clinic's line is down: nothing of it arrives."""
_CALENDARS_AT = OPENED_AT - timedelta(hours=1)
_JOINED_AT = OPENED_AT - timedelta(minutes=30)
_FIRST_FILES_AT = OPENED_AT + timedelta(minutes=10)
_BEATS_AT = time(19)
_FRIDAY = 4


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Files that a source exports at one moment; format as `joinedup publish` names it."""

    known_at: datetime
    source: Source
    format: str
    folder: str
    files: Mapping[str, str]


class Fault(StrEnum):
    """How a message is so broken that no publisher of ours would send it."""

    NOISE = "bytes that are no Avro"
    FORGED = "a signature of nobody's"
    INCOMPLETE = "a required field left out"


@dataclass(frozen=True, kw_only=True)
class BrokenMessage:
    """A message that has to end as a dead letter; record is what it was before it broke."""

    fault: Fault
    record: Record

    @property
    def known_at(self) -> datetime:
        """Return when it is sent."""
        return self.record.known_at


@dataclass(frozen=True, kw_only=True)
class Year:
    """All that is sent, each part in order of time, and what is expected to follow from it."""

    children: tuple[Child, ...]
    records: tuple[Record, ...]
    deliveries: tuple[Delivery, ...]
    broken: tuple[BrokenMessage, ...]
    expected: tuple[Expectation, ...]

    @property
    def items(self) -> list[Record | Delivery | BrokenMessage]:
        """Return everything that is sent, in order of time."""
        return sorted([*self.records, *self.deliveries, *self.broken], key=lambda one: one.known_at)


def simulate(seed: int = DEFAULT_SEED, count: int = DEFAULT_CHILDREN) -> Year:
    """Return the year of this many invented children; the same seed gives the same bytes.

    The children of the stories are the first, and count among them. Five more come last: those
    whom the council counts at one workshop.
    """
    told = stories.children_of_stories(seed)
    lives = [stories.tell(seed, *pair) for pair in zip(stories.STORIES, told, strict=True)]
    rest = children(seed, max(count - len(told), 0), first=len(told) + 1)
    ordinary = [_lived(seed, child) for child in rest]
    five = workshop.pupils(seed, len(told) + len(rest) + 1)
    there = [workshop.tell(seed, *pair) for pair in zip(five, workshop.STARTS, strict=True)]
    noise = disturbed(_records(ordinary), Random(f"{seed}/noise"))
    sent = [*_records(lives), *noise, *_records(there)]
    sent += [*workshop.counts(), *_control(), *_calendars()]
    everybody = [*lives, *ordinary, *there]
    return Year(
        children=(*told, *rest, *five),
        records=tuple(sorted(map(_held_up, sent), key=_in_order)),
        deliveries=tuple(sorted(_deliveries(everybody), key=lambda one: one.known_at)),
        broken=tuple(_broken(lives)),
        expected=tuple(one for life in everybody for one in life.expected),
    )


def _lived(seed: int, child: Child) -> Life:
    life = Life(seed, child, Misses())
    live(life)
    write_down(life)
    return life


def _records(lives: Iterable[Life]) -> Iterator[Record]:
    for life in lives:
        yield from life.records


def _in_order(record: Record) -> tuple[datetime, str, str]:
    return (record.known_at, record.source.name, record.event.event_id)


def _held_up(record: Record) -> Record:
    down, up = SILENCE
    if record.source is CLINIC and down <= record.known_at < up:
        return replace(record, known_at=up)
    return record


def _control() -> Iterator[Record]:
    """Yield that each source joins, and that each streaming one is heard every evening."""
    for source in SOURCES:
        if source.agency is Agency.GOVERNANCE:
            continue
        joined = join_source(
            local_authority=LA,
            source=source.speaker,
            agency=source.agency,
            event_types=source.event_types,
            at=_JOINED_AT,
            mode=STREAMING if source.streaming else BATCH,
            rhythm_hours=source.rhythm_hours,
        )
        yield Record(known_at=_JOINED_AT, source=source, event=joined)
        if source.streaming:
            yield from _beats(source)


def _beats(source: Source) -> Iterator[Record]:
    for day in range((HORIZON - OPENING).days + 1):
        at = datetime.combine(OPENING + timedelta(days=day), _BEATS_AT, UTC)
        if not (source is CLINIC and SILENCE[0] <= at < SILENCE[1]):
            beat = heartbeat(local_authority=LA, source=source.speaker, complete_to=at)
            yield Record(known_at=at, source=source, event=beat)


def _calendars() -> Iterator[Record]:
    for terms in TERMS:
        yield Record(known_at=_CALENDARS_AT, source=CALENDARS, event=_calendar(terms))


def _calendar(terms: Terms) -> Event:
    return new_event(
        "SchoolCalendarPublished",
        local_authority=LA,
        source=CALENDARS.speaker,
        source_record_id=f"terms/{terms.academic_year}",
        revision=milliseconds(_CALENDARS_AT),
        recorded_at=_CALENDARS_AT,
        academic_year=terms.academic_year,
        from_on=terms.first,
        to_on=terms.last,
        closed=[{"first": first, "last": last} for first, last in terms.closed],
    )


def _deliveries(lives: list[Life]) -> Iterator[Delivery]:
    yield from _looked_after(lives)
    yield from _census(lives)
    yield from _messages(lives)


def _looked_after(lives: Iterable[Life]) -> Iterator[Delivery]:
    """Yield the return as it stands at the opening, each month's first day, and the last day."""
    periods = [period for life in lives for period in life.care]
    months = [date(2024 + month // 12, month % 12 + 1, 1) for month in range(9, 24)]
    mornings = [datetime.combine(day, time(3), UTC) for day in months]
    last = datetime.combine(HORIZON, time(20), UTC)
    for at in (_FIRST_FILES_AT, *mornings, last):
        yield Delivery(
            known_at=at,
            source=LOOKED_AFTER,
            format="ssda903",
            folder=f"ssda903/{at:%Y-%m-%d}",
            files=ssda903.extract(periods, at.date()),
        )


def _census(lives: Iterable[Life]) -> Iterator[Delivery]:
    lives = list(lives)
    pupils = [life.child for life in lives if life.child.year_group > 0]
    suspensions = [one for life in lives for one in life.suspensions]
    placements = [one for life in lives for one in life.census_placements]
    for term in census.CENSUSES:
        yield Delivery(
            known_at=datetime.combine(term.exported_on, time(4), UTC),
            source=CENSUS,
            format="school-census",
            folder=f"school-census/{term.name}",
            files=census.export(term, pupils, suspensions, placements),
        )


def _messages(lives: Iterable[Life]) -> Iterator[Delivery]:
    """Yield what stood at the opening, then each Friday's messages."""
    messages = sorted(
        (message for life in lives for message in life.messages),
        key=lambda one: (one.sent_on, one.id),
    )
    since = date.min
    fridays = [OPENING + timedelta(days=n) for n in range((HORIZON - OPENING).days + 1)]
    moments = [datetime.combine(d, time(17), UTC) for d in fridays if d.weekday() == _FRIDAY]
    for at in (_FIRST_FILES_AT, *moments, datetime.combine(HORIZON, time(20), UTC)):
        week = [one for one in messages if since < one.sent_on <= at.date()]
        since = at.date()
        yield Delivery(
            known_at=at,
            source=MESSAGES,
            format="fhir",
            folder=f"fhir/{at:%Y-%m-%d}",
            files=fhir.bundle(week, at),
        )


def _broken(lives: list[Life]) -> Iterator[BrokenMessage]:
    """Yield three messages that cannot be read; one might have been the first story's plan."""
    first = lives[0]
    planned_at = datetime(2024, 11, 5, 11, tzinfo=UTC)
    child = first.child
    plan = Life(0, child)
    plan.tell(
        CASEWORK,
        "JointPlanAgreed",
        known_on=planned_at.date(),
        agreed_on=planned_at.date(),
        contributors=list(child.agencies),
    )
    yield BrokenMessage(fault=Fault.INCOMPLETE, record=plan.records[0])
    beats = {SEND: (date(2024, 11, 20), Fault.NOISE), TRACKING: (date(2025, 5, 7), Fault.FORGED)}
    for source, (day, fault) in beats.items():
        at = datetime.combine(day, time(11), UTC)
        beat = heartbeat(local_authority=LA, source=source.speaker, complete_to=at)
        yield BrokenMessage(fault=fault, record=Record(known_at=at, source=source, event=beat))
