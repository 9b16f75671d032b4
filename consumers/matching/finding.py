"""Finds who may be one child: details opened from journeys, weighed, and let go again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from consumers.decode import to_event
from consumers.errors import BrokenPromise
from consumers.join.inputs import Parsed, key_ids, parse_all
from consumers.journeys_record import open_value
from consumers.matching.details import Details, details_of
from consumers.matching.model import MODEL, THRESHOLD, Weighed, weigh
from consumers.replay.journeys import Journeys
from consumers.sealing import Erased, Unsealable
from consumers.store.sealed import Keys
from consumers.tokens import Tokens
from journey.cluster import replaces
from journey.events import Event
from journey.identity import CANDIDATE_FOUND, LINK_DECISIONS
from schemas.codec import Codec, Undecodable

CHILD_DETAILS = "ChildDetailsRecorded"
_READ = LINK_DECISIONS | {CHILD_DETAILS, CANDIDATE_FOUND}
Pair = tuple[str, str]


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """Whose record it is by the store: the child's key, and whether it is shielded."""

    child: str
    shielded: bool


class Said(msgspec.Struct, kw_only=True):
    """What journeys says of an authority's records: each one's details, and pairs spoken of.

    details, whose: by leaf, what is compared, and the last event that gave it.
    decided: pairs on which a person decided. forward: pairs put forward by these numbers.
    """

    details: dict[str, Details] = {}
    whose: dict[str, Event] = {}
    decided: set[Pair] = set()
    forward: set[Pair] = set()


class Opened(msgspec.Struct, frozen=True):
    """An event of the core beside the wire record that holds what the core never has."""

    event: Event
    record: Mapping[str, Any]


class Opener:
    """Opens the records that are compared, or that speak of pairs; no other."""

    def __init__(self, journeys: Journeys, codec: Codec, tokens: Tokens, keys: Keys) -> None:
        """Take where the records come from, and what opens them."""
        self._journeys = journeys
        self._codec = codec
        self._tokens = tokens
        self._keys = keys

    def opened(self, partition: int, la: str) -> Iterator[Opened]:
        """Yield them in order, of one authority; what was erased is left out."""
        until = self._journeys.ends().get(partition, 0)
        for raws in self._journeys.batches(partition, until) if until else ():
            mine = [one for one in parse_all(raws) if _is_read(one, la)]
            keys = self._keys.get(key_ids(mine)) if mine else {}
            for one in mine:
                key = keys.get(one.record.key_id, b"")
                if not isinstance(key, Erased):
                    yield self._open(one, key)

    def _open(self, one: Parsed, key: bytes) -> Opened:
        try:
            decoded = self._codec.decode(open_value(one.record, key))
        except (Unsealable, Undecodable) as fault:
            raise BrokenPromise(
                f"The record {one.offset} of journeys cannot be read. {fault} Check that the key"
                " store and the schema registry are those that intake uses."
            ) from None
        event = to_event(decoded, kappa=one.record.kappa, tokens=self._tokens)
        return Opened(event, decoded.record)


def _is_read(one: Parsed, la: str) -> bool:
    return one.record.la == la and one.record.name in _READ


def said_of(opened: Iterable[Opened]) -> Said:
    """Return what the winning revisions say; of each leaf the details that it gave last."""
    winners: dict[str, Opened] = {}
    for one in opened:
        old = winners.get(one.event.record)
        if old is None or replaces(one.event, old.event):
            winners[one.event.record] = one
    said = Said()
    standing = [one for one in winners.values() if not one.event.retracted]
    for one in sorted(standing, key=lambda one: (one.event.occurred_on, one.event.kappa)):
        _note(said, one.event, one.record)
    return said


def _note(said: Said, event: Event, record: Mapping[str, Any]) -> None:
    if event.type == CHILD_DETAILS:
        said.whose[event.leaf] = event
        said.details[event.leaf] = details_of(
            event.leaf,
            given_name=record["given_name"],
            family_name=record["family_name"],
            born=event.date_of_birth,
            postcode=record["postcode"],
        )
        return
    pair = _pair(event.text("first") or "", event.text("second") or "")
    if event.type in LINK_DECISIONS:
        said.decided.add(pair)
    elif event.text("model") == MODEL:
        said.forward.add(pair)


def put_forward(
    said: Said, leaves: Mapping[str, Leaf], threshold: float = THRESHOLD
) -> list[Weighed]:
    """Return the pairs of leaves that a person is to look at, the heaviest first.

    leaves: every leaf that the store knows. A shielded one is not even compared.
    """
    known = [
        details
        for leaf, details in said.details.items()
        if leaf in leaves and not leaves[leaf].shielded
    ]
    return [one for one in weigh(known, threshold) if _may_be_one(said, leaves, one)]


def _may_be_one(said: Said, leaves: Mapping[str, Leaf], one: Weighed) -> bool:
    first, second = said.whose[one.first], said.whose[one.second]
    if leaves[one.first].child == leaves[one.second].child:
        return False
    if first.own_id and second.own_id and first.source == second.source:
        return False  # one system knows them as two
    return _pair(one.first, one.second) not in said.decided and not _two_numbers(first, second)


def _two_numbers(first: Event, second: Event) -> bool:
    """Return whether both have a verified NHS number, and not the same."""
    mine, other = _verified(first), _verified(second)
    return bool(mine and other and mine.isdisjoint(other))


def _verified(event: Event) -> frozenset[str]:
    return frozenset(
        one.token for one in event.identifiers if (one.scheme, one.status) == ("NHS", "VERIFIED")
    )


def _pair(one: str, other: str) -> Pair:
    first, second = sorted((one, other))
    return first, second
