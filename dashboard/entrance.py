"""Signing in and out."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from dashboard.access import HOMES
from dashboard.people import Refused
from dashboard.session import Form, person_of, sign_in, sign_out
from dashboard.wiring import parts_of

router = APIRouter()


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
        return login.begin(request, found)
    sign_in(request, found)
    return RedirectResponse(request.session.pop("going", "/"), 303)


@router.post("/sign-out")
def finish_sign_out(request: Request, form: Form) -> Response:
    """End the session."""
    sign_out(request)
    return RedirectResponse("/sign-in", 303)
