"""Who looked: every look at a child's record, for auditors."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from consumers.store import exports, looks
from dashboard.session import Signed
from dashboard.wiring import pages_of, store_of

PAGE_SIZE = 50
MOST_EXPORTS = 20

router = APIRouter()

Child = Annotated[str, Query(pattern=r"^[0-9a-f-]{0,36}$")]
Reader = Annotated[str, Query(max_length=80)]


@router.get("/reads")
def show_looks(
    request: Request, person: Signed, child: Child = "", reader: Reader = "", before: int = 0
) -> Response:
    """Show a page of the looks, the latest first: all, of one child, or of one person."""
    with store_of(request).reading(person) as store:
        found = looks.looks(
            store, size=PAGE_SIZE + 1, before=before or None, child=child, reader=reader
        )
        taken = exports.latest(store, MOST_EXPORTS)
    shown = found[:PAGE_SIZE]
    return pages_of(request).show(
        request,
        "looks.html",
        {
            "looks": shown,
            "exports": taken,
            "child": child,
            "reader": reader,
            "before": before,
            "next": shown[-1].id if len(found) > PAGE_SIZE else 0,
        },
    )
