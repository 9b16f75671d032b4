"""The JSON API: the same reads and actions as the pages, for the same people, held to the same."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, Response

from dashboard.acting import taken
from dashboard.alert import alert_shown
from dashboard.child import Key, child_shown, why_shown
from dashboard.forms import LONGEST_NOTE, Wrong
from dashboard.people import Person
from dashboard.queue import Asked, queue_shown
from dashboard.session import FORM_TOKEN, Forged, Signed, form_token
from dashboard.wiring import parts_of, store_of
from journey.standing import Act

API = "/api/"
TOKEN_HEADER = "X-Form-Token"

router = APIRouter()


class Action(BaseModel):
    """What somebody does about an alert; which fields an act needs is as in the forms."""

    act: Act
    number: int = Field(ge=0, description="Of the last transition of the alert that they saw.")
    recipient: str = Field("", max_length=120, description="ASSIGN: who is to have it.")
    until: date | None = Field(None, description="ACKNOWLEDGE, SNOOZE: the last day set aside.")
    reason: str = Field("", max_length=64, description="SNOOZE, ESCALATE, COMMENT: a code.")
    outcome: str = Field("", max_length=64, description="CLOSE: a code.")
    note: str = Field("", max_length=LONGEST_NOTE, description="Sealed under the child's key.")


def of_this_session(request: Request) -> None:
    """Raise Forged where a request that changes something lacks the token of its session."""
    given, ours = request.headers.get(TOKEN_HEADER), request.session.get(FORM_TOKEN)
    if not given or not ours or not secrets.compare_digest(given.encode(), ours.encode()):
        raise Forged


OfSession = Depends(of_this_session)


@router.get("/api/openapi.json", include_in_schema=False)
def show_document(request: Request) -> Response:
    """Return what this API is, as OpenAPI."""
    return JSONResponse(request.app.openapi())


@router.get("/api/me")
def show_me(request: Request, person: Signed) -> Response:
    """Return who is signed in, and the token that acts of this session carry in X-Form-Token."""
    return _json({**_plain(person), FORM_TOKEN: form_token(request)})


@router.get("/api/news")
def show_news(request: Request, person: Signed) -> Response:
    """Return a mark that is another one whenever something was told in the authority."""
    with store_of(request).reading(person) as reading:
        known = reading.known()
    return _json({"told": known.authority.chain[:16], "known_to": known.kappa})


@router.get("/api/alerts")
def list_alerts(
    request: Request,
    person: Signed,
    duty: str = "",
    state: str = "open",
    whose: str = "waiting",
    after: str = "",
) -> Response:
    """Return a page of the queue, the most urgent first; ``next`` asks for the one after it."""
    asked = Asked(duty=duty, state=state, whose=whose, after=after)
    shown = queue_shown(store_of(request), person, asked)
    alerts = [line for _severity, lines in shown["groups"] for line in lines]
    return _json(
        {
            "alerts": alerts,
            "next": shown["next"].replace("/queue?", "/api/alerts?", 1) or None,
            **_of(shown, "counts", "sources", "told", "as_of"),
        }
    )


@router.get("/api/alerts/{alert_id}")
def show_alert(
    request: Request, person: Signed, alert_id: UUID, recorded: UUID | None = None
) -> Response:
    """Return an alert; the look at its child is on record first, and that it was seen after.

    recorded: the id that an action was given: ``recorded`` then says what became of it.
    """
    shown, seen = alert_shown(parts_of(request), person, alert_id, recorded=recorded)
    fields = ("because", "met_by", "told", "done", "number", "why_not", "recorded", "as_of")
    return _json({"alert": shown["alert"], **_of(shown, *fields)}, after=seen)


@router.post("/api/alerts/{alert_id}/actions", status_code=202, dependencies=[OfSession])
def act_on_alert(request: Request, person: Signed, alert_id: UUID, action: Action) -> Response:
    """Record an action; 202 with its id once the broker has it, 422 where it is not in order."""
    came = taken(parts_of(request), person, str(alert_id), _given(action))
    if isinstance(came, Wrong):
        return _json({"error": "There is a problem", "fields": came.fields}, status=422)
    return _json({"recorded": came}, status=202)


@router.get("/api/children/{child}")
def show_child(request: Request, person: Signed, child: Key, agency: str = "") -> Response:
    """Return a child's alerts, timeline, deadlines and records; the look is on record first."""
    shown = child_shown(store_of(request), person, child, agency)
    fields = ("child", "withheld", "open", "due_soon", "closed", "ahead", "timeline", "records")
    return _json(_of(shown, *fields, "parked", "as_of"))


@router.get("/api/children/{child}/why")
def show_why(
    request: Request,
    person: Signed,
    child: Key,
    on: Annotated[date | None, Field(description="The last day known if left out.")] = None,
    duty: str = "",
) -> Response:
    """Return for each duty, or one, why there is an alert on a day or none, the look recorded."""
    shown = why_shown(store_of(request), person, child, duty, _written(on))
    return _json(
        {
            **_of(shown, "child", "withheld", "on", "as_of"),
            "duties": [*shown["answers"], *shown["idle"]],
        }
    )


def _given(action: Action) -> dict[str, str]:
    """Return an action as a form says it, so that one check holds both."""
    said = {name: str(value) for name, value in action.model_dump(exclude={"until"}).items()}
    return {**said, **_written(action.until), "act": action.act.value}


def _written(day: date | None) -> dict[str, str]:
    if day is None:
        return dict.fromkeys(("day", "month", "year"), "")
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


def _of(shown: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: shown[name] for name in names}


def _plain(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(person)
    return found


def _json(content: Any, *, status: int = 200, after: BackgroundTask | None = None) -> Response:
    said = msgspec.json.encode(content, enc_hook=str)
    return Response(said, status, media_type="application/json", background=after)
