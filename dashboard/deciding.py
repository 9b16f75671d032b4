"""Which records are one child: what a person decides of them, which is an event first."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import msgspec

from consumers.store.candidates import Candidate, candidates
from consumers.store.identities import WHY, Doubt, Leaf, doubts, leaves_of, letters_of, marks_of
from consumers.store.reading import Reading
from consumers.store.reviews import REASONS as REVIEWS
from consumers.store.reviews import Standing, reviews
from consumers.store.sealed import FactSeal
from dashboard.alerts import SHORT, agency_text
from dashboard.child import IDENTIFIERS, note_look
from dashboard.missing import NothingThere
from dashboard.people import Person
from dashboard.recording import Decision, NotRecorded, Recorder
from dashboard.store import Store
from dashboard.times import moment_text
from dashboard.wiring import Parts
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

InDoubt = Doubt | Candidate
Pairs = list[tuple[str, str]]
Faults = dict[str, str]
"""By field what is wrong with an answer; under ``recorded`` why it was not put on record."""


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


def doubt_shown(store: Store, person: Person, name: str) -> dict[str, Any]:
    """Return the records of children who may be one; each look is on record before.

    Raises NothingThere where the person's authority has no such doubt.
    """
    with store.reading(person) as reading:
        asked = _asked(reading, store.seal(person), name)
    for key in asked.children:
        store.note(person, key, "identity", PURPOSE)
    with store.reading(person) as reading:
        seal, known = store.seal(person), reading.known()
        found = [leaf for key in asked.children for leaf in _leaves(reading, seal, key)]
    return {
        "one": _line(asked),
        "others": asked.children[1:],
        "records": _records(found),
        "because": asked.because if isinstance(asked, Candidate) else (),
        "weight": asked.weight if isinstance(asked, Candidate) else None,
        "model": asked.model if isinstance(asked, Candidate) else "",
        "as_of": moment_text(known.kappa),
    }


def decided(parts: Parts, person: Person, name: str, same_as: str, reason: str) -> int | Faults:
    """Return by how many decisions it is on record that children are one, or are not.

    same_as: the child that the first one is, or ``NOT_SAME``. Else what is wrong, by field.
    """
    with parts.store.reading(person) as reading:
        seal = parts.store.seal(person)
        asked = _asked(reading, seal, name)
        of_child = {key: _leaves(reading, seal, key) for key in asked.children}
    child, *others = asked.children
    faults = {} if reason in REASONS else {"reason": "Choose on what it rests"}
    if same_as not in (NOT_SAME, *others):
        faults["same_as"] = "Choose whether they are one child"
    if faults:
        return faults
    if same_as == NOT_SAME:
        pairs = _pairs(of_child[child], (leaf for key in others for leaf in of_child[key]))
    else:
        pairs = _pairs(of_child[child][:1], of_child[same_as][:1])
    verdict = NOT_SAME if same_as == NOT_SAME else SAME
    return _decide(parts.recorder, person, pairs, verdict, reason)


def records_shown(store: Store, person: Person, child: str) -> dict[str, Any]:
    """Return the records that are taken as one child, once the look is on record."""
    note_look(store, person, child, "identity")
    with store.reading(person) as reading:
        known, is_shielded = reading.known(), reading.is_shielded(child)
        found = [] if is_shielded else _leaves(reading, store.seal(person), child)
    return {
        "child": child,
        "short": child[:SHORT],
        "withheld": sentence(WITHHELD) if is_shielded else "",
        "records": _records(found),
        "as_of": moment_text(known.kappa),
    }


def unlinked(
    parts: Parts, person: Person, child: str, tokens: Iterable[str], reason: str
) -> int | Faults:
    """Return by how many decisions it is on record that these records are somebody else's.

    Else what is wrong, by field.
    """
    store, named = parts.store, set(tokens)
    note_look(store, person, child, "identity")
    with store.reading(person) as reading:
        found = _leaves(reading, store.seal(person), child)
        is_shielded = reading.is_shielded(child)
    if is_shielded:
        raise NothingThere
    out = [one for one in found if one.token in named]
    rest = [one for one in found if one.token not in named]
    faults = {} if reason in REASONS else {"reason": "Choose on what it rests"}
    if not out:
        faults["leaf"] = "Choose the records that are somebody else’s"
    elif not rest:
        faults["leaf"] = "These are all the records of the child: choose those of somebody else"
    return faults or _decide(parts.recorder, person, _pairs(out, rest), NOT_SAME, reason)


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


def _decide(
    recorder: Recorder, person: Person, pairs: Pairs, verdict: str, reason: str
) -> int | Faults:
    """Record one decision for each pair of leaves; return how many, or why not all."""
    if not 0 < len(pairs) <= MOST_PAIRS:
        few = "Nothing was recorded: decide on so many records with joinedup identity."
        return {"recorded": few}
    for count, pair in enumerate(pairs):
        first, second = sorted(pair)
        said = Decision(
            la=person.la,
            by=person.name,
            type=LINK_DECIDED,
            record_id=f"identity/{first}/{second}",
            said={"first": first, "second": second, "verdict": verdict, "reason": reason},
        )
        try:
            recorder.decide(said)
        except NotRecorded as fault:
            why = f"{fault} Of {len(pairs)} decisions {count} were recorded before."
            return {"recorded": why}
    return len(pairs)


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
            marks=tuple(_mark(mark) for mark in marks_of(one, letters)),
            event=one.last_event,
        )
        for one in found
    ]


def _mark(mark: str) -> str:
    """Return an identifier's scheme, in words, and its letter."""
    scheme, _, letter = mark.partition(" ")
    return f"{IDENTIFIERS.get(scheme, scheme)} ({letter})"


def _review(one: Standing) -> dict[str, str]:
    why = REVIEWS.get(one.reason, one.reason.replace("-", " "))
    return {
        "since": day_text(day_of(one.known_at)),
        "kind": one.kind.replace("-", " ").capitalize(),
        "why": why[:1].upper() + why[1:],
        "about": one.about,
        "child": one.child or "",
    }
