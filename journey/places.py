"""The places that transitions of erased children took: nobody else may be told in them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Place(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where a transition stood that was told of an erased child; nothing of what it said.

    sequence: in the partition. number: within the alert. before, chain: the authority's chain
    value before the transition and at it.
    """

    sequence: int
    la: str
    alert_id: str
    number: int
    before: str
    chain: str


class Places:
    """The places of one partition, or of one local authority in it."""

    def __init__(self, places: Iterable[Place] = (), *, only: str | None = None) -> None:
        """Take the places; only: the one authority that is told of, whose chain leads to them.

        Where one authority is told of alone, nothing has its sequence in the partition.
        """
        self.all = tuple(sorted(places, key=lambda one: one.sequence))
        self.only = only
        self._by_sequence = {one.sequence: one for one in self.all} if only is None else {}
        self._by_chain = {one.before: one for one in self.all if one.la == only}
        self._named = {(one.la, one.alert_id, one.number) for one in self.all}

    def name(self, la: str, alert_id: str, number: int) -> bool:
        """Return whether one of them is the place of this transition, which then is told no more.

        It would be told only while its child's keys have not been shredded yet.
        """
        return (la, alert_id, number) in self._named

    def take(self, sequence: int, chain: str) -> Place | None:
        """Return the place that follows this sequence, or this chain value, once; else None.

        chain: of the one authority that is told of; anything where there are more.
        """
        if self.only is None:
            return self._by_sequence.pop(sequence + 1, None)
        return self._by_chain.pop(chain, None)
