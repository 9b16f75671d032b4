"""What a replay of the past may show, now that some of its children are shielded."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from consumers.join.inputs import Parsed
from consumers.replay.comparing import Difference, fields_of
from journey.cluster import Cluster
from journey.events import Event
from journey.identity import identify
from journey.shelf import MemoryShelf
from journey.shield import SHIELD_DECIDED, withheld
from journey.transition import Transition, without_details


def is_shield(one: Parsed, la: str | None) -> bool:
    """Return whether the record, still unopened, is a decision to shield of this authority, or any.

    Intake writes none that was not signed by a source that may decide for the authority.
    """
    return one.record.name == SHIELD_DECIDED and la in (None, one.record.la)


class Shields:
    """The decisions to shield of a whole partition, those after the replayed moment too."""

    def __init__(self, decisions: Iterable[Event] = ()) -> None:
        """Take the decisions, in any order."""
        self._decisions = list(decisions)
        self._named = {leaf for one in self._decisions for leaf in one.data.get("leaves") or ()}

    def leaves(self, cluster: Cluster) -> frozenset[str]:
        """Return the leaves of a cluster of which nothing is to be shown."""
        if self._named.isdisjoint(cluster.first_seen):
            return frozenset()
        mine = [one for one in self._decisions if one.la == cluster.la]
        known = [*cluster.records.values(), *mine]
        return identify(cluster.la, known, cluster.first_seen).shielded

    def shown(self, shelf: MemoryShelf, told: Transition) -> Transition:
        """Return a transition as it may be shown, by what is known when it is told."""
        named = (*told.because, *told.met_by)
        if self._hides(shelf, told.local_authority, told.child, told.anchor, named):
            return without_details(told)
        return told

    def of_difference(self, shelf: MemoryShelf, one: Difference) -> Difference:
        """Return a difference as it may be shown: where it is hidden, its texts without details."""
        fields = fields_of(one.kept or one.replayed or "")
        whose = (str(fields.get("child")), str(fields.get("anchor")), one.events)
        if not fields or not self._hides(shelf, one.la, *whose):
            return one
        texts = {name: _bare(getattr(one, name)) for name in ("kept", "replayed")}
        return msgspec.structs.replace(one, **texts, events=())

    def _hides(
        self, shelf: MemoryShelf, la: str, child: str, anchor: str, events: Iterable[str]
    ) -> bool:
        if not self._named:
            return False
        named = set(events)
        return any(
            _as_hidden(cluster, leaves).withholds(child, anchor, named)
            for cluster in shelf.find(la, [anchor])
            if (leaves := self.leaves(cluster))
        )


def _as_hidden(cluster: Cluster, leaves: frozenset[str]) -> Cluster:
    identity = msgspec.structs.replace(cluster.identity, shielded=leaves)
    return msgspec.structs.replace(cluster, identity=identity)


def _bare(text: str | None) -> str | None:
    if not text:
        return text
    return msgspec.json.encode(withheld(fields_of(text)), order="sorted").decode()
