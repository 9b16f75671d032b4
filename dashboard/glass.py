"""Looking without a known need: with a reason, on record before, and looked at afterwards."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from consumers.store import glass
from consumers.store.glass import Breaking, Broken
from dashboard.alerts import SHORT
from dashboard.child import Key
from dashboard.missing import NothingThere
from dashboard.need import BREAK_GLASS, OPEN_MINUTES
from dashboard.people import Person
from dashboard.roles import Role
from dashboard.session import Form, Signed, text_of
from dashboard.store import Store
from dashboard.wiring import pages_of, store_of

CODES = {
    "RISK_OF_HARM": "The child may be at risk of harm",
    "CONTACT": "The child, the family or a professional has been in touch about the child",
    "STANDING_IN": "I stand in for somebody who is involved",
    "NOT_YET_RECORDED": "We are involved, and it is not recorded yet",
    "OTHER": "Another reason",
}
"""Why somebody looks without a known need: a closed list of our own."""

VERDICTS = {
    "JUSTIFIED": "It was justified",
    "FOLLOW_UP": "It needs following up with the person",
    "NOT_JUSTIFIED": "It was not justified",
}
SHORTEST, LONGEST = 10, 1000
"""Characters of what somebody writes of their reason."""
PAGE_SIZE = 100

router = APIRouter()


@router.get("/children/{child}/break-glass")
def show_form(request: Request, person: Signed, child: Key) -> Response:
    """Show the form on which somebody says why they have to see a child's record."""
    _leaf(store_of(request), person, child)
    return _form(request, child, "", "", "")


@router.post("/children/{child}/break-glass")
def break_it(request: Request, person: Signed, child: Key, form: Form) -> Response:
    """Put the reason on record, then lead to the child's page."""
    store, code, words = store_of(request), text_of(form, "code"), text_of(form, "words")
    leaf = _leaf(store, person, child)
    if code not in CODES:
        return _form(request, child, code, words, "Choose why you have to see this record")
    if not SHORTEST <= len(words) <= LONGEST:
        wrong = f"Say why in your own words, in {SHORTEST} to {LONGEST} characters"
        return _form(request, child, code, words, wrong)
    seal = store.seal(person)
    seal.ready([leaf])
    id_ = uuid4()
    sealed = seal.close_note(person.la, leaf, str(id_), BREAK_GLASS, words)
    if sealed is None:
        raise NothingThere
    breaking = Breaking(
        la=person.la,
        id=id_,
        child=child,
        reader=person.name,
        role=person.role,
        code=code,
        leaf=bytes.fromhex(leaf),
        reason=sealed,
    )
    store.note(person, child, "break-glass", f"{BREAK_GLASS} {code}", breaking)
    return RedirectResponse(f"/children/{child}", 303)


@router.get("/break-glass")
def show_all(request: Request, person: Signed) -> Response:
    """Show who looked without a known need, those first whose look nobody has reviewed."""
    with store_of(request).reading(person) as reading:
        found = glass.broken(reading, size=PAGE_SIZE)
    shown = {"broken": [_line(one) for one in found], "size": PAGE_SIZE}
    return pages_of(request).show(request, "glass.html", shown)


@router.get("/break-glass/{broken_id}")
def show_one(request: Request, person: Signed, broken_id: UUID) -> Response:
    """Show one with what its reader wrote; that this is read is on record before."""
    return _one(request, person, broken_id, "")


@router.post("/break-glass/{broken_id}")
def review(request: Request, person: Signed, broken_id: UUID, form: Form) -> Response:
    """Put on record what a manager says of it, once; nobody reviews their own."""
    store, verdict = store_of(request), text_of(form, "verdict")
    one = _found(store, person, broken_id)
    if one.reader == person.name:
        return _one(request, person, broken_id, "Somebody else has to review what you did yourself")
    if verdict not in VERDICTS:
        return _one(request, person, broken_id, "Choose what you say of it")
    try:
        with store.writing(person) as connection:
            glass.review_on(connection, person.la, broken_id, person.name, verdict)
    except psycopg.errors.UniqueViolation:
        return _one(request, person, broken_id, "Somebody has reviewed it in the meantime")
    return RedirectResponse("/break-glass", 303)


def _one(request: Request, person: Person, broken_id: UUID, wrong: str) -> Response:
    store = store_of(request)
    one = _found(store, person, broken_id)
    purpose = "audit" if person.role is Role.AUDITOR else "review"
    store.note(person, one.child, "break-glass review", purpose)
    shown = {
        "one": _line(one),
        "words": _words_of(store, person, one),
        "verdicts": VERDICTS,
        "is_own": one.reader == person.name,
        "wrong": wrong,
    }
    return pages_of(request).show(request, "glass-review.html", shown, status=422 if wrong else 200)


def _words_of(store: Store, person: Person, one: Broken) -> str | None:
    """Return what the reader wrote; None where it cannot be opened, or is not to be."""
    if one.leaf is None:
        return None
    seal, leaf = store.seal(person), one.leaf.hex()
    seal.ready([leaf])
    return seal.open_note(person.la, leaf, str(one.id), BREAK_GLASS, one.reason)


def _found(store: Store, person: Person, broken_id: UUID) -> Broken:
    with store.reading(person) as reading:
        found = glass.broken(reading, size=1, id=broken_id)
    if not found:
        raise NothingThere
    return found[0]


def _leaf(store: Store, person: Person, child: str) -> str:
    """Return the leaf under whose key the reason is sealed; raises NothingThere."""
    with store.reading(person) as reading:
        leaves = reading.leaves(child)
    if not leaves:
        raise NothingThere
    return leaves[0]


def _form(request: Request, child: str, code: str, words: str, wrong: str) -> Response:
    shown = {
        "child": child,
        "short": child[:SHORT],
        "codes": CODES,
        "code": code,
        "words": words,
        "wrong": wrong,
        "minutes": OPEN_MINUTES,
    }
    return pages_of(request).show(request, "break-glass.html", shown, status=422 if wrong else 200)


def _line(one: Broken) -> dict[str, object]:
    return {
        "id": one.id,
        "at": one.at,
        "reader": one.reader,
        "role": one.role,
        "child": one.child,
        "short": one.child[:SHORT],
        "why": CODES.get(one.code, one.code),
        "reviewer": one.reviewer,
        "verdict": VERDICTS.get(one.verdict, one.verdict),
    }
