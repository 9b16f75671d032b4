"""Which records may be one child by name, birth and postcode, and what speaks for it."""

from __future__ import annotations

import hashlib

import msgspec

from consumers.store.reading import Reading
from consumers.store.sealed import FactSeal
from journey.cluster import Cluster
from journey.events import Event
from journey.identity import LINK_DECISIONS

_ROWS = """
SELECT subject FROM reviews
WHERE la = %(la)s AND kind = 'candidate' AND standing ORDER BY kappa, subject
"""


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """What one comparison says: its field, how far it agrees, and its weight (log2 of the odds)."""

    field: str
    level: str
    weight: float


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Two records that share no identifier and may be one child; nobody has decided it.

    name: short, and the same for as long as it stands. since: known time, ms since 1970 UTC.
    leaves: their tokens; children: the key of each one's child. weight: of all together.
    """

    name: str
    since: int
    leaves: tuple[str, str]
    children: tuple[str, str]
    model: str
    weight: float
    because: tuple[Spoken, ...]


def candidates(store: Reading, seal: FactSeal) -> list[Candidate]:
    """Return the candidates of the authority that a person has to look at, the heaviest first.

    Not those of a shielded record, of a child that is gone, or on which a person decided.
    """
    found = []
    for (record,) in store.rows(_ROWS):
        cluster = store.cluster_of_record(record, seal)
        event = cluster.records.get(record) if cluster else None
        one = _candidate(store, seal, event) if event else None
        if one is not None:
            found.append(one)
    return sorted(found, key=lambda one: (-one.weight, one.name))


def is_decided(cluster: Cluster, first: str, second: str) -> bool:
    """Return whether a person decided on just these two leaves."""
    return any(
        event.type in LINK_DECISIONS
        and not event.retracted
        and {event.text("first"), event.text("second")} == {first, second}
        for event in cluster.records.values()
    )


def _candidate(store: Reading, seal: FactSeal, event: Event) -> Candidate | None:
    first, second = event.text("first") or "", event.text("second") or ""
    children = [_child(store, seal, leaf, (first, second)) for leaf in (first, second)]
    one, two = children
    if one is None or two is None or one == two:
        return None
    return Candidate(
        name=hashlib.sha256(f"{first}/{second}".encode()).hexdigest()[:8],
        since=event.kappa,
        leaves=(first, second),
        children=(one, two),
        model=event.text("model") or "",
        weight=event.number("weight") or 0.0,
        because=tuple(map(_spoken, event.data.get("because") or ())),
    )


def _child(store: Reading, seal: FactSeal, leaf: str, pair: tuple[str, str]) -> str | None:
    """Return whose leaf it is, None where it is nobody's, shielded or decided on."""
    cluster = store.cluster_of_token(leaf, seal)
    if cluster is None or leaf in cluster.identity.shielded or is_decided(cluster, *pair):
        return None
    return cluster.identity.children.get(leaf)


def _spoken(code: str) -> Spoken:
    field, level, weight = code.split("/")
    return Spoken(field=field, level=level, weight=float(weight))
