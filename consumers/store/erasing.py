"""What is to be erased of a child, and how far an erasure has come, as its reader sees it."""

from __future__ import annotations

from typing import Any, LiteralString, NamedTuple

import msgspec

from consumers.store.reading import Reading

_COUNTS = """
SELECT
  (SELECT count(*) FROM timeline JOIN leaves USING (la, leaf)
    WHERE la = %(la)s AND child = %(child)s),
  (SELECT count(*) FROM alerts WHERE la = %(la)s AND child = %(child)s),
  (SELECT count(*) FROM alert_transitions JOIN alerts USING (la, alert_id)
    WHERE la = %(la)s AND child = %(child)s)
"""

_TIED = """
SELECT DISTINCT other.child FROM leaves mine
JOIN nodes here ON here.la = mine.la AND here.node = mine.leaf
JOIN nodes beside ON beside.la = here.la AND beside.cluster = here.cluster
JOIN leaves other ON other.la = beside.la AND other.leaf = beside.node
WHERE mine.la = %(la)s AND mine.child = %(child)s AND other.child <> %(child)s
ORDER BY 1
"""

_AN_ORDER: LiteralString = """
SELECT e.erasure, e.child, e.outcome, e.proved,
  ARRAY(SELECT key_id FROM erased_keys k WHERE k.la = e.la AND k.erasure = e.erasure ORDER BY 1),
  (SELECT count(*) FROM erased_places p WHERE p.la = e.la AND p.erasure = e.erasure)
FROM erasures e
"""

_ORDERED: LiteralString = f"""{_AN_ORDER}
WHERE e.la = %(la)s AND starts_with(e.child, %(child)s)
  AND (e.erasure = %(erasure)s OR (%(erasure)s = '' AND e.outcome = 'done'))
ORDER BY e.kappa DESC LIMIT 1
"""

_UNFINISHED: LiteralString = f"""{_AN_ORDER}
WHERE e.la = %(la)s AND e.outcome = 'done' AND NOT e.proved ORDER BY e.kappa
"""

_PLACES = """
SELECT sequence, alert_id, number, before, chain FROM erased_places
WHERE la = %(la)s AND erasure = %(erasure)s ORDER BY sequence
"""

_ACTS = """
SELECT event_id, effect FROM actions
WHERE la = %(la)s AND alert_id IN
  (SELECT alert_id FROM erased_places WHERE la = %(la)s AND erasure = %(erasure)s)
ORDER BY kappa, event_id
"""

_KEYS = """
SELECT key_id FROM erased_keys JOIN erasures USING (la, erasure)
WHERE la = %(la)s AND proved ORDER BY 1
"""

_HELD = """
SELECT DISTINCT child FROM leaves
WHERE la = %(la)s AND encode(leaf, 'hex') = ANY(string_to_array(%(held)s, ','))
ORDER BY 1
"""

MOST = 400
"""Items of a kind in one part of a proof: as many as the contract allows."""


class Part(NamedTuple):
    """Places, and what actions came to, as the schema of a proof has them."""

    places: list[dict[str, Any]]
    acts: list[dict[str, Any]]


class Erasable(msgspec.Struct, frozen=True, kw_only=True):
    """What an erasure of a child takes away; leaves: tokens of what its sources call it.

    tied: other children without whom it cannot go, as what was told of them rests on its records.
    """

    leaves: tuple[str, ...]
    events: int
    alerts: int
    transitions: int
    tied: tuple[str, ...] = ()

    def together(self, other: Erasable) -> Erasable:
        """Return what an erasure of both takes away."""
        return Erasable(
            leaves=tuple(sorted({*self.leaves, *other.leaves})),
            events=self.events + other.events,
            alerts=self.alerts + other.alerts,
            transitions=self.transitions + other.transitions,
            tied=tuple(sorted({*self.tied, *other.tied})),
        )


class Ordered(msgspec.Struct, frozen=True, kw_only=True):
    """An order to erase a child, as far as the join has come with it.

    keys: ids of the keys to shred. places: how many transitions were emptied. proved: its proof is
    on journeys.
    """

    erasure: str
    child: str
    outcome: str
    proved: bool
    keys: tuple[str, ...]
    places: int


def erasable(store: Reading, child: str) -> Erasable:
    """Return what there is of the child; no leaves where there is nothing, or nothing any more."""
    ((events, alerts, transitions),) = store.rows(_COUNTS, child=child)
    return Erasable(
        leaves=tuple(sorted(store.leaves(child))),
        events=events,
        alerts=alerts,
        transitions=transitions,
        tied=tuple(other for (other,) in store.rows(_TIED, child=child)),
    )


def ordered(store: Reading, child: str, erasure: str = "") -> Ordered | None:
    """Return the order of this id, else the last that was carried out on a child.

    child: its key, or how the key begins.
    """
    rows = store.rows(_ORDERED, child=child, erasure=erasure)
    return next((_order_of(*row) for row in rows), None)


def unfinished(store: Reading) -> tuple[Ordered, ...]:
    """Return the orders that were carried out and are not proved yet, the oldest first."""
    return tuple(_order_of(*row) for row in store.rows(_UNFINISHED))


def _order_of(
    erasure: str, child: str, outcome: str, proved: bool, keys: list[str], places: int
) -> Ordered:
    return Ordered(
        erasure=erasure,
        child=child,
        outcome=outcome,
        proved=proved,
        keys=tuple(keys),
        places=places,
    )


def parts(store: Reading, erasure: str) -> list[Part]:
    """Return the parts of the proof of an erasure; one at least."""
    acts = [
        {"action": str(event_id), "effect": effect}
        for event_id, effect in store.rows(_ACTS, erasure=erasure)
    ]
    places = [
        {
            "sequence": sequence,
            "alert_id": str(alert_id),
            "number": number,
            "before": bytes.fromhex(before),
            "chain": bytes.fromhex(chain),
        }
        for sequence, alert_id, number, before, chain in store.rows(_PLACES, erasure=erasure)
    ]
    return [
        Part(places[at : at + MOST], acts[at : at + MOST])
        for at in range(0, max(1, len(places), len(acts)), MOST)
    ]


def proved_keys(store: Reading) -> tuple[str, ...]:
    """Return the ids of the keys of every erasure of the authority whose proof is on journeys."""
    return tuple(key_id for (key_id,) in store.rows(_KEYS))


def held_children(store: Reading) -> tuple[str, ...]:
    """Return the keys of the children of the authority who may not be erased, in order."""
    held = ",".join(sorted(store.known().authority.held))
    return tuple(child for (child,) in store.rows(_HELD, held=held))
