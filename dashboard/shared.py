"""The account of sharing: what was taken about a child, from whom, under which agreement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from consumers.store.sharing import Shared, Under, account
from dashboard.alerts import SHORT, agency_text, fact_text
from dashboard.child import STANDING, Key, note_look
from dashboard.people import Person
from dashboard.session import Signed
from dashboard.store import Store
from dashboard.times import moment_text
from dashboard.wiring import pages_of, store_of
from journey.shield import WITHHELD
from journey.words import day_text, sentence

router = APIRouter()


@router.get("/children/{child}/sharing")
def show_sharing(request: Request, person: Signed, child: Key) -> Response:
    """Show what was shared about a child, and every decision to share it or to withhold it."""
    shown = sharing_shown(store_of(request), person, child)
    return pages_of(request).show(request, "sharing.html", shown)


def sharing_shown(store: Store, person: Person, child: str) -> dict[str, Any]:
    """Return the account of sharing of a child, once the look is on record."""
    note_look(store, person, child, "sharing")
    with store.reading(person) as reading:
        known = reading.known()
        told = account(reading, store.seal(person), child, known.kappa)
        is_shielded = reading.is_shielded(child)
    return {
        "child": child,
        "short": child[:SHORT],
        "withheld": sentence(WITHHELD) if is_shielded else "",
        "taken": [_taken(one) for one in told.shared],
        "erased": told.erased,
        "decisions": [_decision(one) for one in told.decisions],
        "as_of": moment_text(known.kappa),
    }


def _taken(one: Shared) -> dict[str, str]:
    return {
        "at": moment_text(one.taken_at),
        "by": f"{one.organisation}/{one.system}",
        "category": agency_text(one.category),
        "what": fact_text(one.type),
        "on": day_text(one.occurred_on),
        "standing": STANDING.get(one.standing, one.standing),
        "under": _under(one.under) if one.under else "No agreement on record",
    }


def _under(under: Under) -> str:
    why = ", ".join(map(_words, under.purposes))
    return f"{under.agreement_id}, version {under.version}: {_words(under.lawful_basis)}; {why}"


def _decision(one: Mapping[str, Any]) -> dict[str, str]:
    told = "told" if one["family_told"] else "not told"
    return {
        "on": day_text(one["decided_on"]),
        "by": f"{one['decided_by']}, {one['decided_by_role']}",
        "to": str(one["recipient"]),
        "what": ", ".join(map(_words, one["categories"])),
        "decision": f"{_words(one['decision'])}: {_words(one['reason'])}",
        "family": f"{told}: {_words(one['family_reason'])}",
    }


def _words(code: object) -> str:
    return str(code).lower().replace("_", " ")
