"""How fresh the sources are, for those who keep them going: nothing of a child is on this page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboard.freshness import freshness_of
from dashboard.session import Signed
from dashboard.times import moment_text
from dashboard.wiring import pages_of, store_of

router = APIRouter()


@router.get("/sources")
def show_sources(request: Request, person: Signed) -> Response:
    """Show every source of the authority, the silent ones first."""
    with store_of(request).reading(person) as store:
        known = store.known()
    sources = freshness_of(known.authority.sources.values(), known.kappa)
    as_of = moment_text(known.kappa) if known.kappa else ""
    return pages_of(request).show(request, "sources.html", {"sources": sources, "as_of": as_of})
