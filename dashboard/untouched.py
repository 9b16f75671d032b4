"""Which open alerts nobody attends to, and that all others were seen, and by whom."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from consumers.store.untouched import reconciled, untouched
from dashboard.alerts import line_of
from dashboard.session import Signed
from dashboard.times import counted, moment_text
from dashboard.wiring import pages_of, store_of
from journey.moments import day_of

MOST = 200

router = APIRouter()


@router.get("/untouched")
def show_untouched(request: Request, person: Signed) -> Response:
    """Show how the authority's open alerts are attended to."""
    with store_of(request).reading(person) as store:
        known, counts, found = store.known(), reconciled(store), untouched(store, MOST)
    today = day_of(known.kappa)
    return pages_of(request).show(
        request,
        "untouched.html",
        {
            "counts": counts,
            "open": counted(counts.open, "open alert"),
            "lines": [(line_of(one.alert, today, one.stands), one) for one in found],
            "most": MOST,
            "attended": known.authority.attended,
            "as_of": moment_text(known.kappa) if known.kappa else "",
        },
    )
