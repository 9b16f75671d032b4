"""Shielded records: linked with no other, and told of without any detail.

A person shields the records of a child who must not be found: one who was adopted, or is in refuge.
What is withheld of an alert may lead to where the child is; that there is an alert never is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from journey.events import Event

SHIELD_DECIDED = "IdentityShieldDecided"
"""The type of the decision that records are shielded, or are no longer."""
WITHHELD = "details withheld: shielded"

_EMPTIED = ("because", "met_by", "waiting_for")
_Rank = tuple[int, bool, str, str]


def withheld(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be told of an alert whose details are withheld, of all its fields.

    Evidence and sources lead to a school or a placement, and so do the words of a clock.
    """
    emptied = {name: type(fields[name])() for name in _EMPTIED}
    return {**fields, **emptied, "detail": WITHHELD, "arithmetic": WITHHELD, "withheld": True}


class Said(NamedTuple):
    """What people said of records: those that they shielded, and all of which they spoke."""

    shielded: frozenset[str]
    spoken_of: frozenset[str]


def said(decisions: Iterable[Event]) -> Said:
    """Return what people's standing decisions say: of each leaf the last one counts."""
    last: dict[str, tuple[_Rank, bool]] = {}
    for event in decisions:
        if event.type == SHIELD_DECIDED:
            mine = (event.rank, event.flag("shielded") is True)
            for leaf in event.data.get("leaves") or ():
                last[leaf] = max(last.get(leaf, mine), mine)
    return Said(frozenset(leaf for leaf, (_, yes) in last.items() if yes), frozenset(last))


def shielded_leaves(
    decided: Said, borne: Mapping[str, Collection[str]], apart: Collection[tuple[str, str]]
) -> frozenset[str]:
    """Return the leaves that are shielded: those decided on, and what would be linked with them.

    A school that a child in refuge joins later would give away where it is, so whatever bears an
    identifier of a shielded record is shielded with it, until a person says otherwise.
    borne: by leaf, the tokens of its linking identifiers. apart: pairs decided to be two children.
    """
    bearers: dict[str, set[str]] = {}
    for leaf in decided.shielded:
        for token in borne.get(leaf, ()):
            bearers.setdefault(token, set()).add(leaf)
    covered = {
        leaf
        for leaf, tokens in borne.items()
        if leaf not in decided.spoken_of
        for token in tokens
        for other in bearers.get(token, ())
        if (min(leaf, other), max(leaf, other)) not in apart
    }
    return decided.shielded | covered
