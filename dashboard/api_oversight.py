"""The JSON API of who looked, why, what was shared, and what managers count."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from dashboard import answers_of_queues as answers
from dashboard.api import OfSession, answered, not_in_order, of, problem
from dashboard.child import Key
from dashboard.figures import fields_of, figures_as_sent
from dashboard.finding import NAMES, child_of
from dashboard.glass import broken_by, broken_lines, broken_shown, reviewed
from dashboard.looks import Child, Reader, looks_shown
from dashboard.people import Refused
from dashboard.searching import limited
from dashboard.session import Signed
from dashboard.shared import sharing_shown
from dashboard.untouched import untouched_shown
from dashboard.wiring import store_of

router = APIRouter()

Code = Annotated[str, Field(max_length=64)]


class Breaking(BaseModel):
    """Why somebody has to see a record without a known need: a code, and their own words."""

    code: Code
    words: str = Field(max_length=1000, description="Sealed under a key of the child's.")


class Review(BaseModel):
    """What a manager says of such a look, as a code."""

    verdict: Code


class Search(BaseModel):
    """What is known of a child; never kept."""

    scheme: Code
    value: str = Field(max_length=64)


@router.post("/api/children/{child}/break-glass", status_code=201, dependencies=[OfSession])
def break_glass(request: Request, person: Signed, child: Key, said: Breaking) -> Response:
    """Put the reason on record; the child is then shown for a while. 422 if not in order."""
    came = broken_by(store_of(request), person, child, said.code, said.words.strip())
    if not isinstance(came, UUID):
        return not_in_order(came)
    return answered(answers.GlassBroken(id=came), status=201)


@router.get("/api/break-glass")
def list_broken(request: Request, person: Signed) -> Response:
    """Return who looked without a known need, those first whose look nobody has reviewed."""
    return answered(answers.Broken(broken=tuple(broken_lines(store_of(request), person))))


@router.get("/api/break-glass/{broken_id}")
def show_broken(request: Request, person: Signed, broken_id: UUID) -> Response:
    """Return one with what its reader wrote; that this is read is on record before."""
    line, words = broken_shown(store_of(request), person, broken_id)
    return answered(answers.BrokenShown(one=line, words=words))


@router.post("/api/break-glass/{broken_id}", status_code=201, dependencies=[OfSession])
def review(request: Request, person: Signed, broken_id: UUID, said: Review) -> Response:
    """Put on record what a manager says of it, once; nobody reviews their own (422)."""
    wrong = reviewed(store_of(request), person, broken_id, said.verdict)
    if wrong:
        return not_in_order({"verdict": wrong})
    return answered(answers.Reviewed(verdict=said.verdict), status=201)


@router.post("/api/find", dependencies=[OfSession])
def find(request: Request, person: Signed, said: Search) -> Response:
    """Return the key of the one child that is meant; the search is on record, never for whom."""
    store = store_of(request)
    tired = limited(store, person, said.scheme if said.scheme in NAMES else "")
    if tired is not None:
        return problem(429, "Too many searches", tired.sentence)
    found = child_of(store, person, said.scheme, said.value.strip())
    if isinstance(found, Refused):
        return not_in_order({"value": found.sentence})
    return answered(answers.Found(child=found))


@router.get("/api/children/{child}/sharing")
def show_sharing(request: Request, person: Signed, child: Key) -> Response:
    """Return what was taken about a child and under what; the look is on record first."""
    return answered(of(answers.Sharing, sharing_shown(store_of(request), person, child)))


@router.get("/api/untouched")
def show_untouched(request: Request, person: Signed) -> Response:
    """Return how open alerts are attended to, and those that nobody has seen or nobody has."""
    return answered(of(answers.Untouched, untouched_shown(store_of(request), person)))


@router.get("/api/figures")
def show_figures(
    request: Request,
    person: Signed,
    by: str = "duty",
    first: date | None = None,
    last: date | None = None,
) -> Response:
    """Return the figures of a period as the CSV has them; on record first, that they leave."""
    given = {"by": by}
    for name, day in (("first", first), ("last", last)):
        given |= fields_of(name, day) if day else {}
    sent = figures_as_sent(store_of(request), person, given)
    if isinstance(sent, str):
        return not_in_order({"period": sent})
    return answered(of(answers.FiguresOf, sent))


@router.get("/api/reads")
def list_looks(
    request: Request, person: Signed, child: Child = "", reader: Reader = "", before: int = 0
) -> Response:
    """Return a page of the looks, the latest first: all, of one child, or of one person."""
    shown = looks_shown(store_of(request), person, child, reader, before)
    asked = {"child": child, "reader": reader, "before": shown["next"]}
    following = f"/api/reads?{urlencode(asked)}" if shown["next"] else None
    return answered(of(answers.Looks, {**shown, "next": following}))
