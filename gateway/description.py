"""What the OpenAPI document says of a request's body and of the answers."""

from __future__ import annotations

from typing import Any

from gateway import cloudevents
from gateway.problems import MEDIA_TYPE, TITLES
from gateway.reading import FHIR_JSON, FHIR_XML, JSON
from gateway.receipts import MEANING
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
                "items": _FAULT_OF_FIELD,
            },
        },
    }
    return {"description": title, "content": {MEDIA_TYPE: {"schema": schema}}}


def _answer(said: str, schema: dict[str, Any], media: str = JSON) -> dict[str, Any]:
    return {"description": said, "content": {media: {"schema": schema}}}


_FAULT_OF_FIELD: dict[str, Any] = {
    "type": "object",
    "required": ["event", "field"],
    "anyOf": [{"required": ["expected"]}, {"required": ["reason"]}],
    "properties": {
        "event": {"type": "integer"},
        "field": {"type": "string"},
        "expected": {"type": "string"},
        "reason": {"type": "string", "description": "Of FHIR messages."},
    },
}
_TAKEN: dict[str, Any] = {
    "type": "object",
    "required": ["events", "refused", "not_used"],
    "properties": {
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["event_id", "type", "repeated"],
                "properties": {
                    "event_id": {"type": "string", "format": "uuid"},
                    "type": {"type": "string"},
                    "repeated": {
                        "type": "boolean",
                        "description": "The broker had it already, from an earlier request.",
                    },
                },
            },
        },
        "refused": {
            "type": "array",
            "items": _FAULT_OF_FIELD,
            "description": "Parts of a FHIR message that could not be taken.",
        },
        "not_used": {"type": "integer", "description": "Parts of a FHIR message nobody needs."},
    },
}
_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_RECEIPT: dict[str, Any] = {
    "type": "object",
    "required": ["event_id", "outcome", "meaning", "local_authority", "reason", "arrivals"],
    "properties": {
        "event_id": {"type": "string", "format": "uuid"},
        "outcome": {"enum": sorted(MEANING)},
        "meaning": {"type": "string", "description": "The outcome in a sentence."},
        "local_authority": {"type": "string"},
        "reason": {"type": "string", "description": "Of a refusal, a code; else empty."},
        "known_at": _MOMENT,
        "noted_at": _MOMENT,
        "arrivals": {"type": "integer", "minimum": 1},
    },
}
_TOKEN: dict[str, Any] = {
    "type": "object",
    "required": ["access_token", "token_type", "expires_in"],
    "properties": {
        "access_token": {"type": "string"},
        "token_type": {"const": "Bearer"},
        "expires_in": {"type": "integer", "description": "Seconds."},
    },
}
_NO_TOKEN: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"enum": ["invalid_client", "unsupported_grant_type"]}},
}
_HEALTH: dict[str, Any] = {
    "type": "object",
    "required": ["publishing"],
    "properties": {"publishing": {"type": "boolean"}},
}

Responses = dict[int | str, dict[str, Any]]

RESPONSES: Responses = {
    202: _answer("The broker has every event, on all its replicas.", _TAKEN),
    **{status: _problem(status) for status in (400, 401, 403, 409, 413, 415, 422, 429, 503)},
}
ASKED: Responses = {
    200: _answer("What became of the event.", _RECEIPT),
    **{status: _problem(status) for status in (401, 404, 422, 429, 503)},
}
TOKEN: Responses = {
    200: _answer("The token, its type, and for how many seconds it is good.", _TOKEN),
    400: _answer("Another grant was asked for.", _NO_TOKEN),
    401: _answer("The client is not known, or its secret is another.", _NO_TOKEN),
    **{status: _problem(status) for status in (413, 429)},
}
_OF_SCHEMAS = {
    "type": "object",
    "required": ["error_code", "message"],
    "properties": {"error_code": {"type": "integer"}, "message": {"type": "string"}},
}
_VERSION = {
    "type": "object",
    "required": ["subject", "id", "version", "schema"],
    "properties": {
        "subject": {"type": "string"},
        "id": {"type": "integer"},
        "version": {"type": "integer", "minimum": 1},
        "schema": {"type": "string"},
    },
}
_ONE_SCHEMA = {
    "type": "object",
    "required": ["schema"],
    "properties": {"schema": {"type": "string"}},
}
_NO_SUCH_SCHEMA: Responses = {
    404: _answer("There is no such schema or type.", _OF_SCHEMAS),
    **{status: _problem(status) for status in (413, 422, 429, 503)},
}
BY_NUMBER: Responses = {200: _answer("The schema, as text.", _ONE_SCHEMA), **_NO_SUCH_SCHEMA}
BY_SUBJECT: Responses = {200: _answer("The schema and its number.", _VERSION), **_NO_SUCH_SCHEMA}
HEALTH: Responses = {
    200: _answer("It publishes.", _HEALTH),
    503: _answer("It does not publish any more: start it again.", _HEALTH),
}
