"""``POST /events``: every event on the broker, or none sent and what is wrong with each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Query
from opentelemetry.trace import SpanKind
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway import description, metrics, reading
from gateway.clients import Client
from gateway.entrance import bearer_of
from gateway.problems import Fault, field
from gateway.reading import Reading
from gateway.remembered import digest_of
from gateway.wiring import Parts, body_of, parts_of
from producers.event import Event
from producers.message import objections
from producers.results import Accepted, Result
from schemas.headers import TRACEPARENT
from schemas.traces import parent_of, tracer

router = APIRouter()
log = logging.getLogger(__name__)
_AGAIN_SECONDS = 5
_AUTHORITY = Query(
    None,
    pattern=r"^\d{3}$",
    description="Local authority that is answerable, for FHIR messages and events that name none.",
)


@router.post(
    "/events",
    status_code=202,
    summary="Publish one event or several",
    responses=description.RESPONSES,
    openapi_extra=description.POST_EVENTS,
)
async def post(request: Request, la: str | None = _AUTHORITY) -> JSONResponse:
    """Publish events in their own shape, CloudEvents (any mode) or a FHIR message.

    All of them or none: where one is not in order, nothing is sent. Sending a request again is
    always safe, and after a 503 it is what to do.
    """
    made_by = tracer()
    if made_by is None:
        return await _answered(request, la)
    parent = parent_of(request.headers.get(TRACEPARENT, ""))
    with made_by.start_as_current_span("POST /events", parent, SpanKind.SERVER):
        return await _answered(request, la)


async def _answered(request: Request, la: str | None) -> JSONResponse:
    client, parts = await asyncio.to_thread(bearer_of, request), parts_of(request)
    body = await body_of(request, parts.settings.max_body_bytes)
    now = parts.now()
    asked = reading.Request(
        client=client,
        headers=request.headers,
        body=body,
        now=now,
        la=la,
        max_events=parts.settings.max_events,
    )
    # A large message takes a while to read, and others ask meanwhile.
    found = await asyncio.to_thread(reading.read, asked)
    _hold_to_rate(parts, client, max(1, len(found.events)))
    _check(parts, client, found.events)
    repeated = _repeated(parts, found.events, now)
    return await _sent(parts, found, repeated, now)


def _hold_to_rate(parts: Parts, client: Client, events: int) -> None:
    wait = parts.rates.wait(client.name, events)
    if wait:
        raise Fault(
            429,
            f"This system may send {parts.settings.rate_per_second:g} events a second: send the"
            f" request again in {wait} s.",
            headers={"Retry-After": str(wait)},
        )


def _check(parts: Parts, client: Client, events: Sequence[Event]) -> None:
    """Raise Fault where an event breaks the contract, or is not this client's to say."""
    wrong: list[dict[str, Any]] = []
    for number, event in enumerate(events):
        la = event.record["local_authority"]
        found = objections(event, parts.clients)
        if la and la not in client.local_authorities and [p.field for p in found] == [_LA]:
            raise Fault(403, f"{client.name} may speak for {', '.join(client.local_authorities)}.")
        wrong += [field(number, one.field, one.expected) for one in found]
    if wrong:
        raise Fault(422, "Correct the fields that are named, then send the request again.", wrong)


_LA = "local_authority"


def _repeated(parts: Parts, events: Sequence[Event], now: datetime) -> list[bool]:
    """Return for each event whether the broker has it; raises Fault where its id said others."""
    found = [parts.remembered.look_up(event, digest_of(event, now)) for event in events]
    wrong = [
        field(number, "event_id", "an id of its own: another event was accepted under it")
        for number, known in enumerate(found)
        if known is False
    ]
    if wrong:
        raise Fault(
            409,
            "To correct a record, send a higher revision, and no event_id or a new one.",
            wrong,
        )
    return [known is True for known in found]


async def _sent(
    parts: Parts, found: Reading, repeated: Sequence[bool], now: datetime
) -> JSONResponse:
    new = [event for event, known in zip(found.events, repeated, strict=True) if not known]
    metrics.RECEIVED.inc(len(found.events))
    metrics.REPEATED.inc(len(found.events) - len(new))
    metrics.WRITING.inc(len(new))
    try:
        results = await asyncio.wrap_future(parts.writer.write(new)) if new else []
    finally:
        metrics.WRITING.dec(len(new))
    failed = _taken(parts, new, results, now)
    metrics.UNDELIVERED.inc(failed)
    if failed:
        raise Fault(
            503,
            f"{failed} of {len(found.events)} events were not confirmed by the broker. Send the"
            " whole request again; what had arrived is recognised.",
            headers={"Retry-After": str(_AGAIN_SECONDS)},
        )
    metrics.ACCEPTED.inc(len(new))
    events = [
        {"event_id": event.event_id, "type": event.type, "repeated": known}
        for event, known in zip(found.events, repeated, strict=True)
    ]
    body = {"events": events, "refused": found.refused, "not_used": found.not_used}
    return JSONResponse(body, 202)


def _taken(parts: Parts, new: Sequence[Event], results: Sequence[Result], now: datetime) -> int:
    """Remember what was accepted, log why what was not, and return how many were not."""
    reasons = set()
    failed = 0
    for event, result in zip(new, results, strict=True):
        if isinstance(result, Accepted):
            parts.remembered.keep(event, digest_of(event, now))
        else:
            failed += 1
            reasons.add(str(result))
    for reason in sorted(reasons):
        log.error("Events were not accepted: %s", reason)
    return failed
