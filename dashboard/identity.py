"""Which records are one child, on pages: what is in doubt, and the forms on which people decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from starlette.responses import RedirectResponse, Response

from dashboard.child import Key
from dashboard.deciding import (
    MOST_PAIRS,
    NOT_SAME,
    REASONS,
    Faults,
    decided,
    doubt_shown,
    doubts_shown,
    records_shown,
    unlinked,
)
from dashboard.people import Person
from dashboard.session import Form, Signed, text_of
from dashboard.wiring import pages_of, parts_of, store_of

router = APIRouter()

Name = Annotated[str, InPath(pattern=r"^[0-9a-f]{8}$")]
Said = Annotated[int, Query(ge=0, le=MOST_PAIRS)]


@router.get("/identity")
def show_queue(request: Request, person: Signed, recorded: Said = 0) -> Response:
    """Show what a person has to look at; it names children, and shows nothing of their records."""
    shown = {**doubts_shown(store_of(request), person), "recorded": recorded}
    return pages_of(request).show(request, "identity.html", shown)


@router.get("/identity/{name}")
def show_doubt(request: Request, person: Signed, name: Name) -> Response:
    """Show the records of children who may be one; each look is on record before it is shown."""
    return _doubt_page(request, person, name, {}, {})


@router.post("/identity/{name}")
def decide_doubt(request: Request, person: Signed, name: Name, form: Form) -> Response:
    """Record that children are one, or that they are not, and on what that rests."""
    given = {field: text_of(form, field) for field in ("same_as", "reason")}
    came = decided(parts_of(request), person, name, **given)
    if isinstance(came, int):
        return RedirectResponse(f"/identity?recorded={came}", 303)
    return _doubt_page(request, person, name, came, given)


@router.get("/children/{child}/identity")
def show_records(request: Request, person: Signed, child: Key) -> Response:
    """Show the records that are taken as one child, side by side."""
    return _child_page(request, person, child, {})


@router.post("/children/{child}/identity")
def unlink(request: Request, person: Signed, child: Key, form: Form) -> Response:
    """Record that some of the child's records are somebody else's, for good."""
    named = [str(one) for one in form.getlist("leaf")]
    came = unlinked(parts_of(request), person, child, named, text_of(form, "reason"))
    if isinstance(came, int):
        return RedirectResponse(f"/identity?recorded={came}", 303)
    return _child_page(request, person, child, came)


def _doubt_page(
    request: Request, person: Person, name: str, faults: Faults, given: Mapping[str, str]
) -> Response:
    shown = {
        **doubt_shown(store_of(request), person, name),
        "not_same": NOT_SAME,
        "given": given,
        **_form(request, person, faults),
    }
    return pages_of(request).show(request, "identity-doubt.html", shown, status=_status(faults))


def _child_page(request: Request, person: Person, child: str, faults: Faults) -> Response:
    shown = {**records_shown(store_of(request), person, child), **_form(request, person, faults)}
    return pages_of(request).show(request, "child-identity.html", shown, status=_status(faults))


def _form(request: Request, person: Person, faults: Faults) -> dict[str, object]:
    why_not = parts_of(request).recorder.why_not(person.la)
    return {"why_not": why_not, "reasons": REASONS, "faults": faults}


def _status(faults: Faults) -> int:
    return 422 if faults else 200
