"""Every record type that travels, read from the .avsc files beside this module."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from schemas.canonical import fingerprint_of
from schemas.tags import ONLY_COMPARED

#: The envelope's fields, in the order in which every event carries them.
ENVELOPE = (
    "event_id",
    "local_authority",
    "occurred_at",
    "recorded_at",
    "source",
    "source_record_id",
    "revision",
    "retracted",
    "identifiers",
    "date_of_birth",
    "batch",
    "scope",
)


@dataclass(frozen=True, kw_only=True)
class PayloadField:
    """One field of a record type that is not of the envelope.

    kind: string, date, timestamp-millis, int, long, double, boolean, bytes, a nested record's
        name, or ``array<…>``/``map<…>`` of one of these.
    required: whether an event that is not a retraction must carry it.
    nullable: whether null is a value that it can have on the wire.
    codes: the closed list of values, empty where any is allowed.
    content: what a string holds, by the names in ``schemas.tags.CONTENTS``.
    doc: what it means.
    """

    name: str
    kind: str
    required: bool
    nullable: bool
    codes: tuple[str, ...]
    content: str | None
    doc: str


@dataclass(frozen=True)
class EventType:
    """One record type: its Avro schema and what the schema's attributes say of it.

    name: short name, such as ``ApPlacementStarted``; full_name: with its namespace.
    agency: education, health, social-care, joint, governance, source or platform.
    subject: ``child`` or ``provider`` where it is about one, else ``none``.
    occurs: the payload's date field that is the valid day, or None.
    schema: the parsed JSON of the .avsc; never to be changed.
    fingerprint: hex SHA-256 of the schema's parsing canonical form.
    payload: the fields after the envelope, in order.
    """

    name: str
    full_name: str
    agency: str
    subject: str
    occurs: str | None
    doc: str
    retention: str
    schema: dict[str, Any]
    fingerprint: str
    payload: tuple[PayloadField, ...]

    @property
    def has_envelope(self) -> bool:
        """Whether it is an event from a source; the platform's own records have no envelope."""
        return self.agency != "platform"

    @property
    def is_sealed(self) -> bool:
        """Whether it is sealed on journeys, under the key of what it is about."""
        return self.subject != "none"

    @cached_property
    def retentions(self) -> frozenset[str]:
        """The retention classes of the record and of all its fields."""
        own = {field["retention"] for field in self.schema["fields"]}
        return frozenset(own - {"as-record"} | {self.retention})

    @cached_property
    def field_names(self) -> frozenset[str]:
        """Names of all its fields, the envelope's included."""
        return frozenset(field["name"] for field in self.schema["fields"])

    @cached_property
    def payload_names(self) -> tuple[str, ...]:
        """Names of the fields after the envelope, in order."""
        return tuple(field.name for field in self.payload)

    @cached_property
    def kept_names(self) -> tuple[str, ...]:
        """Names of the payload's fields but those that are only to be compared."""
        return tuple(one.name for one in self.payload if one.content not in ONLY_COMPARED)


@cache
def event_types() -> Mapping[str, EventType]:
    """Return every record type by its short name, in alphabetical order."""
    found = (_event_type(json.loads(text)) for text in _texts())
    return MappingProxyType({one.name: one for one in sorted(found, key=lambda one: one.name)})


@cache
def by_full_name() -> Mapping[str, EventType]:
    """Return every record type by its full name, such as ``joinedup.health.HealthDischarged``."""
    return MappingProxyType({one.full_name: one for one in event_types().values()})


def event_type(full_name: str) -> EventType | None:
    """Return the record type of this full name, or None where there is none."""
    return by_full_name().get(full_name)


def _texts() -> list[str]:
    folder = files("schemas") / "avsc"
    return [one.read_text("utf-8") for one in folder.iterdir() if one.name.endswith(".avsc")]


def _event_type(schema: dict[str, Any]) -> EventType:
    fields = (field for field in schema["fields"] if field["name"] not in ENVELOPE)
    if schema["agency"] == "platform":
        fields = iter(schema["fields"])
    return EventType(
        name=schema["name"],
        full_name=f"{schema['namespace']}.{schema['name']}",
        agency=schema["agency"],
        subject=schema["subject"],
        occurs=schema.get("occurs"),
        doc=schema["doc"],
        retention=schema["retention"],
        schema=schema,
        fingerprint=fingerprint_of(schema),
        payload=tuple(_payload_field(field) for field in fields),
    )


def _payload_field(field: dict[str, Any]) -> PayloadField:
    kind, nullable = kind_of(field["type"])
    return PayloadField(
        name=field["name"],
        kind=kind,
        required=field.get("required", not nullable),
        nullable=nullable,
        codes=tuple(field.get("codes", ())),
        content=field.get("content"),
        doc=field["doc"],
    )


def kind_of(avro_type: Any) -> tuple[str, bool]:
    """Return an Avro type in words, and whether it can be null."""
    if isinstance(avro_type, list):
        (inner,) = (one for one in avro_type if one != "null")
        return kind_of(inner)[0], True
    if isinstance(avro_type, str):
        return avro_type, False
    if avro_type["type"] == "array":
        return f"array<{kind_of(avro_type['items'])[0]}>", False
    if avro_type["type"] == "map":
        return f"map<{kind_of(avro_type['values'])[0]}>", False
    return str(avro_type.get("logicalType") or avro_type.get("name") or avro_type["type"]), False
