"""How fresh the sources are, for those who keep them going: nothing of a child is on this page."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboard.freshness import freshness_of
from dashboard.people import Person
from dashboard.session import Signed
from dashboard.store import Store
from dashboard.times import moment_text
from dashboard.wiring import pages_of, store_of

router = APIRouter()


@router.get("/sources")
def show_sources(request: Request, person: Signed) -> Response:
    """Show every source of the authority, the silent ones first."""
    shown = sources_shown(store_of(request), person)
    return pages_of(request).show(request, "sources.html", shown)


def sources_shown(store_: Store, person: Person) -> dict[str, Any]:
    """Return how fresh each source is, the silent ones first."""
    with store_.reading(person) as store:
        known = store.known()
    return {
        "sources": freshness_of(known.authority.sources.values(), known.kappa),
        "as_of": moment_text(known.kappa) if known.kappa else "",
    }
