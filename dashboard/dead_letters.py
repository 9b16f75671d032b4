"""What was refused, from which source and why, and what the source has to do: no word it said.

The platform sends none of it again: it would need leave to write to every agency's topic, and what
is not in order would be refused again (ADR 0016). The source mends it and sends it; the receipt of
the event then says what became of it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from consumers.store import refused
from consumers.store.refused import Before, Refused, RefusedCount
from dashboard.people import Person
from dashboard.session import Signed
from dashboard.store import Store
from dashboard.times import moment_text
from dashboard.wiring import pages_of, store_of
from journey.volumes import NOBODY
from schemas.refusals import CORRECT, REASONS

PAGE_SIZE = 50

BECAME = {
    "timeline": "It is on the timeline of the child.",
    "taken": "It is about no child, and was taken.",
    "parked": "It waits, since it or an earlier record of the child could not be taken in.",
    "refused": "It was refused, and nothing of it came through since.",
    "erased": "What was known of the child has been erased, and this with it.",
}

router = APIRouter()


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Refused events of one source for one reason, in words."""

    source: str
    reason: str
    why: str
    do: str
    count: int
    last: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One refused event; receipt: the first characters of what stands for its id."""

    at: str
    source: str
    why: str
    receipt: str
    arrivals: int
    became: str


@router.get("/dead-letters")
def show_dead_letters(
    request: Request,
    person: Signed,
    source: str = "",
    reason: str = "",
    before: int = 0,
    token: str = "",
    event: str = "",
) -> Response:
    """Show what stands refused, by source and reason and one by one, and an event's receipt."""
    place = place_of(before, token)
    shown = refused_shown(store_of(request), person, source, reason, place, event)
    return pages_of(request).show(request, "dead-letters.html", shown)


def refused_shown(
    store_: Store, person: Person, source: str, reason: str, place: Before | None, event: str
) -> dict[str, Any]:
    """Return what stands refused; place: after which the page begins. event: whose receipt."""
    with store_.reading(person) as store:
        known = store.known()
        counts = refused.counts(store)
        found = refused.refused(
            store, size=PAGE_SIZE + 1, source=source, reason=reason, before=place
        )
    unclaimed = known.authority.volumes.get(NOBODY)
    return {
        "rows": [_row(one) for one in counts],
        "lines": [_line(one) for one in found[:PAGE_SIZE]],
        "next": found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None,
        "source": source,
        "reason": reason,
        "sources": sorted({one.source for one in counts}),
        "reasons": {one.reason: _words(one.reason)[0] for one in counts},
        "unclaimed": [(_words(name)[0], count) for name, count in unclaimed.reasons.items()]
        if unclaimed
        else [],
        "event": event,
        "receipt": _receipt(store_, person, event),
        "as_of": moment_text(known.kappa) if known.kappa else "",
    }


def _receipt(store_: Store, person: Person, event: str) -> list[Line] | str | None:
    """Return the receipts of an event, a sentence where there is none, None where none is asked."""
    if not event:
        return None
    try:
        name = str(UUID(event.strip()))
    except ValueError:
        return "Enter the id of an event, such as 71c51694-f7ec-5952-8e89-9147fc876dc0"
    with store_.reading(person) as store:
        found = refused.receipts_of(store, store_.tokens().receipt(name))
    return [_line(one) for one in found] or (
        "No event of this id came for this local authority in the last 90 days, or it was not"
        " signed by its source."
    )


def place_of(before: int, token: str) -> Before | None:
    """Return the place that an address names, None where it names none."""
    return Before(before, _hex(token)) if before else None


def _hex(token: str) -> str:
    try:
        return bytes.fromhex(token).hex()
    except ValueError:
        return ""


def _row(one: RefusedCount) -> Row:
    why, do = _words(one.reason)
    return Row(
        source=one.source,
        reason=one.reason,
        why=why,
        do=do,
        count=one.count,
        last=moment_text(one.last_at),
    )


def _line(one: Refused) -> Line:
    return Line(
        at=moment_text(one.known_at),
        source=one.source,
        why=_words(one.reason)[0] if one.reason else "",
        receipt=one.token[:8],
        arrivals=one.arrivals,
        became=BECAME.get(one.outcome, one.outcome),
    )


def _words(reason: str) -> tuple[str, str]:
    text = reason.replace("-", " ")
    return REASONS.get(reason, (text[:1].upper() + text[1:], CORRECT))
