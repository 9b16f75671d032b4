"""CloudEvents 1.0 over HTTP: binary, structured and batched, held to the specification.

The published SDK lets half of what the conformance files call invalid pass (ADR 0033).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import msgspec

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
PREFIX = "ce-"

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
)
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(\s*;.*)?", re.ASCII)
_NAME = re.compile(r"[a-z0-9]+")
_REQUIRED = ("specversion", "id", "source", "type")
_TEXTS = (*_REQUIRED, "datacontenttype", "dataschema", "subject")
_WHOLE = 2**31


class NotACloudEvent(Exception):
    """An attribute is not what the specification says: which, and what was expected of it."""

    def __init__(self, attribute: str, expected: str) -> None:
        super().__init__(f"{attribute}: expected {expected}")
        self.attribute = attribute
        self.expected = expected


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event: its attributes, those of extensions beside them, and its data.

    time: when it happened, in UTC, of at most microseconds. data: None where there is none; bytes
        where it came as base64 or in binary mode; else what JSON has.
    """

    id: str
    source: str
    type: str
    time: datetime | None = None
    datacontenttype: str | None = None
    dataschema: str | None = None
    subject: str | None = None
    extensions: Mapping[str, Any] = {}
    data: Any = None


def from_headers(headers: Mapping[str, str], body: bytes) -> CloudEvent:
    """Return the event of a request in binary mode; raises NotACloudEvent."""
    given: dict[str, Any] = {
        name[len(PREFIX) :]: unquote(value)
        for name, value in headers.items()
        if name.startswith(PREFIX)
    }
    if "content-type" in headers:
        given["datacontenttype"] = headers["content-type"]
    return _event(given, body or None)


def from_object(given: Any) -> CloudEvent:
    """Return the event of a JSON object; raises NotACloudEvent."""
    if not isinstance(given, dict):
        raise NotACloudEvent("event", "a JSON object")
    attributes = {name: value for name, value in given.items() if value is not None}
    data = attributes.pop("data", None)
    encoded = attributes.pop("data_base64", None)
    if encoded is not None:
        if data is not None:
            raise NotACloudEvent("data", "data or data_base64, not both")
        data = _decoded(encoded)
    return _event(attributes, data)


def data_of(event: CloudEvent) -> Any:
    """Return the event's data as JSON has it; raises NotACloudEvent where it is no JSON."""
    if not isinstance(event.data, bytes):
        return event.data
    try:
        return json.loads(event.data)
    except (ValueError, RecursionError):
        raise NotACloudEvent("data", "JSON") from None


def _event(attributes: Mapping[str, Any], data: Any) -> CloudEvent:
    for name in _REQUIRED:
        if name not in attributes:
            raise NotACloudEvent(name, "a value: it is required")
    for name in attributes:
        if not _NAME.fullmatch(name):
            raise NotACloudEvent("attribute", "names of small letters and digits alone")
    texts = {name: _text(name, attributes[name]) for name in _TEXTS if name in attributes}
    if texts.pop("specversion") != "1.0":
        raise NotACloudEvent("specversion", "1.0")
    if "datacontenttype" in texts and not _MEDIA_TYPE.fullmatch(texts["datacontenttype"]):
        raise NotACloudEvent("datacontenttype", "a media type, such as application/json")
    time = _time(attributes["time"]) if "time" in attributes else None
    others = {n: _extension(v) for n, v in attributes.items() if n not in (*_TEXTS, "time")}
    return CloudEvent(**texts, time=time, extensions=others, data=data)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise NotACloudEvent(name, "a text that is not empty")
    return value


def _extension(value: Any) -> Any:
    whole = isinstance(value, int) and -_WHOLE <= value < _WHOLE
    if isinstance(value, str | bool) or whole:
        return value
    raise NotACloudEvent("extension", "a text, a whole number of 32 bits, or true or false")


def _time(value: Any) -> datetime:
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        day, clock, fraction, offset = found.groups()
        try:
            # Finer than a microsecond is more than a datetime holds.
            text = f"{day}T{clock}{(fraction or '')[:7]}{offset.upper()}"
            return datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            pass  # said below
    raise NotACloudEvent("time", "a moment of RFC 3339, such as 2025-09-01T09:00:00Z")


def _decoded(encoded: Any) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise NotACloudEvent("data_base64", "base64") from None
