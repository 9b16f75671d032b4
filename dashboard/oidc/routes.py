"""To the provider and back."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboard.entrance import begin_session, turned_away
from dashboard.missing import NothingThere
from dashboard.oidc.login import ANSWER, OidcLogin
from dashboard.people import Refused
from dashboard.wiring import pages_of, parts_of

router = APIRouter()


@router.get("/sign-in/start")
def start(request: Request) -> Response:
    """Lead to the provider."""
    return _login(request).start(request)


@router.get(ANSWER)
def answer(request: Request) -> Response:
    """Begin the session of whom the provider sent back; all that was in an earlier one is gone.

    It leads on by a page: to one that is asked for by another site's, browsers send no session.
    """
    login = _login(request)
    found = login.answered(request)
    if isinstance(found, Refused):
        return turned_away(request, found)
    asked, proved, people = found
    request.session["going"] = asked.going
    onward = begin_session(request, people)
    shown = pages_of(request).show(request, "onward.html", {"onward": onward, "out": False})
    login.settle(shown, proved)
    return shown


def _login(request: Request) -> OidcLogin:
    login = parts_of(request).login
    if not isinstance(login, OidcLogin):
        raise NothingThere
    return login
