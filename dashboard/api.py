"""The JSON API: the same reads and actions as the pages, for the same people, held to the same."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, Response

from dashboard.acting import taken
from dashboard.alert import alert_shown
from dashboard.answers import (
    AlertShown,
    Answer,
    Became,
    ChildShown,
    Me,
    News,
    Problem,
    QueuePage,
    Recorded,
    WhyShown,
)
from dashboard.child import Key, child_shown, why_shown
from dashboard.document import described
from dashboard.forms import LONGEST_NOTE, Wrong
from dashboard.queue import Asked, queue_shown
from dashboard.session import FORM_TOKEN, Forged, Signed, by_token, form_token
from dashboard.wiring import parts_of, store_of
from journey.standing import Act

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
    """Raise Forged where a request that changes something lacks the token of its session.

    Who asks by a token of the provider has no session that another site could use.
    """
    if by_token(request):
        return
    given, ours = request.headers.get(TOKEN_HEADER), request.session.get(FORM_TOKEN)
    if not given or not ours or not secrets.compare_digest(given.encode(), ours.encode()):
        raise Forged


OfSession = Depends(of_this_session)


@router.get("/api/openapi.json", include_in_schema=False)
def show_document(request: Request) -> Response:
    """Return what this API is, as OpenAPI."""
    return JSONResponse(described(request.app.openapi()))


@router.get("/api/me")
def show_me(request: Request, person: Signed) -> Response:
    """Return who is signed in, and the token that acts of this session carry in X-Form-Token."""
    token = "" if by_token(request) else form_token(request)
    # Whose account of which provider they are is no matter of a page.
    said = {name: getattr(person, name) for name in Me.__struct_fields__ if name != "form_token"}
    return answered(Me(**said, form_token=token))


@router.get("/api/news")
def show_news(request: Request, person: Signed) -> Response:
    """Return a mark that is another one whenever something was told in the authority."""
    with store_of(request).reading(person) as reading:
        known = reading.known()
    return answered(News(told=known.authority.chain[:16], known_to=known.kappa))


@router.get("/api/alerts")
def list_alerts(
    request: Request,
    person: Signed,
    duty: str = "",
    state: str = "open",
    whose: str = "waiting",
    team: Annotated[str, Query(description="mine, or one of the asker's teams.")] = "",
    after: str = "",
) -> Response:
    """Return a page of the queue, the most urgent first; ``next`` asks for the one after it."""
    asked = Asked(duty=duty, state=state, whose=whose, team=team, after=after)
    shown = queue_shown(store_of(request), person, asked)
    alerts = [line for _severity, lines in shown["groups"] for line in lines]
    following = shown["next"].replace("/queue?", "/api/alerts?", 1) or None
    return answered(of(QueuePage, {**shown, "alerts": alerts, "next": following}))


@router.get("/api/alerts/{alert_id}")
def show_alert(
    request: Request, person: Signed, alert_id: UUID, recorded: UUID | None = None
) -> Response:
    """Return an alert; the look at its child is on record first, and that it was seen after.

    recorded: the id that an action was given: ``recorded`` then says what became of it.
    """
    shown, seen = alert_shown(parts_of(request), person, alert_id, recorded=recorded)
    became = shown["recorded"] and Became(**shown["recorded"])
    return answered(of(AlertShown, {**shown, "recorded": became}), after=seen)


@router.post("/api/alerts/{alert_id}/actions", status_code=202, dependencies=[OfSession])
def act_on_alert(request: Request, person: Signed, alert_id: UUID, action: Action) -> Response:
    """Record an action; 202 with its id once the broker has it, 422 where it is not in order."""
    came = taken(parts_of(request), person, str(alert_id), _given(action))
    if isinstance(came, Wrong):
        return not_in_order(came.fields)
    return answered(Recorded(recorded=came), status=202)


@router.get("/api/children/{child}")
def show_child(request: Request, person: Signed, child: Key, agency: str = "") -> Response:
    """Return a child's alerts, timeline, deadlines and records; the look is on record first."""
    shown = child_shown(store_of(request), person, child, agency)
    return answered(of(ChildShown, shown))


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
    return answered(of(WhyShown, {**shown, "duties": [*shown["answers"], *shown["idle"]]}))


def _given(action: Action) -> dict[str, str]:
    """Return an action as a form says it, so that one check holds both."""
    said = {name: str(value) for name, value in action.model_dump(exclude={"until"}).items()}
    return {**said, **_written(action.until), "act": action.act.value}


def _written(day: date | None) -> dict[str, str]:
    if day is None:
        return dict.fromkeys(("day", "month", "year"), "")
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


def of(kind: type[Answer], shown: Mapping[str, Any]) -> Answer:
    """Return an answer from what a page shows, its fields alone."""
    return kind(**{name: shown[name] for name in kind.__struct_fields__})


def problem(
    status: int, title: str, detail: str, fields: Mapping[str, str] | None = None, **more: str
) -> Response:
    """Return what is not in order (RFC 9457); more: further fields of a problem."""
    said = Problem(title=title, status=status, detail=detail, fields=fields or {}, **more)
    named = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return Response(msgspec.json.encode(said), status, named, media_type="application/problem+json")


def not_in_order(fields: Mapping[str, str]) -> Response:
    """Return what is wrong with which field of an act, which was not done."""
    detail = "Nothing was done. `fields` says what is wrong with which field."
    return problem(422, "What was sent is not in order", detail, fields)


def answered(
    content: Answer, *, status: int = 200, after: BackgroundTask | None = None
) -> Response:
    """Return an answer as JSON; after: what is done once it has left."""
    said = msgspec.json.encode(content)
    return Response(said, status, media_type="application/json", background=after)
