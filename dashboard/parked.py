"""Children whose records wait because one could not be taken in, and the order to take them again.

Each order is an event on the decisions topic. So many children as one request orders, and no more,
are ordered at a time: between two such steps whoever gave the order decides to go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import uuid4

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from starlette.responses import RedirectResponse, Response

from consumers.store.parks import Park, parks
from consumers.store.reading import Reading
from dashboard.access import may
from dashboard.alerts import SHORT, fact_text
from dashboard.child import note_look
from dashboard.missing import NothingThere
from dashboard.people import Person
from dashboard.recording import Decision, NotRecorded, Recorder
from dashboard.session import Form, Signed, text_of
from dashboard.store import Store
from dashboard.times import moment_text
from dashboard.wiring import Parts, pages_of, parts_of, store_of
from journey.cluster import REDRIVE
from journey.shield import WITHHELD
from journey.words import counted, sentence

STEP, MOST = 10, 100
"""Children that are ordered in one step, and in all before the list is to be looked at again."""

REASONS = {
    "release": "A release that mends the cause runs now",
    "calendar corrected": "A calendar or a rule set was corrected",
    "outage over": "What failed was an outage, which is over",
    "to see whether it still fails": "To see whether it still fails",
}
"""Why now: a closed list of our own, since words could name a person."""

router = APIRouter()

Token = Annotated[str, InPath(pattern=r"^[0-9a-f]{2,128}$")]
Count = Annotated[int, Query(ge=0, le=MOST)]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A child whose records wait; what, why: of the record that could not be taken."""

    park: str
    child: str
    short: str
    records: str
    since: str
    what: str
    why: str


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order to take records again: behind one, or of so many children at most.

    park: the one record, empty for all. done, after: as the step before said (``Ordered``).
    """

    reason: str
    park: str = ""
    most: int = 0
    done: int = 0
    after: int = 0


class Ordered(msgspec.Struct, frozen=True, kw_only=True):
    """How far an order for all has come: so many children of so many, the last with this number."""

    done: int
    most: int
    after: int
    reason: str

    def address(self) -> str:
        """Return the address of the page that says so."""
        return "/parked?" + urlencode(msgspec.to_builtins(self))


@router.get("/parked")
def show_parked(
    request: Request,
    person: Signed,
    done: Count = 0,
    most: Count = 0,
    after: int = 0,
    reason: str = "",
) -> Response:
    """Show the children whose records wait, the longest first, and how far an order has come."""
    ordered = Ordered(done=done, most=most, after=after, reason=reason) if done else None
    return _list(request, person, ordered=ordered, faults={})


@router.get("/parked/{park}")
def show_one(request: Request, person: Signed, park: Token) -> Response:
    """Show which records of a child wait; that this is looked at is on record before."""
    shown = {**waiting_shown(store_of(request), person, park), **_forms(request, person, {})}
    return pages_of(request).show(request, "parked-child.html", shown)


def waiting_shown(store_: Store, person: Person, park: str) -> dict[str, Any]:
    """Return which records of a child wait, once the look is on record; raises NothingThere."""
    with store_.reading(person) as store:
        one = _named(parks(store), park)
    if one.child is None:
        raise NothingThere
    note_look(store_, person, one.child, "parked")
    with store_.reading(person) as store:
        line, known = _line(store, one), store.known()
        withheld = store.is_shielded(one.child)
    return {
        "line": line,
        "withheld": sentence(WITHHELD) if withheld else "",
        "waiting": () if withheld else one.waiting,
        "as_of": moment_text(known.kappa),
    }


@router.post("/parked")
def redrive(request: Request, person: Signed, form: Form) -> Response:
    """Order that records be taken again: of one child, or of the next few of all that wait."""
    given = {name: text_of(form, name) for name in ("most", "done", "after")}
    numbers = {name: int(said) if said.isdecimal() else 0 for name, said in given.items()}
    said = Order(reason=text_of(form, "reason"), park=text_of(form, "park"), **numbers)
    came = taken_again(parts_of(request), person, said)
    if isinstance(came, Ordered):
        return RedirectResponse(came.address(), 303)
    return _list(request, person, ordered=None, faults=came)


def taken_again(parts: Parts, person: Person, said: Order) -> Ordered | Mapping[str, str]:
    """Return how far an order that is on record has come, or by field what is wrong with it.

    Raises NothingThere where it names a record behind which none wait.
    """
    if said.reason not in REASONS:
        return {"reason": "Choose why now"}
    if not said.park and not said.done < said.most <= MOST:
        return {"most": f"Enter for how many children at most, from 1 to {MOST}"}
    with parts.store.reading(person) as store:
        found = parks(store)
    if said.park:
        chosen, most = [_named(found, said.park)], 1
    else:
        left = [one for one in found if one.waiting[0].number > said.after]
        most = said.most
        chosen = left[: min(STEP, most - said.done)]
    count, fault = _order(parts.recorder, person, chosen, said.reason)
    if fault:
        ordered = counted(count, "child", "children")
        return {"recorded": f"Ordered for {ordered}, then no more. {fault}"}
    return Ordered(
        done=said.done + count,
        most=most if count == STEP else said.done + count,
        after=chosen[-1].waiting[0].number if chosen else said.after,
        reason=said.reason,
    )


def _order(recorder: Recorder, person: Person, chosen: list[Park], reason: str) -> tuple[int, str]:
    """Record an order for each; return for how many it was recorded, and why not for more."""
    for count, one in enumerate(chosen):
        decided = Decision(
            la=person.la,
            by=person.name,
            type=REDRIVE,
            record_id=f"redrive/{one.record}/{uuid4()}",
            said={"park": one.record, "reason": reason},
        )
        try:
            recorder.decide(decided)
        except NotRecorded as fault:
            return count, str(fault)
    return len(chosen), ""


def _list(
    request: Request, person: Person, *, ordered: Ordered | None, faults: Mapping[str, str]
) -> Response:
    said, found = parked_shown(store_of(request), person)
    left = ordered.most - ordered.done if ordered else 0
    shown = {
        **said,
        "ordered": ordered,
        "goes_on": left > 0 and any(one.waiting[0].number > ordered.after for one in found)
        if ordered
        else False,
        **_forms(request, person, faults),
    }
    return pages_of(request).show(request, "parked.html", shown, status=422 if faults else 200)


def parked_shown(store_: Store, person: Person) -> tuple[dict[str, Any], list[Park]]:
    """Return whose records wait, in words and as they are, the longest first."""
    with store_.reading(person) as store:
        known, found = store.known(), parks(store)
        lines = [_line(store, one) for one in found]
    shown = {
        "lines": lines,
        "records": counted(sum(len(one.waiting) for one in found), "record"),
        "children": counted(len(found), "child", "children"),
        "as_of": moment_text(known.kappa) if known.kappa else "",
    }
    return shown, found


def _forms(request: Request, person: Person, faults: Mapping[str, str]) -> dict[str, object]:
    return {
        "why_not": parts_of(request).recorder.why_not(person.la)
        if may(person.role, "POST /parked")
        else "Safeguarding leads and managers order this.",
        "reasons": REASONS,
        "faults": faults,
        "step": STEP,
        "longest": MOST,
    }


def _named(found: list[Park], park: str) -> Park:
    one = next((one for one in found if one.record == park), None)
    if one is None:
        raise NothingThere
    return one


def _line(store: Reading, one: Park) -> Line:
    withheld = one.child is not None and store.is_shielded(one.child)
    return Line(
        park=one.record,
        child=one.child or "",
        short=(one.child or "")[:SHORT],
        records=counted(len(one.waiting), "record"),
        since=moment_text(one.since),
        what="Withheld: the child is shielded" if withheld else fact_text(one.type),
        why=one.reason,
    )
