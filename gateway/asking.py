"""``GET /events/{id}``: what became of an event, for the system that sent it."""

from __future__ import annotations

import logging
from uuid import UUID

import psycopg
from fastapi import APIRouter
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway import description
from gateway.clients import Client
from gateway.entrance import bearer_of
from gateway.problems import Fault
from gateway.receipts import Receipt
from gateway.wiring import Parts, parts_of

router = APIRouter()
log = logging.getLogger(__name__)
_NEVER_KEPT = {"Cache-Control": "no-store"}
_NOTHING = (
    "Nothing is known of this event: it is on its way, or this system never sent it, or it was not "
    "signed as this system's, or it came more than 90 days ago."
)


@router.get(
    "/events/{event_id}",
    summary="Ask what became of an event",
    responses=description.ASKED,
)
def get(request: Request, event_id: UUID) -> JSONResponse:
    """Say what became of an event of this system; of another system's nothing is known here."""
    client, parts = bearer_of(request), parts_of(request)
    wait = parts.rates.wait(client.name)
    if wait:
        raise Fault(429, f"Ask again in {wait} s.", headers={"Retry-After": str(wait)})
    found = _found(parts, client, str(event_id))
    if found is None:
        raise Fault(404, _NOTHING)
    return JSONResponse(found.as_json(), headers=_NEVER_KEPT)


def _found(parts: Parts, client: Client, event_id: str) -> Receipt | None:
    if parts.receipts is None:
        raise Fault(503, "This gateway has no access to receipts: ask its operator for it.")
    try:
        found = parts.receipts.find(client.name, event_id)
    except (psycopg.Error, PoolTimeout) as fault:
        log.error("Receipts cannot be read: %s", type(fault).__name__)
        raise Fault(503, "The store does not answer: ask again in a minute.") from None
    if found is None and parts.remembered.has(client.organisation, client.system, event_id):
        return Receipt(event_id=event_id, outcome="accepted")
    return found
