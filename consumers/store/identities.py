"""Which leaves are taken to be which child, on what evidence, and what a person has to look at."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from consumers.store.reading import Reading
from consumers.store.sealed import FactSeal
from journey.cluster import Cluster
from journey.events import Event, Identifier
from journey.identity import DECIDED_APART

_ROWS = """
SELECT subject, other, reason, kappa FROM reviews
WHERE la = %(la)s AND kind = 'identity' AND standing ORDER BY kappa, subject, other, reason
"""


WHY = {
    "two-nhs-numbers": "they share an identifier, but have two NHS numbers",
    "two-upns": "they share an identifier, but have two unique pupil numbers",
    "two-dates-of-birth": "they share an identifier, but have two dates of birth",
    "two-ids-of-one-system": "they share an identifier, but one system knows them as two",
    "decisions-contradict": "people decided that they are one, and that they are two",
}
"""Why two records are not taken as one, in words; by the reason of a doubt."""


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """Two records that may be one child and were not taken as one.

    name: short, and the same for as long as the doubt stands. since: known time, ms since 1970 UTC.
    leaf: token of the record that was kept apart. others: tokens of the leaves it may belong to.
    children: the keys of all children concerned, that of the leaf first.
    """

    name: str
    reason: str
    since: int
    leaf: str
    others: tuple[str, ...]
    children: tuple[str, ...]


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """One system's view of a child.

    first_known: known time of its first record, ms since 1970 UTC. facts: how many stand.
    born: the date of birth that it gives. marks: scheme and status of each identifier, by token.
    last_event: id of its latest event, by which its source finds the record.
    """

    token: str
    child: str
    source: str
    agency: str
    first_known: int
    facts: int
    born: date | None
    marks: dict[str, tuple[str, str]]
    last_event: str


def doubts(store: Reading, seal: FactSeal) -> list[Doubt]:
    """Return the identities of the authority that a person has to look at, the oldest first."""
    found = []
    for subject, other, reason, kappa in store.rows(_ROWS):
        if reason == DECIDED_APART:
            continue
        cluster = store.cluster_of_token(subject, seal)
        if cluster is not None and subject in cluster.identity.children:
            found.append(_doubt(cluster, subject, other, reason, kappa))
    return found


def leaves_of(cluster: Cluster, children: Iterable[str]) -> list[Leaf]:
    """Return the leaves of these children, each child's together, the earliest first."""
    wanted = dict.fromkeys(children)
    of_leaf: dict[str, list[Event]] = {}
    for event in cluster.records.values():
        if not event.retracted and cluster.identity.children.get(event.leaf) in wanted:
            of_leaf.setdefault(event.leaf, []).append(event)
    found = [_leaf(cluster, token, events) for token, events in of_leaf.items()]
    order = {child: place for place, child in enumerate(wanted)}
    return sorted(found, key=lambda one: (order[one.child], one.first_known, one.token))


def letters_of(found: Iterable[Leaf]) -> dict[str, str]:
    """Return a letter for each identifier: a token would let equal ones be sought elsewhere."""
    tokens = dict.fromkeys(token for one in found for token in one.marks)
    return {token: _letter(place) for place, token in enumerate(tokens)}


def marks_of(one: Leaf, letters: Mapping[str, str]) -> Iterator[str]:
    """Yield the identifiers of a leaf as they are shown: the scheme, and a letter for the value."""
    for token, (scheme, status) in one.marks.items():
        word = "" if status == "VERIFIED" else f", {status.lower()}"
        yield f"{scheme} {letters[token]}{word}"


def _letter(place: int) -> str:
    return (
        chr(ord("a") + place) if place < 26 else f"{_letter(place // 26 - 1)}{_letter(place % 26)}"
    )


def _doubt(cluster: Cluster, subject: str, other: str, reason: str, kappa: int) -> Doubt:
    children = cluster.identity.children
    bearers = {other} & children.keys() or set(_bearers(cluster, other))
    others = sorted(leaf for leaf in bearers if children[leaf] != children[subject])
    name = hashlib.sha256(f"{subject}/{other}/{reason}".encode()).hexdigest()[:8]
    return Doubt(
        name=name,
        reason=reason,
        since=kappa,
        leaf=subject,
        others=tuple(others),
        children=tuple(dict.fromkeys((children[subject], *(children[x] for x in others)))),
    )


def _bearers(cluster: Cluster, token: str) -> Iterator[str]:
    for event in cluster.records.values():
        if event.leaf in cluster.identity.children and not event.retracted:
            if any(one.token == token for one in event.identifiers):
                yield event.leaf


def _leaf(cluster: Cluster, token: str, events: list[Event]) -> Leaf:
    events.sort(key=lambda one: (one.kappa, one.event_id))
    marks: dict[str, tuple[str, str]] = {}
    for event in events:
        marks |= {i.token: _mark(i) for i in event.identifiers}
    return Leaf(
        token=token,
        child=cluster.identity.children[token],
        source=events[0].source,
        agency=events[0].agency,
        first_known=cluster.first_seen[token][0],
        facts=len(events),
        born=next((one.date_of_birth for one in reversed(events) if one.date_of_birth), None),
        marks=marks,
        last_event=events[-1].event_id,
    )


def _mark(identifier: Identifier) -> tuple[str, str]:
    return identifier.scheme, identifier.status
