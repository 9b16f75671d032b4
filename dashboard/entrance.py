"""Signing in and out."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from dashboard.access import HOMES
from dashboard.people import Person, Refused
from dashboard.roles import WORDS
from dashboard.session import Form, NotSignedIn, person_of, sign_in, sign_out, text_of
from dashboard.wiring import pages_of, parts_of

_CHOOSING_SECONDS = 600
_NOTHING_STAYS = '"cache", "storage"'
"""What a browser lets go of when somebody signs out: what it kept of the pages."""

router = APIRouter()
log = logging.getLogger(__name__)


@router.get("/")
def first(request: Request) -> Response:
    """Lead to the first page of who is signed in."""
    return RedirectResponse(HOMES[person_of(request).role][1], 303)


@router.get("/sign-in")
def show_sign_in(request: Request) -> Response:
    """Show the page on which somebody proves who they are."""
    return parts_of(request).login.begin(request)


@router.post("/sign-in")
def finish_sign_in(request: Request, form: Form) -> Response:
    """Begin a session, and lead to the page that was asked for before."""
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    login = parts_of(request).login
    found = login.finish(given)
    if isinstance(found, Refused):
        return turned_away(request, found)
    return RedirectResponse(begin_session(request, [found]), 303)


@router.get("/sign-in/as")
def show_choice(request: Request) -> Response:
    """Show as whom somebody may sign in, where that is more than one."""
    return _choice(request, "")


@router.post("/sign-in/as")
def choose(request: Request, form: Form) -> Response:
    """Begin the session of who was chosen."""
    people = _choices(request)
    chosen = text_of(form, "choice")
    if not chosen.isdecimal() or int(chosen) >= len(people):
        return _choice(request, "Choose one of these")
    return RedirectResponse(begin_session(request, [people[int(chosen)]]), 303)


@router.post("/sign-out")
def finish_sign_out(request: Request, form: Form) -> Response:
    """End the session, and lead out of where somebody proved who they are."""
    sign_out(request)
    answer = parts_of(request).login.leave(request)
    answer.headers["Clear-Site-Data"] = _NOTHING_STAYS
    return answer


def turned_away(request: Request, why: Refused) -> Response:
    """Return the page that says why somebody was not signed in; that it happened is in the log."""
    log.warning("A sign-in was refused: %s", why.sentence)
    return parts_of(request).login.begin(request, why)


def begin_session(request: Request, people: Sequence[Person]) -> str:
    """Begin the session of the one, or the choice among the many; return where that leads.

    Nothing that was in the session before is in it after but the page that was asked for.
    """
    going = request.session.pop("going", "") or "/"
    if len(people) == 1:
        sign_in(request, people[0])
        # No name: a log is read by others than those who may see who looked.
        log.info("Somebody signed in as %s of authority %s.", people[0].role, people[0].la)
        return str(going)
    sign_out(request)
    request.session["going"] = going
    request.session["choices"] = [int(time.time()), msgspec.to_builtins(list(people))]
    return "/sign-in/as"


def _choices(request: Request) -> list[Person]:
    """Return as whom somebody may sign in; raises NotSignedIn where that is not known any more."""
    since, people = request.session.get("choices", [0, []])
    if time.time() > since + _CHOOSING_SECONDS:
        raise NotSignedIn
    return msgspec.convert(people, list[Person])


def _choice(request: Request, wrong: str) -> Response:
    words = [_in_words(person) for person in _choices(request)]
    shown = {"choices": words, "wrong": wrong}
    return pages_of(request).show(request, "sign-in-as.html", shown, status=422 if wrong else 200)


def _in_words(person: Person) -> str:
    of = f" of {person.agency.replace('-', ' ')}" if person.agency else ""
    return f"{WORDS[person.role].capitalize()}{of}, local authority {person.la}"
