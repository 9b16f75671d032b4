"""NEMS event messages (FHIR STU3): new, updated and deleted, in whatever order they come.

The order is that of the messages' own instants or numbers: the highest stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from producers.event import milliseconds
from producers.files.dates import fhir_day, instant
from producers.files.fhir_kinds import NEMS, kind_of
from producers.files.fhir_nodes import Resource, resources_or_refusal
from producers.files.fhir_people import Known, references_of, subject
from producers.files.fhir_readers import EPISODE, Fact, Message
from producers.files.identities import Person
from producers.files.nodes import Node
from producers.files.outcomes import (
    BadValue,
    Context,
    Made,
    Noted,
    Outcome,
    Refused,
    Row,
    Skipped,
)
from producers.files.tables import within
from producers.files.xml_fields import refusing

_TYPES = frozenset(("AgencyInvolvementStarted", "AgencyInvolvementEnded", "ChildDied"))
SUFFIXES = frozenset((".xml", ".json"))
_EVENT_TYPES = "https://fhir.nhs.uk/STU3/CodeSystem/EventType-1"
_CONTACTS, _DEATH = "professional-contacts-1", "pds-death-notification-1"
_NEW, _UPDATE, _DELETE = "new", "update", "delete"
_NOT_USED = "this kind of event message says nothing that the platform takes"


@dataclass(frozen=True, slots=True)
class _Event:
    """A message: its header, its kind, what became of what it is about, and its place in order."""

    row: Row
    found: Sequence[Resource]
    header: Node
    kind: str
    change: str
    revision: int
    message: Message

    @property
    def focus(self) -> Node | None:
        """The resource that the message is about."""
        return self.message.local.find(self.header.text("focus", "reference"))


def read(files: Sequence[Path], context: Context) -> Iterator[Outcome]:
    """Yield the outcome of every message, one in each file."""
    for path in files:
        found = resources_or_refusal(path)
        if isinstance(found, Refused):
            yield found
            continue
        row = Row(path.name, 1)
        yield from refusing(row, partial(_message, row, found, context))


def types_in(files: Sequence[Path]) -> frozenset[str]:
    """Return the event types that the messages of the service hold, whichever came today."""
    return _TYPES


def recognises(files: Sequence[Path]) -> bool:
    """Return whether messages of the service are among these files."""
    return any(kind_of(path) == NEMS for path in files)


def _message(row: Row, found: Sequence[Resource], context: Context) -> Iterator[Outcome]:
    header = next((one.node for one in found if one.type == "MessageHeader"), None)
    if header is None:
        raise BadValue("MessageHeader", "is absent: this is no event message")
    kind = header.text("event", "code")
    reader = _READERS.get(kind)
    if reader is None or header.text("event", "system") != _EVENT_TYPES:
        yield Skipped(row, _NOT_USED)
        return
    local = Known(references_of(found))
    message = Message(local, Known({}), context)
    change, revision = _change(header), _revision(header, context)
    yield from reader(_Event(row, found, header, kind, change, revision, message))


def _contact(event: _Event) -> Iterator[Outcome]:
    """Yield that an organisation became responsible for the child, and that it ended."""
    node = event.focus
    if node is None:
        raise BadValue("focus", "names no resource of the message")
    status = node.text("status")
    withdrawn = event.change == _DELETE or status in EPISODE.withdrawn
    if not withdrawn and status in EPISODE.not_yet:
        yield Skipped(event.row, "this EpisodeOfCare has not taken place yet")
        return
    if not withdrawn and status not in EPISODE.standing:
        raise BadValue("EpisodeOfCare.status", "is no status of FHIR STU3")
    person, notes = _person(event, node)
    yield from notes
    record = f"nems/contact/{_identifier(node)}"
    facts = list(EPISODE.reader(node, event.message, withdrawn))
    if event.change == _UPDATE and len(facts) == 1:
        # It may have been said before that it ended.
        facts.append(Fact("AgencyInvolvementEnded", {}, part="ended", retracted=True))
    for fact in facts:
        yield _made(event, person, record, fact)


def _death(event: _Event) -> Iterator[Outcome]:
    """Yield that the child died."""
    patient = next((one for one in event.found if one.type == "Patient"), None)
    if patient is None:
        raise BadValue("Patient", "is absent")
    given = Node(children={"subject": [Node(children={"reference": [Node(_address(patient))]})]})
    person, notes = _person(event, given)
    yield from notes
    nhs = next((one.value for one in person.identifiers if one.scheme == "NHS"), None)
    if nhs is None:
        raise BadValue("Patient.identifier", "holds no NHS number that can be used")
    record = f"nems/death/{nhs}"
    if event.change == _DELETE:
        yield _made(event, person, record, Fact("ChildDied", {}, retracted=True))
        return
    text = patient.node.text("deceasedDateTime")
    if not text:
        raise BadValue("Patient.deceasedDateTime", "is empty: the day is not known")
    last = event.message.context.extract_day
    died_on = within(fhir_day(text, "Patient.deceasedDateTime"), "Patient.deceasedDateTime", last)
    yield _made(event, person, record, Fact("ChildDied", {"died_on": died_on}))


_READERS = {_CONTACTS: _contact, _DEATH: _death}


def _made(event: _Event, person: Person, record: str, fact: Fact) -> Made:
    payload = dict(fact.payload)
    if fact.type == "AgencyInvolvementEnded" and payload:
        payload["involvement"] = record
    made = event.message.context.event(
        fact.type,
        f"{record}/{fact.part}" if fact.part else record,
        person.identifiers,
        revision=event.revision,
        date_of_birth=person.date_of_birth,
        retracted=fact.retracted,
        **payload,
    )
    return Made(event.row, made)


def _change(header: Node) -> str:
    for extension in header.all("extension"):
        if "MessageEventType" in extension.text("url"):
            code = extension.text("valueCodeableConcept", "coding", "code")
            if code in (_NEW, _UPDATE, _DELETE):
                return code
    raise BadValue("MessageEventType", "is none of new, update and delete")


def _revision(header: Node, context: Context) -> int:
    """Return the message's place in order: its instant in ms, else its sequence number."""
    text, number = header.text("meta", "lastUpdated"), header.text("meta", "versionId")
    if text:
        updated = instant(text, "meta.lastUpdated")
        if updated > context.extracted_at:
            raise BadValue("meta.lastUpdated", "is after the extract date")
        return milliseconds(updated)
    if number.isascii() and number.isdigit() and len(number) < 19:
        return int(number)
    raise BadValue(
        "meta.lastUpdated", "is empty, and there is no sequence number: its order is not known"
    )


def _person(event: _Event, node: Node) -> tuple[Person, list[Noted]]:
    last = event.message.context.extract_day
    person, notes = subject(event.row, node, event.message.local, Known({}), last)
    if not person.identifiers:
        raise BadValue("Patient.identifier", "holds no NHS number that can be used")
    routed = _routed_birth(event.header)
    if person.date_of_birth and routed and routed != person.date_of_birth:
        notes.append(
            Noted(event.row, "birthDate", "contradicts the message's own routing: left out")
        )
        person = Person(person.identifiers, None)
    return person, notes


def _routed_birth(header: Node) -> date | None:
    for extension in header.all("extension"):
        if "RoutingDemographics" not in extension.text("url"):
            continue
        for inner in extension.all("extension"):
            if inner.text("url") == "birthDateTime":
                try:
                    return fhir_day(inner.text("valueDateTime"), "birthDateTime")
                except BadValue:
                    return None
    return None


def _identifier(node: Node) -> str:
    """Return the identifier that the publisher keeps from message to message."""
    value = node.text("identifier", "value") or node.text("id")
    if not value:
        raise BadValue("EpisodeOfCare.identifier", "is empty: it is not known which episode it is")
    return value


def _address(patient: Resource) -> str:
    return patient.full_url or f"Patient/{patient.node.text('id')}"
