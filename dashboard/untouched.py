"""Which open alerts nobody attends to, and that all others were seen, and by whom."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from consumers.store.untouched import Untouched, reconciled, untouched
from dashboard.alerts import AlertLine, line_of
from dashboard.people import Person
from dashboard.session import Signed
from dashboard.store import Store
from dashboard.times import moment_text
from dashboard.wiring import pages_of, store_of
from journey.moments import day_of
from journey.words import counted

MOST = 200

router = APIRouter()


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An open alert that nobody has seen, or that nobody has; assignee: empty for nobody."""

    alert: AlertLine
    seen_by: tuple[str, ...]
    assignee: str


@router.get("/untouched")
def show_untouched(request: Request, person: Signed) -> Response:
    """Show how the authority's open alerts are attended to."""
    shown = untouched_shown(store_of(request), person)
    return pages_of(request).show(request, "untouched.html", shown)


def untouched_shown(store_: Store, person: Person) -> dict[str, Any]:
    """Return how many open alerts somebody has seen or has, and the most urgent of the others."""
    with store_.reading(person) as store:
        known, counts, found = store.known(), reconciled(store), untouched(store, MOST)
    today = day_of(known.kappa)
    return {
        "counts": counts,
        "open": counted(counts.open, "open alert"),
        "lines": [_line(one, today) for one in found],
        "most": MOST,
        "attended": known.authority.attended,
        "as_of": moment_text(known.kappa) if known.kappa else "",
    }


def _line(one: Untouched, today: date) -> Line:
    stands = one.stands
    return Line(
        alert=line_of(one.alert, today, stands),
        seen_by=tuple(stands.seen_by) if stands and one.is_seen else (),
        assignee=stands.assignee if stands else "",
    )
