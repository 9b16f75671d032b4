"""Which leaves are one child: people's decisions first, then identifiers in order of arrival.

Identity never moves events. An edge that would put two current NHS numbers, two permanent
UPNs, two ids of one system or two dates of birth into one child is not taken and goes to
review: in doubt, two children. A shielded leaf is linked with none, and nobody is asked about it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from journey.events import Event, Identifier
from journey.naming import Namespace
from journey.shield import SHIELD_DECIDED, said, shielded_leaves

LINK_DECIDED = "IdentityLinkDecided"
LINK_DECISIONS = frozenset({"IdentityDecisionRecorded", LINK_DECIDED})
"""A person's decision on two identifiers, or on two leaves."""
DECISIONS = LINK_DECISIONS | {SHIELD_DECIDED}
"""The decisions of people by which children are derived."""
DECIDED_APART = "decided-not-the-same"
CANDIDATE_FOUND = "IdentityCandidateFound"
"""The type of the record that puts two leaves forward to be looked at; it links nothing."""
CHILDREN = Namespace(uuid.UUID("6f0a4f0e-5f0c-5d0e-9a54-3f6f7d1f0c11"))
First = tuple[int, str]
"""When a leaf was first seen: (known time in ms, event id)."""


_ONLY_ONE = frozenset({"NHS", "UPN"})
"""The schemes of which a child has one current identifier at most."""


class Review(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something that a person has to look at.

    kind: ``identity`` (an edge not taken), ``candidate`` (two leaves that may be one child; the
        subject is the record that says so), ``contradiction``, ``snapshot-loss``, ``parked``,
        ``rules`` (a rule set that was refused, or could not be asked of a cluster) or ``calendar``
        (one that cannot be, contradicts another, or could not be asked of a cluster).
    subject: the leaf, record or cluster token. other: the identifier's token, event id or batch.
    reason: a code, e.g. ``two-upns``.
    """

    kind: str
    subject: str
    other: str
    reason: str
    kappa: int


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """The children of one cluster of leaves.

    children: child key by leaf. anchors: earliest leaf by child key.
    births: date of birth by child key, where one is known.
    reviews: the edges that were not taken. doubtful: the leaves that they touch.
    shielded: the leaves that are linked with no other, and of which nothing is shown.
    """

    children: dict[str, str] = {}
    anchors: dict[str, str] = {}
    births: dict[str, date] = {}
    reviews: tuple[Review, ...] = ()
    doubtful: frozenset[str] = frozenset()
    shielded: frozenset[str] = frozenset()

    def leaves_of(self, child: str) -> frozenset[str]:
        """Return the leaves that are this child."""
        return frozenset(leaf for leaf, key in self.children.items() if key == child)

    def is_shielded(self, child: str) -> bool:
        """Return whether this child's records are shielded."""
        return any(self.children.get(leaf) == child for leaf in self.shielded)


def child_key(la: str, anchor: str) -> str:
    """Return the key of the child whose earliest leaf this is."""
    return CHILDREN.id_of(f"{la}/{anchor}")


def links(identifier: Identifier) -> bool:
    """Return True where this identifier, with this status, may make two leaves one child."""
    scheme, status = identifier.scheme, identifier.status
    if status == "TEMPORARY":
        return False
    if scheme == "NHS":
        return status == "VERIFIED"
    if scheme == "SUI":
        return status != "FORMER"
    return scheme in ("UPN", "ULN", "LA_CHILD_ID")


class _Edge(NamedTuple):
    kappa: int
    event_id: str
    leaf: str
    identifier: Identifier


class _Part:
    """A set of leaves and identifiers taken to be one child so far."""

    __slots__ = ("nodes", "unique")

    def __init__(self, node: str) -> None:
        self.nodes = {node}
        self.unique: dict[str, str | date] = {}

    def conflict(self, other: _Part) -> str | None:
        small, large = self.unique, other.unique
        if len(large) < len(small):
            small, large = large, small
        for kind, value in small.items():
            if large.get(kind, value) != value:
                return _REASONS.get(kind, "two-ids-of-one-system")
        return None

    def absorb(self, other: _Part) -> None:
        self.nodes |= other.nodes
        self.unique = {**other.unique, **self.unique}


_REASONS = {"NHS": "two-nhs-numbers", "UPN": "two-upns", "birth": "two-dates-of-birth"}


class _Parts:
    """Disjoint parts; the smaller is absorbed by the larger."""

    def __init__(self) -> None:
        self._of: dict[str, _Part] = {}

    def of(self, node: str) -> _Part:
        part = self._of.get(node)
        if part is None:
            part = self._of[node] = _Part(node)
        return part

    def unite(self, first: str, second: str) -> None:
        a, b = self.of(first), self.of(second)
        if a is b:
            return
        if len(a.nodes) < len(b.nodes):
            a, b = b, a
        a.absorb(b)
        for node in b.nodes:
            self._of[node] = a


def identify(la: str, records: Iterable[Event], first_seen: Mapping[str, First]) -> Identity:
    """Return the children that these winning records make; the order of records is nothing.

    records: the winning revisions of one cluster, identity decisions among them.
    first_seen: by leaf, when it first appeared (never moved by corrections).
    """
    standing = [event for event in records if not event.retracted]
    facts = [event for event in standing if event.leaf]
    alone = _alone(la, standing, facts)
    if alone is not None:
        return alone
    parts, apart = _Parts(), _decided(standing)
    for leaf, unique in _attributes(facts).items():
        parts.of(leaf).unique.update(unique)
    shielded, edges = _unshielded(standing, _edges(facts), apart)
    for edge in edges:
        if edge.identifier.status != "FORMER" and edge.identifier.scheme in _ONLY_ONE:
            node = parts.of(edge.identifier.token)
            node.unique[edge.identifier.scheme] = edge.identifier.token
    reviews = _unite(parts, apart, shielded)
    reviews += _take(edges, parts, apart.different)
    leaves = {event.leaf for event in facts}
    found = _named(la, leaves, parts, reviews, first_seen)
    return msgspec.structs.replace(found, shielded=shielded & leaves) if shielded else found


def _alone(la: str, standing: Iterable[Event], facts: Sequence[Event]) -> Identity | None:
    """Return the child of whose records all have one leaf and agree, as of most; else None.

    It spares what links leaves where there are none to link.
    """
    if not facts or any(event.type in DECISIONS for event in standing):
        return None
    leaf, current, born = facts[0].leaf, dict[str, str](), None
    for event in facts:
        if event.leaf != leaf:
            return None
        for one in event.identifiers:
            if one.scheme in _ONLY_ONE and one.status != "FORMER" and links(one):
                if current.setdefault(one.scheme, one.token) != one.token:
                    return None
        if event.date_of_birth is not None:
            if born is None or _as_told(event) >= _as_told(born):
                born = event
    key = child_key(la, leaf)
    births = {} if born is None or born.date_of_birth is None else {key: born.date_of_birth}
    return Identity(children={leaf: key}, anchors={key: leaf}, births=births)


def _as_told(event: Event) -> tuple[int, str]:
    """Sort key of records: known time, then event id."""
    return (event.kappa, event.event_id)


def _unshielded(
    standing: Iterable[Event], edges: list[_Edge], apart: _Decisions
) -> tuple[frozenset[str], list[_Edge]]:
    """Return the shielded leaves, and the edges of all others."""
    decided = said(standing)
    if not decided.shielded:
        return frozenset(), edges
    borne: dict[str, set[str]] = {}
    for edge in edges:
        borne.setdefault(edge.leaf, set()).add(edge.identifier.token)
    shielded = shielded_leaves(decided, borne, apart.different)
    return shielded, [edge for edge in edges if edge.leaf not in shielded]


class _Decisions(NamedTuple):
    same: dict[tuple[str, str], int]
    different: set[tuple[str, str]]


def _decided(standing: Iterable[Event]) -> _Decisions:
    same: dict[tuple[str, str], int] = {}
    different: set[tuple[str, str]] = set()
    for event in standing:
        if event.type not in LINK_DECISIONS:
            continue
        one, two = sorted((event.text("first") or "", event.text("second") or ""))
        if event.text("verdict") == "SAME":
            same[one, two] = min(event.kappa, same.get((one, two), event.kappa))
        else:
            different.add((one, two))
    return _Decisions({p: k for p, k in same.items() if p not in different}, different)


def _unite(parts: _Parts, decided: _Decisions, shielded: frozenset[str]) -> list[Review]:
    """Unite what people said is one; where others of them say otherwise, a person looks again.

    What is shielded is united with nothing, whoever said so, for as long as the shield stands.
    """
    reviews = []
    for (one, two), kappa in sorted(decided.same.items()):
        if one in shielded or two in shielded:
            continue
        if _is_apart(parts.of(one), parts.of(two), decided.different):
            reviews.append(Review("identity", one, two, "decisions-contradict", kappa))
        else:
            parts.unite(one, two)
    return reviews


def _attributes(facts: Iterable[Event]) -> dict[str, dict[str, str | date]]:
    """Return what only one of may stand in a child, by leaf; the latest date of birth wins."""
    unique: dict[str, dict[str, str | date]] = {}
    for event in sorted(facts, key=_as_told):
        mine = unique.setdefault(event.leaf, {})
        if event.own_id:
            mine["system:" + event.source] = event.leaf
        if event.date_of_birth is not None:
            mine["birth"] = event.date_of_birth
    return unique


def _edges(facts: Iterable[Event]) -> list[_Edge]:
    first: dict[tuple[str, Identifier], _Edge] = {}
    for event in facts:
        for identifier in filter(links, event.identifiers):
            edge = _Edge(event.kappa, event.event_id, event.leaf, identifier)
            key = (event.leaf, identifier)
            known = first.get(key)
            if known is None or edge[:2] < known[:2]:
                first[key] = edge
    return sorted(first.values(), key=lambda e: (*e[:3], e.identifier.token, e.identifier.status))


def _take(edges: Iterable[_Edge], parts: _Parts, different: set[tuple[str, str]]) -> list[Review]:
    reviews = []
    for edge in edges:
        reason = _refusal(parts.of(edge.leaf), parts.of(edge.identifier.token), different)
        if reason is None:
            parts.unite(edge.leaf, edge.identifier.token)
        else:
            token = edge.identifier.token
            reviews.append(Review("identity", edge.leaf, token, reason, edge.kappa))
    return reviews


def _refusal(one: _Part, two: _Part, different: set[tuple[str, str]]) -> str | None:
    if one is two:
        return None
    if different and _is_apart(one, two, different):
        return DECIDED_APART
    return one.conflict(two)


def _is_apart(one: _Part, two: _Part, different: Iterable[tuple[str, str]]) -> bool:
    return any(
        (a in one.nodes and b in two.nodes) or (b in one.nodes and a in two.nodes)
        for a, b in different
    )


def _named(
    la: str,
    leaves: set[str],
    parts: _Parts,
    reviews: list[Review],
    first_seen: Mapping[str, First],
) -> Identity:
    children: dict[str, str] = {}
    anchors: dict[str, str] = {}
    births: dict[str, date] = {}
    for leaf in sorted(leaves, key=lambda name: (first_seen[name], name)):
        part = parts.of(leaf)
        anchor = min(part.nodes & leaves, key=lambda name: (first_seen[name], name))
        key = child_key(la, anchor)
        children[leaf], anchors[key] = key, anchor
        birth = part.unique.get("birth")
        if isinstance(birth, date):
            births[key] = birth
    return Identity(
        children=children,
        anchors=anchors,
        births=births,
        reviews=tuple(reviews),
        doubtful=frozenset(_doubtful(leaves, parts, reviews)),
    )


def _doubtful(leaves: set[str], parts: _Parts, reviews: Iterable[Review]) -> Iterable[str]:
    for review in reviews:
        if review.reason == DECIDED_APART:
            continue  # a person has looked at it
        yield from parts.of(review.subject).nodes & leaves
        yield from parts.of(review.other).nodes & leaves
