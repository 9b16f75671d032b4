"""From a request's body to events: plain JSON, CloudEvents in three modes, or a FHIR message.

Among FHIR messages are those of NEMS and CP-IS, told by what they say of themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gateway import cloudevents
from gateway.clients import Client
from gateway.cloudevents import CloudEvent, NotACloudEvent
from gateway.problems import Fault, refusal
from gateway.problems import field as wrong_field
from producers.event import Event, Source
from producers.files import cpis, fhir, nems
from producers.files.fhir_kinds import CPIS, NEMS, R4, kind_of
from producers.files.json_lines import event_of
from producers.files.outcomes import BadValue, Context, Made, Reader, Refused, Skipped
from schemas.headers import source_urn

JSON = "application/json"
FHIR_JSON = "application/fhir+json"
FHIR_XML = "application/fhir+xml"
MEDIA_TYPES = (JSON, cloudevents.STRUCTURED, cloudevents.BATCH, FHIR_JSON, FHIR_XML)
_SUFFIXES: Mapping[str, str] = {FHIR_JSON: ".json", FHIR_XML: ".xml"}
_MESSAGES: Mapping[str, Reader] = {R4: fhir.read, NEMS: nems.read, CPIS: cpis.read}
"""How a FHIR message is read, by what it is: they share their media types."""
_OURS = "urn:joinedup:source:"
_REVISION = (
    "the source's version of its record, or when it was last changed, in ms: without it the same"
    " event sent again would be another one"
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a client sent. la: of the query, for messages that name no authority. now: in UTC."""

    client: Client
    headers: Mapping[str, str]
    body: bytes
    now: datetime
    la: str | None = None
    max_events: int = 1000

    @property
    def media_type(self) -> str:
        """The media type, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def source(self) -> Source:
        """Who speaks: the client, whoever it says it is."""
        return Source(self.client.organisation, self.client.system)

    @property
    def context(self) -> Context:
        """What a message does not say itself."""
        authorities = self.client.local_authorities
        return Context(
            local_authority=self.la or (authorities[0] if len(authorities) == 1 else ""),
            source=self.source,
            extracted_at=self.now,
            recorded_at=self.now,
        )


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a request holds: events, and of a FHIR message what is refused and what is not used."""

    events: list[Event] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    not_used: int = 0


def read(request: Request) -> Reading:
    """Return the events of a request; raises Fault where it, or one of them, is not in order."""
    if f"{cloudevents.PREFIX}specversion" in request.headers:
        return _cloud_events(request, [_from_headers(request)])
    reader = _READERS.get(request.media_type)
    if reader is None:
        raise Fault(415, f"Send one of {', '.join(MEDIA_TYPES)}, or a CloudEvent in binary mode.")
    return reader(request)


def _plain(request: Request) -> Reading:
    given = _json(request.body)
    return _events(request, given if isinstance(given, list) else [given])


def _structured(request: Request) -> Reading:
    try:
        return _cloud_events(request, [cloudevents.from_object(_json(request.body))])
    except NotACloudEvent as fault:
        raise _not_cloud_event(0, fault) from None


def _batch(request: Request) -> Reading:
    given = _json(request.body)
    if not isinstance(given, list):
        raise Fault(400, "A batch of CloudEvents is a JSON array.")
    found = []
    for number, one in enumerate(given):
        try:
            found.append(cloudevents.from_object(one))
        except NotACloudEvent as fault:
            raise _not_cloud_event(number, fault) from None
    return _cloud_events(request, found)


def _from_headers(request: Request) -> CloudEvent:
    try:
        return cloudevents.from_headers(request.headers, request.body)
    except NotACloudEvent as fault:
        raise _not_cloud_event(0, fault) from None


def _cloud_events(request: Request, found: list[CloudEvent]) -> Reading:
    objects = []
    for number, one in enumerate(found):
        try:
            objects.append(_object_of(one, request.source))
        except NotACloudEvent as fault:
            raise _not_in_order(number, fault.attribute, fault.expected) from None
    return _events(request, objects)


def _object_of(event: CloudEvent, source: Source) -> dict[str, Any]:
    data = cloudevents.data_of(event)
    if not isinstance(data, dict):
        raise NotACloudEvent("data", "the fields of the event, as a JSON object")
    own = source_urn(source.as_record())
    if event.source.startswith(_OURS) and event.source != own:
        raise Fault(403, f"This system speaks as {own}, and for no other source.")
    given = {**data, "type": event.type.rpartition(".")[2], "event_id": event.id}
    if event.time is not None:
        given.setdefault("occurred_at", event.time.isoformat())
    return given


def _events(request: Request, objects: list[Any]) -> Reading:
    if len(objects) > request.max_events:
        raise Fault(413, f"Send at most {request.max_events} events in one request.")
    events, wrong = [], []
    for number, given in enumerate(objects):
        try:
            events.append(_event(request, given))
        except BadValue as bad:
            expected = bad.reason.removeprefix("expected ")
            wrong.append(wrong_field(number, bad.field, expected))
    if wrong:
        raise Fault(422, "Correct the fields that are named, then send the request again.", wrong)
    return Reading(events=events)


def _event(request: Request, given: Any) -> Event:
    if not isinstance(given, dict):
        raise BadValue("event", "expected a JSON object")
    own = request.source.as_record()
    if given.get("source", own) != own:
        raise Fault(403, f"This system speaks as {request.client.name}, and for no other source.")
    if given.get("revision") is None:
        raise BadValue("revision", f"expected {_REVISION}")
    return event_of(given, request.context)


def _fhir(request: Request) -> Reading:
    if not request.context.local_authority:
        raise Fault(422, "Say which local authority is answerable, such as /events?la=330.")
    read = Reading()
    skipped = 0
    with TemporaryDirectory(prefix="joinedup-gateway-") as folder:  # which its owner alone enters
        file = Path(folder) / f"message{_SUFFIXES[request.media_type]}"
        file.write_bytes(request.body)
        for outcome in _MESSAGES[kind_of(file) or R4]([file], request.context):
            if isinstance(outcome, Made):
                read.events.append(outcome.event)
            elif isinstance(outcome, Refused):
                place = max(outcome.row.number - 1, 0)
                read.refused.append(refusal(place, outcome.field, outcome.reason))
            elif isinstance(outcome, Skipped):
                skipped += outcome.rows
    if read.refused and not read.events:
        raise Fault(422, "Nothing of the message can be taken.", read.refused)
    return Reading(events=read.events, refused=read.refused, not_used=skipped)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Fault(400, "The body is not JSON in UTF-8: see that it is whole.") from None


def _not_cloud_event(number: int, fault: NotACloudEvent) -> Fault:
    fields = [wrong_field(number, fault.attribute, fault.expected)]
    return Fault(400, "That is not a CloudEvent of version 1.0.", fields)


def _not_in_order(number: int, name: str, expected: str) -> Fault:
    fields = [wrong_field(number, name, expected)]
    return Fault(422, "Correct the fields that are named, then send the request again.", fields)


_READERS: Mapping[str, Callable[[Request], Reading]] = {
    JSON: _plain,
    cloudevents.STRUCTURED: _structured,
    cloudevents.BATCH: _batch,
    FHIR_JSON: _fhir,
    FHIR_XML: _fhir,
}
