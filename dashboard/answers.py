"""What the JSON API answers, as types: what is sent, and what its document says, are these."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from dashboard import dead_letters, deliveries, identity, parked
from dashboard.acting import DoneLine
from dashboard.alerts import AlertLine, Told
from dashboard.child import Known, Line
from dashboard.freshness import Freshness
from dashboard.leading import Involved
from dashboard.queue import DutyCount
from dashboard.reasons import Because
from dashboard.roles import Role

_REF = "#/components/schemas/{name}"


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer; it has these fields and no other."""


class Me(Answer, frozen=True, kw_only=True):
    """Who asks; form_token: what acts of this session carry, empty for who asks by a token."""

    name: str
    la: str
    role: Role
    agency: str
    organisation: str
    teams: tuple[str, ...]
    form_token: str


class News(Answer, frozen=True, kw_only=True):
    """told: another text whenever something was told. known_to: ms since 1970 UTC."""

    told: str
    known_to: int


class QueuePage(Answer, frozen=True, kw_only=True):
    """A page of the queue; next: the address of the one after it, null on the last."""

    alerts: tuple[AlertLine, ...]
    next: str | None
    counts: tuple[DutyCount, ...]
    sources: tuple[Freshness, ...]
    told: str
    as_of: str


class Became(Answer, frozen=True, kw_only=True):
    """What became of an action that was recorded, in words."""

    heading: str
    words: str
    id: UUID


class AlertShown(Answer, frozen=True, kw_only=True):
    """An alert; number: of its last transition. why_not: why one cannot act, empty where one can.

    recorded: null unless the request names an action.
    """

    alert: AlertLine
    because: tuple[str, ...]
    met_by: tuple[str, ...]
    told: tuple[Told, ...]
    done: tuple[DoneLine, ...]
    number: int
    why_not: str
    recorded: Became | None
    as_of: str


class Recorded(Answer, frozen=True, kw_only=True):
    """The id of the record of an action."""

    recorded: str


class ChildShown(Answer, frozen=True, kw_only=True):
    """A child: alerts by how they stand, deadlines ahead, who is involved, timeline, records."""

    child: str
    withheld: str
    open: tuple[AlertLine, ...]
    due_soon: tuple[AlertLine, ...]
    closed: tuple[AlertLine, ...]
    ahead: tuple[Because, ...]
    involved: tuple[Involved, ...]
    timeline: tuple[Line, ...]
    records: tuple[Known, ...]
    parked: str
    as_of: str


class WhyShown(Answer, frozen=True, kw_only=True):
    """Of each duty why there is an alert on a day, or why there is none."""

    child: str
    withheld: str
    on: date
    as_of: str
    duties: tuple[Because, ...]


class IdentityQueue(Answer, frozen=True, kw_only=True):
    """What a person has to look at; candidates: pairs that names, births and postcodes suggest."""

    doubts: tuple[identity.Line, ...]
    candidates: tuple[identity.Line, ...]
    as_of: str


class Parked(Answer, frozen=True, kw_only=True):
    """Children whose records wait, the longest first."""

    lines: tuple[parked.Line, ...]
    as_of: str


class DeadLetters(Answer, frozen=True, kw_only=True):
    """What stands refused: by source and reason, and one by one; next: of the page after it."""

    rows: tuple[dead_letters.Row, ...]
    lines: tuple[dead_letters.Line, ...]
    next: str | None
    as_of: str


class Deliveries(Answer, frozen=True, kw_only=True):
    """A page of deliveries; untold: open critical alerts of which nobody was told.

    untold is empty for who may see no alert. next: the address of the page after it.
    """

    lines: tuple[deliveries.Line, ...]
    untold: tuple[str, ...]
    next: str | None


class Sources(Answer, frozen=True, kw_only=True):
    """Every source of the authority, the silent ones first."""

    sources: tuple[Freshness, ...]
    as_of: str


class Problem(Answer, frozen=True, kw_only=True):
    """What is not in order (RFC 9457); fields: of an action, what is wrong with which field.

    reason, since: as a code, and from which day on; empty where there is nothing to say of it.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    fields: Mapping[str, str] = {}
    reason: str = ""
    since: str = ""


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
        "session": {"type": "apiKey", "in": "cookie", "name": "joinedup"},
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
