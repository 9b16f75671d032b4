"""The session of who is signed in, and the proof that a form is one of ours."""

from __future__ import annotations

import secrets
import time
from typing import Annotated

import msgspec
from fastapi import Depends
from starlette.datastructures import FormData
from starlette.requests import Request

from dashboard.bearer import AS_HEADER, Bearer, one_of, token_in
from dashboard.ended import EndedSessions, NotTheirName
from dashboard.people import Person, Refused

FORM_TOKEN = "form_token"
API = "/api/"
"""Where every route of the JSON API begins."""
LONGEST_SECONDS = 10 * 3600
"""Our own default: a working day. Then one signs in again, however busy the session was."""
_ID = "id"
NOT_THEIRS = (
    "The name that your organisation gives you is on record as another account's: tell who runs"
    " JoinedUp, so that nobody is taken for somebody else."
)


class NotSignedIn(Exception):
    """Nobody is signed in, or no longer; the text says why a token lets in nobody."""


class Forged(Exception):
    """A form that did not come from a page of this session."""


def sign_in(request: Request, person: Person) -> None:
    """Begin a session of this person; nothing of an earlier one remains but where it was going."""
    going = request.session.pop("going", None)
    sign_out(request)
    session = secrets.token_urlsafe(24)
    # On record first: where that fails, or the name is another's, no session begins.
    request.app.state.parts.ended.begin(session, person)
    request.session["person"] = msgspec.to_builtins(person)
    request.session["since"] = int(time.time())
    request.session[_ID] = session
    if going:
        request.session["going"] = going


def session_of(request: Request) -> tuple[str, int]:
    """Return the id of the session of this request, and when it began (seconds, UTC)."""
    return request.session.get(_ID, ""), request.session.get("since", 0)


def sign_out(request: Request) -> None:
    """End the session: a copy of its cookie is worth nothing any more."""
    if _ID in request.session:
        request.app.state.parts.ended.end(request.session[_ID])
    request.session.clear()


def by_token(request: Request) -> bool:
    """Return whether a program asks for an answer of the API by a token; no session counts then."""
    return request.url.path.startswith(API) and _token(request) is not None


def _token(request: Request) -> str | None:
    return token_in(request.headers.get("authorization", ""))


def _person_by_token(request: Request) -> Person:
    kept: Person | None = getattr(request.state, "person", None)
    if kept is not None:
        return kept
    bearer: Bearer = request.app.state.parts.bearer
    people = bearer.people(_token(request) or "")
    said = request.headers.get(AS_HEADER, "")
    found = people if isinstance(people, Refused) else one_of(people, said)
    if isinstance(found, Refused):
        raise NotSignedIn(found.sentence)
    try:
        request.app.state.parts.ended.hold(found)
    except NotTheirName:
        raise NotSignedIn(NOT_THEIRS) from None
    request.state.person = found
    return found


def person_of(request: Request) -> Person:
    """Return who is signed in; raises NotSignedIn, and remembers the page that was asked for."""
    if by_token(request):
        return _person_by_token(request)
    found = signed_in(request)
    since = request.session.get("since", 0)
    if found is None or time.time() > since + LONGEST_SECONDS:
        request.session.clear()
        if request.method == "GET":
            request.session["going"] = str(request.url.path)
        raise NotSignedIn
    # Only a session that changed is sent anew, and only one sent anew lasts longer.
    request.session["asked"] = int(time.time())
    return found


def signed_in(request: Request) -> Person | None:
    """Return whom the session names, or the token by which a program was let in; None: nobody.

    Nobody too where the session names somebody as an older release did, or was ended.
    """
    if by_token(request):
        let_in: Person | None = getattr(request.state, "person", None)
        return let_in
    try:
        found = msgspec.convert(request.session.get("person"), Person | None)
    except msgspec.ValidationError:
        return None
    return None if found is None or _has_ended(request, found) else found


def _has_ended(request: Request, person: Person) -> bool:
    """Return whether the session of this request was ended; it is asked once for each request.

    Raises psycopg.Error where that is not known; whoever asks again, to show that, is nobody.
    """
    session, since = request.session.get(_ID, ""), request.session.get("since", 0)
    known: tuple[str, bool] | None = getattr(request.state, "ended", None)
    if known is None or known[0] != session:
        request.state.ended = (session, True)
        ended: EndedSessions = request.app.state.parts.ended
        request.state.ended = known = (session, ended.has(session, person, since))
    return known[1]


def form_token(request: Request) -> str:
    """Return the token that every form of this session carries."""
    token: str = request.session.setdefault(FORM_TOKEN, secrets.token_urlsafe(24))
    return token


async def form_of(request: Request) -> FormData:
    """Return what a form said; raises Forged where it lacks the token of this session."""
    form = await request.form()
    given, ours = form.get(FORM_TOKEN), request.session.get(FORM_TOKEN)
    if not isinstance(given, str) or not ours or not secrets.compare_digest(given, ours):
        raise Forged
    return form


Signed = Annotated[Person, Depends(person_of)]
Form = Annotated[FormData, Depends(form_of)]


def text_of(form: FormData, name: str) -> str:
    """Return one field of a form as text, empty where it was not given."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""
