"""Who looked: every look at a child's record, for auditors."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from consumers.store import exports, looks
from dashboard.people import Person
from dashboard.session import Signed
from dashboard.store import Store
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
    shown = looks_shown(store_of(request), person, child, reader, before)
    return pages_of(request).show(request, "looks.html", shown)


def looks_shown(
    store_: Store, person: Person, child: str, reader: str, before: int
) -> dict[str, Any]:
    """Return a page of the looks; before: the id after which it begins, 0 for the latest."""
    with store_.reading(person) as store:
        found = looks.looks(
            store, size=PAGE_SIZE + 1, before=before or None, child=child, reader=reader
        )
        taken = exports.latest(store, MOST_EXPORTS)
    shown = found[:PAGE_SIZE]
    return {
        "looks": shown,
        "exports": taken,
        "child": child,
        "reader": reader,
        "before": before,
        "next": shown[-1].id if len(found) > PAGE_SIZE else 0,
    }
