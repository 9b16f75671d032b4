"""The OpenAPI document of the JSON API: what each route answers is said by the types it sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dashboard.answers import (
    AlertShown,
    Answer,
    ChildShown,
    Me,
    News,
    Problem,
    QueuePage,
    Recorded,
    WhyShown,
)
from dashboard.answers_of_queues import (
    Broken,
    BrokenShown,
    DeadLetters,
    Decided,
    Deliveries,
    Doubt,
    FiguresOf,
    Found,
    GlassBroken,
    IdentityQueue,
    Looks,
    OrderedSoFar,
    Parked,
    Records,
    Reviewed,
    Sharing,
    Sources,
    Untouched,
    WaitingShown,
)

_REF = "#/components/schemas/{name}"

ANSWERS: Mapping[str, tuple[int, type[Answer]]] = {
    "GET /api/me": (200, Me),
    "GET /api/news": (200, News),
    "GET /api/alerts": (200, QueuePage),
    "GET /api/alerts/{alert_id}": (200, AlertShown),
    "POST /api/alerts/{alert_id}/actions": (202, Recorded),
    "GET /api/children/{child}": (200, ChildShown),
    "GET /api/children/{child}/why": (200, WhyShown),
    "GET /api/identity": (200, IdentityQueue),
    "GET /api/parked": (200, Parked),
    "GET /api/dead-letters": (200, DeadLetters),
    "GET /api/deliveries": (200, Deliveries),
    "GET /api/sources": (200, Sources),
    "GET /api/identity/{name}": (200, Doubt),
    "POST /api/identity/{name}": (202, Decided),
    "GET /api/children/{child}/identity": (200, Records),
    "POST /api/children/{child}/identity": (202, Decided),
    "GET /api/parked/{park}": (200, WaitingShown),
    "POST /api/parked": (202, OrderedSoFar),
    "POST /api/children/{child}/break-glass": (201, GlassBroken),
    "GET /api/break-glass": (200, Broken),
    "GET /api/break-glass/{broken_id}": (200, BrokenShown),
    "POST /api/break-glass/{broken_id}": (201, Reviewed),
    "POST /api/find": (200, Found),
    "GET /api/children/{child}/sharing": (200, Sharing),
    "GET /api/untouched": (200, Untouched),
    "GET /api/figures": (200, FiguresOf),
    "GET /api/reads": (200, Looks),
}
"""What each route of the document answers, and with which status."""


def described(document: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI document with what each route answers; raises KeyError for one without."""
    kinds = [kind for _status, kind in ANSWERS.values()]
    schemas = msgspec.json.schema_components([*kinds, Problem], ref_template=_REF)[1]
    paths = {
        path: {method: _answering(path, method, said) for method, said in methods.items()}
        for path, methods in document["paths"].items()
    }
    components = document.get("components", {})
    kept = {n: s for n, s in components.get("schemas", {}).items() if not n.endswith("Error")}
    ways = {
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "joinedup",
            "description": "Over HTTPS the cookie's name is __Host-joinedup.",
        },
        "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    }
    return {
        **document,
        "paths": paths,
        "components": {**components, "schemas": {**kept, **schemas}, "securitySchemes": ways},
        "security": [{"session": []}, {"token": []}],
    }


def _answering(path: str, method: str, said: Mapping[str, Any]) -> dict[str, Any]:
    status, kind = ANSWERS[f"{method.upper()} {path}"]
    responses = {
        str(status): _response("As described.", "application/json", kind),
        "default": _response("What is not in order.", "application/problem+json", Problem),
    }
    return {**said, "responses": responses}


def _response(words: str, media: str, kind: type[Answer]) -> dict[str, Any]:
    schema = {"$ref": _REF.format(name=kind.__name__)}
    return {"description": words, "content": {media: {"schema": schema}}}
