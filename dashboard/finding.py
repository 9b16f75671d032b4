"""Find a child by the beginning of its key, or by an identifier, which no address ever holds."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from consumers.store.finding import LINKING, bearers
from dashboard.access import may
from dashboard.alerts import SHORT
from dashboard.people import Person, Refused
from dashboard.roles import Role
from dashboard.searching import limited, searched
from dashboard.session import Form, Signed, text_of
from dashboard.store import Store
from dashboard.wiring import pages_of, store_of
from schemas.identifiers import check

KEY = "KEY"
NAMES = {
    KEY: "Child key, or its beginning",
    "NHS": "NHS number",
    "UPN": "Unique pupil number (UPN)",
    "ULN": "Unique learner number (ULN)",
    "LA_CHILD_ID": "The authority’s own child id",
    "SUI": "Single unique identifier",
}
SHORTEST = 6
"""Characters of a key: fewer would let somebody go through the children one by one."""

_OUTCOMES = ("NOT_FOUND", "FOUND", "SEVERAL")

router = APIRouter()


@router.get("/find")
def show_find(request: Request, person: Signed) -> Response:
    """Show the form."""
    return _form(request, KEY, "")


@router.post("/find")
def find(request: Request, person: Signed, form: Form) -> Response:
    """Lead to the child's page (an auditor: to what was shared of it), or say why there is none."""
    scheme, value = text_of(form, "scheme"), text_of(form, "value")
    store = store_of(request)
    tired = limited(store, person, scheme if scheme in NAMES else "")
    if tired is not None:
        return _form(request, scheme, tired.sentence, status=429)
    found = child_of(store, person, scheme, value)
    if isinstance(found, Refused):
        return _form(request, scheme, found.sentence)
    page = "" if may(person.role, "GET /children/{child}") else "/sharing"
    return RedirectResponse(f"/children/{found}{page}", 303)


def child_of(store: Store, person: Person, scheme: str, value: str) -> str | Refused:
    """Return the key of the one child of the person's authority that is meant, or why none is."""
    if scheme == KEY:
        found = _by_key(store, person, value.lower())
        unknown = "No child of your local authority has a key that begins so"
    elif scheme in LINKING:
        checked = check(scheme, value)
        if not checked.usable:
            return Refused("Enter the identifier as it was given: this one can name no child")
        found = _by_identifier(store, person, scheme, checked.value)
        unknown = "No child of your local authority is known by this identifier"
    else:
        return Refused("Choose what you know of the child")
    searched(store, person, scheme, _OUTCOMES[min(len(found), 2)])
    if len(found) > 1 and person.role is Role.SHIELD_OFFICER:
        # What a shield parted is told apart by its keys alone, which lead to no detail.
        keys = ", ".join(one[:SHORT] for one in found)
        return Refused(f"Several children are meant: search by one of the keys {keys}")
    if len(found) > 1:
        return Refused(
            "Several children are meant: give more of the key, or have identity reviewed"
        )
    return found[0] if found else Refused(unknown)


def _by_key(store: Store, person: Person, key: str) -> list[str]:
    if len(key) < SHORTEST:
        return []
    with store.reading(person) as reading:
        return reading.children(key)


def _by_identifier(store: Store, person: Person, scheme: str, value: str) -> list[str]:
    token = store.tokens().identifier(person.la, scheme, value)
    with store.reading(person) as reading:
        is_shield_officer = person.role is Role.SHIELD_OFFICER
        return bearers(reading, token, store.seal(person), shielded_too=is_shield_officer)


def _form(request: Request, scheme: str, wrong: str, status: int = 422) -> Response:
    names = {name: NAMES.get(name, name) for name in (KEY, *LINKING)}
    shown = {"names": names, "scheme": scheme, "wrong": wrong, "shortest": SHORTEST}
    return pages_of(request).show(request, "find.html", shown, status=status if wrong else 200)
