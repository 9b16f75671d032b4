"""The session of who is signed in, and the proof that a form is one of ours."""

from __future__ import annotations

import secrets
import time
from typing import Annotated

import msgspec
from fastapi import Depends
from starlette.datastructures import FormData
from starlette.requests import Request

from dashboard.people import Person

FORM_TOKEN = "form_token"
_LONGEST_SECONDS = 10 * 3600
"""Our own default: a working day. Then one signs in again, however busy the session was."""


class NotSignedIn(Exception):
    """Nobody is signed in, or no longer."""


class Forged(Exception):
    """A form that did not come from a page of this session."""


def sign_in(request: Request, person: Person) -> None:
    """Begin a session of this person; nothing of an earlier one remains but where it was going."""
    going = request.session.pop("going", None)
    request.session.clear()
    request.session["person"] = msgspec.to_builtins(person)
    request.session["since"] = int(time.time())
    if going:
        request.session["going"] = going


def sign_out(request: Request) -> None:
    """End the session."""
    request.session.clear()


def person_of(request: Request) -> Person:
    """Return who is signed in; raises NotSignedIn, and remembers the page that was asked for."""
    found = signed_in(request)
    since = request.session.get("since", 0)
    if found is None or time.time() > since + _LONGEST_SECONDS:
        request.session.clear()
        if request.method == "GET":
            request.session["going"] = str(request.url.path)
        raise NotSignedIn
    # Only a session that changed is sent anew, and only one sent anew lasts longer.
    request.session["asked"] = int(time.time())
    return found


def signed_in(request: Request) -> Person | None:
    """Return whom the session names; None where it names nobody, or as an older release did."""
    try:
        return msgspec.convert(request.session.get("person"), Person | None)
    except msgspec.ValidationError:
        return None


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
