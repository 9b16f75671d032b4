"""One's own sessions: where one is signed in, and how to end what one does not know."""

from __future__ import annotations

import time
from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from consumers.store.sign_ins import Lasting
from dashboard.ended_in_store import hash_of
from dashboard.roles import WORDS, Role
from dashboard.session import Form, Signed, session_of, text_of
from dashboard.wiring import pages_of, parts_of

LATELY_SECONDS = 15 * 60
"""Who ends other sessions proved who they are so lately; our own default."""
OTHERS = "others"
_PROVE = "Sign out and in again first: that was more than 15 minutes ago"
_CHOOSE = "Choose which sessions to end"

router = APIRouter()


@router.get("/sessions")
def show_sessions(request: Request, person: Signed) -> Response:
    """Show the sessions of who is signed in."""
    return _page(request, parts_of(request).ended.lasting(person))


@router.post("/sessions")
def end_sessions(request: Request, person: Signed, form: Form) -> Response:
    """End other sessions of who is signed in: one, or all but this."""
    ended = parts_of(request).ended
    found = ended.lasting(person)
    here, since = session_of(request)
    if time.time() > since + LATELY_SECONDS:
        return _page(request, found, _PROVE)
    which = text_of(form, "which")
    chosen = [
        one for one in found if one.session != hash_of(here) and which in (OTHERS, str(one.id))
    ]
    if not chosen:
        return _page(request, found, _CHOOSE)
    for one in chosen:
        ended.end_one(one.session)
    return RedirectResponse("/sessions", 303)


def _page(request: Request, found: Sequence[Lasting], wrong: str = "") -> Response:
    here = hash_of(session_of(request)[0])
    rows = [
        {
            "id": one.id,
            "since": one.since * 1000,
            "here": one.session == here,
            "words": WORDS[Role(one.role)].capitalize()
            + (f" of {one.agency.replace('-', ' ')}" if one.agency else ""),
        }
        for one in found
    ]
    shown = {"sessions": rows, "wrong": wrong}
    return pages_of(request).show(request, "sessions.html", shown, status=422 if wrong else 200)
