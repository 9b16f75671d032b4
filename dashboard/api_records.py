"""The JSON API of records: which are one child, which wait, and the orders that people give."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from dashboard.answers_of_queues import Decided, Doubt, OrderedSoFar, Records, WaitingShown
from dashboard.api import OfSession, answered, not_in_order, of
from dashboard.child import Key
from dashboard.deciding import NOT_SAME, Faults, decided, doubt_shown, records_shown, unlinked
from dashboard.identity import Name
from dashboard.parked import MOST, Order, Ordered, Token, taken_again, waiting_shown
from dashboard.session import Signed
from dashboard.wiring import parts_of, store_of

router = APIRouter()

Code = Annotated[str, Field(max_length=64)]
Count = Annotated[int, Field(ge=0, le=MOST)]


class DoubtDecision(BaseModel):
    """Whether children are one; same_as: which the first one is, or NOT_SAME."""

    same_as: str = Field(max_length=36, description=f"One of others, or {NOT_SAME}.")
    reason: Code


class Unlinking(BaseModel):
    """Which of a child's records are somebody else's, for good."""

    records: list[Annotated[str, Field(max_length=128)]] = Field(
        max_length=400, description="The tokens of the records."
    )
    reason: Code


class Redrive(BaseModel):
    """An order to take records again; without a park, for all in steps (done, after)."""

    reason: Annotated[str, Field(max_length=64, description="Why now, as on the page.")]
    park: str = Field("", max_length=128, description="Of one child; empty for all.")
    most: Count = 0
    done: Count = 0
    after: int = Field(0, ge=0, description="As the step before answered.")


@router.get("/api/identity/{name}")
def show_doubt(request: Request, person: Signed, name: Name) -> Response:
    """Return records of children who may be one; each look is on record before."""
    return answered(of(Doubt, doubt_shown(store_of(request), person, name)))


@router.post("/api/identity/{name}", status_code=202, dependencies=[OfSession])
def decide_doubt(request: Request, person: Signed, name: Name, said: DoubtDecision) -> Response:
    """Record that children are one, or are not; 422 where it is not in order."""
    return _decided(decided(parts_of(request), person, name, said.same_as, said.reason))


@router.get("/api/children/{child}/identity")
def show_records(request: Request, person: Signed, child: Key) -> Response:
    """Return the records that are taken as one child; the look is on record first."""
    return answered(of(Records, records_shown(store_of(request), person, child)))


@router.post("/api/children/{child}/identity", status_code=202, dependencies=[OfSession])
def unlink(request: Request, person: Signed, child: Key, said: Unlinking) -> Response:
    """Record that some of the child's records are somebody else's; 422 where not in order."""
    return _decided(unlinked(parts_of(request), person, child, said.records, said.reason))


@router.get("/api/parked/{park}")
def show_waiting(request: Request, person: Signed, park: Token) -> Response:
    """Return which records of a child wait; the look is on record first."""
    return answered(of(WaitingShown, waiting_shown(store_of(request), person, park)))


@router.post("/api/parked", status_code=202, dependencies=[OfSession])
def redrive(request: Request, person: Signed, said: Redrive) -> Response:
    """Order that records be taken again: of one child, or of the next few; 422 if not in order."""
    came = taken_again(parts_of(request), person, Order(**said.model_dump()))
    if not isinstance(came, Ordered):
        return not_in_order(came)
    so_far = OrderedSoFar(done=came.done, most=came.most, after=came.after, reason=came.reason)
    return answered(so_far, status=202)


def _decided(came: int | Faults) -> Response:
    if not isinstance(came, int):
        return not_in_order(came)
    return answered(Decided(recorded=came), status=202)
