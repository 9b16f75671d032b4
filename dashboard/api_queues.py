"""The JSON API of what people and operators have to look at: the same lists as on the pages."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboard.answers_of_queues import DeadLetters, Deliveries, IdentityQueue, Parked, Sources
from dashboard.api import answered, of
from dashboard.dead_letters import place_of, refused_shown
from dashboard.deciding import doubts_shown
from dashboard.deliveries import deliveries_shown
from dashboard.parked import parked_shown
from dashboard.session import Signed
from dashboard.sources import sources_shown
from dashboard.wiring import store_of

router = APIRouter()


@router.get("/api/identity")
def list_doubts(request: Request, person: Signed) -> Response:
    """Return what a person has to look at: it names children, and nothing of their records."""
    return answered(of(IdentityQueue, doubts_shown(store_of(request), person)))


@router.get("/api/parked")
def list_parked(request: Request, person: Signed) -> Response:
    """Return the children whose records wait, the longest first."""
    shown, _parks = parked_shown(store_of(request), person)
    return answered(of(Parked, shown))


@router.get("/api/dead-letters")
def list_refused(
    request: Request,
    person: Signed,
    source: str = "",
    reason: str = "",
    before: int = 0,
    token: str = "",
    event: str = "",
) -> Response:
    """Return what stands refused, by source and reason and one by one, without a word of it.

    event: the id of one, of whose receipts ``receipt`` then tells.
    """
    place = place_of(before, token)
    shown = refused_shown(store_of(request), person, source, reason, place, event)
    last = shown["next"]
    asked = {"source": source, "reason": reason}
    following = last and _address(
        "/api/dead-letters", **asked, before=last.known_at, token=last.token
    )
    return answered(of(DeadLetters, {**shown, "next": following}))


@router.get("/api/deliveries")
def list_deliveries(
    request: Request, person: Signed, state: str = "all", after: UUID | None = None
) -> Response:
    """Return a page of deliveries, and the critical alerts of which nobody was told."""
    shown = deliveries_shown(store_of(request), person, state, after)
    last = shown["next"]
    following = _address("/api/deliveries", state=state, after=last) if last else None
    return answered(of(Deliveries, {**shown, "next": following}))


@router.get("/api/sources")
def list_sources(request: Request, person: Signed) -> Response:
    """Return every source of the authority, the silent ones first."""
    return answered(of(Sources, sources_shown(store_of(request), person)))


def _address(path: str, **asked: object) -> str:
    return f"{path}?{urlencode(asked)}"
