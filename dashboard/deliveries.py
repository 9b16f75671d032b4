"""Who was told of alerts, by what, and what became of it: what failed first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from consumers.store import deliveries
from consumers.store.deliveries import CAUSES, FAILURES, STATES, TOLD, WAITING, DeliveryShown
from dashboard.access import may
from dashboard.people import Person
from dashboard.queue import NotInOrder
from dashboard.session import Signed
from dashboard.store import Store
from dashboard.times import moment_text
from dashboard.wiring import pages_of, store_of

PAGE_SIZE = 50
SHOWN = {
    "all": ("All", None),
    "failed": ("Given up, or failed and to be tried again", FAILURES),
    "waiting": ("Waiting", WAITING),
    "told": ("Told", TOLD),
}
COLOURS = {
    "GIVEN_UP": "govuk-tag--red",
    "FAILED": "govuk-tag--orange",
    "ACCEPTED": "govuk-tag--green",
    "DELIVERED": "govuk-tag--green",
    "CANCELLED": "govuk-tag--grey",
}

router = APIRouter()


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery in words; why: why it failed, and why this recipient."""

    delivery_id: str
    alert_id: str
    planned: str
    severity: str
    what: str
    to: str
    by: str
    state: str
    colour: str
    since: str
    why: str


@router.get("/deliveries")
def show_deliveries(
    request: Request, person: Signed, state: str = "all", after: UUID | None = None
) -> Response:
    """Show a page of the deliveries, and the critical alerts of which nobody was told."""
    shown = deliveries_shown(store_of(request), person, state, after)
    return pages_of(request).show(request, "deliveries.html", shown)


def deliveries_shown(
    store_: Store, person: Person, state: str, after: UUID | None
) -> dict[str, Any]:
    """Return a page of the deliveries; raises NotInOrder where no page of ours asks so."""
    if state not in SHOWN:
        raise NotInOrder
    with store_.reading(person) as store:
        found = deliveries.page(store, steps=SHOWN[state][1], size=PAGE_SIZE + 1, after=after)
        counts = deliveries.counts(store)
        # Whoever sees no alert cannot be told which of them nobody was told of.
        missing = deliveries.untold(store) if may(person.role, "GET /queue") else []
    lines = [_line(one) for one in found[:PAGE_SIZE]]
    return {
        "lines": lines,
        "counts": [(STATES[step], counts[step]) for step in STATES if step in counts],
        "untold": missing,
        "state": state,
        "states": {name: words for name, (words, _steps) in SHOWN.items()},
        "next": lines[-1].delivery_id if len(found) > PAGE_SIZE else "",
    }


def _line(one: DeliveryShown) -> Line:
    said = STATES[one.step]
    reason = (one.reason or "").lower().replace("_", " ")
    return Line(
        delivery_id=one.delivery_id,
        alert_id=one.alert_id,
        planned=moment_text(one.planned_at),
        severity=one.severity,
        what=one.kind.lower().replace("_", " "),
        to=one.recipient,
        by=one.channel.lower().replace("_", "-"),
        state=f"{said} ({one.attempt} attempts)" if one.attempt > 1 else said,
        colour=COLOURS.get(one.step, "govuk-tag--blue"),
        since=moment_text(one.at),
        why="; ".join(part for part in (reason, CAUSES[one.cause]) if part),
    )
