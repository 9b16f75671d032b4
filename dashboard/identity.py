"""Which records are one child: what is in doubt, and a person's word, which is an event first."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from starlette.responses import RedirectResponse, Response

from consumers.store.candidates import Candidate, candidates
from consumers.store.identities import WHY, Doubt, Leaf, doubts, leaves_of, letters_of, marks_of
from consumers.store.reading import Reading
from consumers.store.reviews import REASONS as REVIEWS
from consumers.store.reviews import Standing, reviews
from consumers.store.sealed import FactSeal
from dashboard.alerts import SHORT, agency_text
from dashboard.child import Key, note_look
from dashboard.missing import NothingThere
from dashboard.people import Person
from dashboard.recording import Decision, NotRecorded, Recorder
from dashboard.session import Form, Signed, text_of
from dashboard.store import Store
from dashboard.times import moment_text
from dashboard.wiring import pages_of, parts_of, store_of
from journey.identity import LINK_DECIDED
from journey.moments import day_of
from journey.shield import WITHHELD
from journey.words import day_text, sentence

PURPOSE = "identity-review"
"""For what somebody looks at children who may be one: that they are in doubt is the need."""
SAME, NOT_SAME = "SAME", "NOT_SAME"
MOST_PAIRS = 400
"""Decisions that one answer may come to; our own default. More are for the command line."""
REASONS = {
    "SOURCES_CONFIRMED": "The sources confirmed it",
    "FAMILY_CONFIRMED": "The family confirmed it",
    "DOCUMENTS_SEEN": "Documents were seen",
    "IDENTIFIER_WRONG": "An identifier is wrong",
    "IDENTIFIER_SHARED": "An identifier is used for two children",
    "ADOPTION": "Adoption",
    "OTHER": "Another reason",
}
"""On what a decision rests: a closed list, since words would tell of a child."""

router = APIRouter()

Name = Annotated[str, InPath(pattern=r"^[0-9a-f]{8}$")]
Said = Annotated[int, Query(ge=0, le=MOST_PAIRS)]
InDoubt = Doubt | Candidate
Pairs = list[tuple[str, str]]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Something in doubt, in words."""

    name: str
    children: tuple[str, ...]
    since: str
    why: str


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One system's record of a child, beside others: which identifiers are equal, never which."""

    token: str
    child: str
    source: str
    agency: str
    since: str
    facts: int
    born: str
    marks: tuple[str, ...]
    event: str


@router.get("/identity")
def show_queue(request: Request, person: Signed, recorded: Said = 0) -> Response:
    """Show what a person has to look at; it names children, and shows nothing of their records."""
    shown = {**doubts_shown(store_of(request), person), "recorded": recorded}
    return pages_of(request).show(request, "identity.html", shown)


def doubts_shown(store: Store, person: Person) -> dict[str, Any]:
    """Return what a person has to look at, in words."""
    with store.reading(person) as reading:
        known, seal = reading.known(), store.seal(person)
        doubtful, forward, standing = (
            doubts(reading, seal),
            candidates(reading, seal),
            reviews(reading),
        )
    return {
        "doubts": [_line(one) for one in doubtful],
        "candidates": [_line(one) for one in forward],
        "reviews": [_review(one) for one in standing],
        "as_of": moment_text(known.kappa) if known.kappa else "",
    }


@router.get("/identity/{name}")
def show_doubt(request: Request, person: Signed, name: Name) -> Response:
    """Show the records of children who may be one; each look is on record before it is shown."""
    return _doubt_page(request, person, name, {})


@router.post("/identity/{name}")
def decide_doubt(request: Request, person: Signed, name: Name, form: Form) -> Response:
    """Record that children are one, or that they are not, and on what that rests."""
    store, said, reason = store_of(request), text_of(form, "same_as"), text_of(form, "reason")
    with store.reading(person) as reading:
        seal = store.seal(person)
        asked = _asked(reading, seal, name)
        of_child = {key: _leaves(reading, seal, key) for key in asked.children}
    child, *others = asked.children
    faults = {} if reason in REASONS else {"reason": "Choose on what it rests"}
    if said not in (NOT_SAME, *others):
        faults["same_as"] = "Choose whether they are one child"
    if faults:
        return _doubt_page(request, person, name, faults, {"same_as": said, "reason": reason})
    if said == NOT_SAME:
        pairs = _pairs(of_child[child], (leaf for key in others for leaf in of_child[key]))
    else:
        pairs = _pairs(of_child[child][:1], of_child[said][:1])
    verdict = NOT_SAME if said == NOT_SAME else SAME
    fault = _decide(parts_of(request).recorder, person, pairs, verdict, reason)
    if fault:
        return _doubt_page(request, person, name, {"recorded": fault})
    return RedirectResponse(f"/identity?recorded={len(pairs)}", 303)


@router.get("/children/{child}/identity")
def show_records(request: Request, person: Signed, child: Key) -> Response:
    """Show the records that are taken as one child, side by side."""
    return _child_page(request, person, child, {})


@router.post("/children/{child}/identity")
def unlink(request: Request, person: Signed, child: Key, form: Form) -> Response:
    """Record that some of the child's records are somebody else's, for good."""
    store, reason = store_of(request), text_of(form, "reason")
    note_look(store, person, child, "identity")
    with store.reading(person) as reading:
        found = _leaves(reading, store.seal(person), child)
        is_shielded = reading.is_shielded(child)
    if is_shielded:
        raise NothingThere
    named = {str(one) for one in form.getlist("leaf")}
    out = [one for one in found if one.token in named]
    rest = [one for one in found if one.token not in named]
    faults = {} if reason in REASONS else {"reason": "Choose on what it rests"}
    if not out:
        faults["leaf"] = "Choose the records that are somebody else’s"
    elif not rest:
        faults["leaf"] = "These are all the records of the child: choose those of somebody else"
    if faults:
        return _child_page(request, person, child, faults)
    pairs = _pairs(out, rest)
    fault = _decide(parts_of(request).recorder, person, pairs, NOT_SAME, reason)
    if fault:
        return _child_page(request, person, child, {"recorded": fault})
    return RedirectResponse(f"/identity?recorded={len(pairs)}", 303)


def _doubt_page(
    request: Request,
    person: Person,
    name: str,
    faults: dict[str, str],
    given: dict[str, str] | None = None,
) -> Response:
    store = store_of(request)
    with store.reading(person) as reading:
        asked = _asked(reading, store.seal(person), name)
    for key in asked.children:
        store.note(person, key, "identity", PURPOSE)
    with store.reading(person) as reading:
        seal, known = store.seal(person), reading.known()
        found = [leaf for key in asked.children for leaf in _leaves(reading, seal, key)]
    shown = {
        "one": _line(asked),
        "others": asked.children[1:],
        "records": _records(found),
        "because": asked.because if isinstance(asked, Candidate) else (),
        "weight": asked.weight if isinstance(asked, Candidate) else None,
        "model": asked.model if isinstance(asked, Candidate) else "",
        "not_same": NOT_SAME,
        "given": given or {},
        "as_of": moment_text(known.kappa),
        **_form(request, person, faults),
    }
    return pages_of(request).show(request, "identity-doubt.html", shown, status=_status(faults))


def _child_page(request: Request, person: Person, child: str, faults: dict[str, str]) -> Response:
    store = store_of(request)
    note_look(store, person, child, "identity")
    with store.reading(person) as reading:
        known, is_shielded = reading.known(), reading.is_shielded(child)
        found = [] if is_shielded else _leaves(reading, store.seal(person), child)
    shown = {
        "child": child,
        "short": child[:SHORT],
        "withheld": sentence(WITHHELD) if is_shielded else "",
        "records": _records(found),
        "as_of": moment_text(known.kappa),
        **_form(request, person, faults),
    }
    return pages_of(request).show(request, "child-identity.html", shown, status=_status(faults))


def _form(request: Request, person: Person, faults: dict[str, str]) -> dict[str, object]:
    why_not = parts_of(request).recorder.why_not(person.la)
    return {"why_not": why_not, "reasons": REASONS, "faults": faults}


def _status(faults: dict[str, str]) -> int:
    return 422 if faults else 200


def _asked(reading: Reading, seal: FactSeal, name: str) -> InDoubt:
    """Return what is in doubt under this name; raises NothingThere, as of a shielded child."""
    every: tuple[InDoubt, ...] = (*doubts(reading, seal), *candidates(reading, seal))
    found = next((one for one in every if one.name == name), None)
    if found is None or any(reading.is_shielded(key) for key in found.children):
        raise NothingThere
    return found


def _leaves(reading: Reading, seal: FactSeal, child: str) -> list[Leaf]:
    cluster = reading.cluster_of_child(child, seal)
    return leaves_of(cluster, [child]) if cluster else []


def _pairs(ones: Iterable[Leaf], others: Iterable[Leaf]) -> Pairs:
    return [(one.token, other.token) for one, other in product(ones, others)]


def _decide(recorder: Recorder, person: Person, pairs: Pairs, verdict: str, reason: str) -> str:
    """Record one decision for each pair of leaves; return why not for all, empty where it was."""
    if not 0 < len(pairs) <= MOST_PAIRS:
        return "Nothing was recorded: decide on so many records with joinedup identity."
    for count, pair in enumerate(pairs):
        first, second = sorted(pair)
        decided = Decision(
            la=person.la,
            by=person.name,
            type=LINK_DECIDED,
            record_id=f"identity/{first}/{second}",
            said={"first": first, "second": second, "verdict": verdict, "reason": reason},
        )
        try:
            recorder.decide(decided)
        except NotRecorded as fault:
            return f"{fault} Of {len(pairs)} decisions {count} were recorded before."
    return ""


def _line(one: InDoubt) -> Line:
    if isinstance(one, Doubt):
        why = WHY.get(one.reason, one.reason.replace("-", " "))
    else:
        why = f"name, birth and postcode speak for one child: weight {one.weight:+.1f}"
    return Line(
        name=one.name,
        children=tuple(key[:SHORT] for key in one.children),
        since=day_text(day_of(one.since)),
        why=why[:1].upper() + why[1:],
    )


def _records(found: list[Leaf]) -> list[Record]:
    letters = letters_of(found)
    return [
        Record(
            token=one.token,
            child=one.child,
            source=one.source,
            agency=agency_text(one.agency),
            since=day_text(day_of(one.first_known)),
            facts=one.facts,
            born=day_text(one.born) if one.born else "Not given",
            marks=tuple(marks_of(one, letters)),
            event=one.last_event,
        )
        for one in found
    ]


def _review(one: Standing) -> dict[str, str]:
    why = REVIEWS.get(one.reason, one.reason.replace("-", " "))
    return {
        "since": day_text(day_of(one.known_at)),
        "kind": one.kind.replace("-", " ").capitalize(),
        "why": why[:1].upper() + why[1:],
        "about": one.about,
        "child": one.child or "",
    }
