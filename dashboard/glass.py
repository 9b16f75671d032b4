"""Looking without a known need: with a reason, on record before, and looked at afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

import msgspec
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


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A look without a known need: when (ms since 1970 UTC), by whom, why, and what came of it.

    reviewer, verdict: empty where nobody has reviewed it.
    """

    id: UUID
    at: int
    reader: str
    role: str
    child: str
    short: str
    why: str
    reviewer: str
    verdict: str


@router.get("/children/{child}/break-glass")
def show_form(request: Request, person: Signed, child: Key) -> Response:
    """Show the form on which somebody says why they have to see a child's record."""
    _leaf(store_of(request), person, child)
    return _form(request, child, "", "", {})


@router.post("/children/{child}/break-glass")
def break_it(request: Request, person: Signed, child: Key, form: Form) -> Response:
    """Put the reason on record, then lead to the child's page."""
    code, words = text_of(form, "code"), text_of(form, "words")
    came = broken_by(store_of(request), person, child, code, words)
    if isinstance(came, UUID):
        return RedirectResponse(f"/children/{child}", 303)
    return _form(request, child, code, words, came)


def broken_by(
    store: Store, person: Person, child: str, code: str, words: str
) -> UUID | Mapping[str, str]:
    """Return the id under which the reason is on record, or by field what is wrong with it.

    Raises NothingThere where the person's authority knows no such child.
    """
    leaf = _leaf(store, person, child)
    wrong = {}
    if code not in CODES:
        wrong["code"] = "Choose why you have to see this record"
    if not SHORTEST <= len(words) <= LONGEST:
        wrong["words"] = f"Say why in your own words, in {SHORTEST} to {LONGEST} characters"
    if wrong:
        return wrong
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
    return id_


@router.get("/break-glass")
def show_all(request: Request, person: Signed) -> Response:
    """Show who looked without a known need, those first whose look nobody has reviewed."""
    shown = {"broken": broken_lines(store_of(request), person), "size": PAGE_SIZE}
    return pages_of(request).show(request, "glass.html", shown)


def broken_lines(store: Store, person: Person) -> list[Line]:
    """Return who looked without a known need, those first whose look nobody has reviewed."""
    with store.reading(person) as reading:
        return [_line(one) for one in glass.broken(reading, size=PAGE_SIZE)]


@router.get("/break-glass/{broken_id}")
def show_one(request: Request, person: Signed, broken_id: UUID) -> Response:
    """Show one with what its reader wrote; that this is read is on record before."""
    return _one(request, person, broken_id, "")


@router.post("/break-glass/{broken_id}")
def review(request: Request, person: Signed, broken_id: UUID, form: Form) -> Response:
    """Put on record what a manager says of it, once; nobody reviews their own."""
    wrong = reviewed(store_of(request), person, broken_id, text_of(form, "verdict"))
    return (
        _one(request, person, broken_id, wrong) if wrong else RedirectResponse("/break-glass", 303)
    )


def reviewed(store: Store, person: Person, broken_id: UUID, verdict: str) -> str:
    """Put a manager's verdict on record; return what is wrong with it, empty where it was put.

    Raises NothingThere where the person's authority has no such look.
    """
    if _found(store, person, broken_id).reader == person.name:
        return "Somebody else has to review what you did yourself"
    if verdict not in VERDICTS:
        return "Choose what you say of it"
    try:
        with store.writing(person) as connection:
            glass.review_on(connection, person.la, broken_id, person.name, verdict)
    except psycopg.errors.UniqueViolation:
        return "Somebody has reviewed it in the meantime"
    return ""


def _one(request: Request, person: Person, broken_id: UUID, wrong: str) -> Response:
    line, words = broken_shown(store_of(request), person, broken_id)
    shown = {
        "one": line,
        "words": words,
        "verdicts": VERDICTS,
        "is_own": line.reader == person.name,
        "wrong": wrong,
    }
    return pages_of(request).show(request, "glass-review.html", shown, status=422 if wrong else 200)


def broken_shown(store: Store, person: Person, broken_id: UUID) -> tuple[Line, str | None]:
    """Return one look and what its reader wrote, once it is on record that this is read.

    None where what was written cannot be opened, or is not to be. Raises NothingThere.
    """
    one = _found(store, person, broken_id)
    purpose = "audit" if person.role is Role.AUDITOR else "review"
    store.note(person, one.child, "break-glass review", purpose)
    return _line(one), _words_of(store, person, one)


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


def _form(
    request: Request, child: str, code: str, words: str, wrong: Mapping[str, str]
) -> Response:
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


def _line(one: Broken) -> Line:
    return Line(
        id=one.id,
        at=one.at,
        reader=one.reader,
        role=one.role,
        child=one.child,
        short=one.child[:SHORT],
        why=CODES.get(one.code, one.code),
        reviewer=one.reviewer,
        verdict=VERDICTS.get(one.verdict, one.verdict),
    )
