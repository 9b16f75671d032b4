"""What the OpenAPI document says of a request's body and of the answers."""

from __future__ import annotations

from typing import Any

from gateway import cloudevents
from gateway.problems import MEDIA_TYPE, TITLES
from gateway.reading import FHIR_JSON, FHIR_XML, JSON
from schemas.catalogue import event_types

_IDENTIFIER = {
    "type": "object",
    "required": ["scheme", "value"],
    "properties": {
        "scheme": {
            "enum": ["NHS", "UPN", "ULN", "LA_CHILD_ID", "SUI", "MIS_ID", "HEALTH_LOCAL_ID"]
        },
        "value": {"type": "string"},
        "status": {
            "enum": ["VERIFIED", "UNVERIFIED", "TEMPORARY", "FORMER"],
            "default": "VERIFIED",
        },
    },
}


def _event() -> dict[str, Any]:
    names = sorted(name for name, kind in event_types().items() if kind.has_envelope)
    return {
        "title": "Event",
        "description": "The envelope, and beside it the fields of the type, as docs/schemas.md has "
        "them. What is not required is filled in where it is left out.",
        "type": "object",
        "required": ["type", "source_record_id", "revision"],
        "properties": {
            "type": {"enum": names},
            "event_id": {"type": "string", "format": "uuid"},
            "local_authority": {"type": "string", "pattern": r"^\d{3}$"},
            "source_record_id": {"type": "string"},
            "revision": {"type": "integer"},
            "retracted": {"type": "boolean", "default": False},
            "identifiers": {"type": "array", "items": _IDENTIFIER},
            "date_of_birth": {"type": ["string", "null"], "format": "date"},
            "occurred_at": {"type": "string", "format": "date-time"},
            "recorded_at": {"type": "string", "format": "date-time"},
        },
        "additionalProperties": True,
    }


_CLOUD_EVENT = {
    "title": "CloudEvent",
    "type": "object",
    "required": ["specversion", "id", "source", "type", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid", "description": "Becomes the event_id."},
        "source": {"type": "string", "format": "uri-reference"},
        "type": {"type": "string", "examples": ["joinedup.education.ApReviewHeld"]},
        "time": {"type": "string", "format": "date-time"},
        "data": {"type": "object", "description": "The fields of the event but id and type."},
    },
    "additionalProperties": True,
}


_FHIR = "FHIR R4 message or resource, NEMS event message (STU3), or CP-IS records"


def _body() -> dict[str, Any]:
    event = _event()
    return {
        "required": True,
        "content": {
            JSON: {"schema": {"oneOf": [event, {"type": "array", "items": event}]}},
            cloudevents.STRUCTURED: {"schema": _CLOUD_EVENT},
            cloudevents.BATCH: {"schema": {"type": "array", "items": _CLOUD_EVENT}},
            FHIR_JSON: {"schema": {"type": "object", "title": _FHIR}},
            FHIR_XML: {"schema": {"type": "string", "title": _FHIR}},
        },
    }


LOOK_UP: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {
                "schema": {
                    "type": "object",
                    "required": ["schema"],
                    "properties": {"schema": {"type": "string", "title": "Avro schema, as JSON"}},
                }
            }
        },
    }
}
POST_EVENTS: dict[str, Any] = {"requestBody": _body()}


def _problem(status: int) -> dict[str, Any]:
    _, title = TITLES[status]
    schema = {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "event": {"type": "integer"},
                        "field": {"type": "string"},
                        "expected": {"type": "string"},
                        "reason": {"type": "string", "description": "Of FHIR messages."},
                    },
                },
            },
        },
    }
    return {"description": title, "content": {MEDIA_TYPE: {"schema": schema}}}


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: _problem(status) for status in (400, 401, 403, 409, 413, 415, 422, 429, 503)
}
ASKED: dict[int | str, dict[str, Any]] = {
    status: _problem(status) for status in (401, 404, 422, 429, 503)
}
