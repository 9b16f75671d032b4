"""Names and addresses of the invented year: who may be one child, and nobody else."""

from __future__ import annotations

from consumers.decode import to_event
from consumers.matching.finding import Leaf, Opened, put_forward, said_of
from consumers.tokens import Tokens
from producers.simulate import STORIES, Year
from producers.simulate.unlinked import UNLINKED
from schemas.catalogue import event_types
from schemas.codec import Codec
from schemas.registry import MemoryRegistry
from tests.unit.producers.simulate.told import PSEUDONYM_KEY

_UNLINKED = {STORIES.index(story) + 1 for story in UNLINKED}


def _told(year: Year) -> list[tuple[int, Opened]]:
    tokens, codec, found = Tokens(PSEUDONYM_KEY), Codec(MemoryRegistry()), []
    for record in year.records:
        if record.event.type == "ChildDetailsRecorded":
            name = event_types()[record.event.type].full_name
            wire = codec.decode(codec.encode(name, dict(record.event.record)))
            found.append(
                (record.child, Opened(to_event(wire, kappa=0, tokens=tokens), wire.record))
            )
    return found


def test_only_records_that_share_no_number_are_put_forward(year: Year) -> None:
    told = _told(year)
    own = {one.event.leaf: number for number, one in told}
    leaves = {
        leaf: Leaf(child=leaf if number in _UNLINKED else str(number), shielded=False)
        for leaf, number in own.items()
    }

    found = put_forward(said_of(one for _, one in told), leaves)

    assert len(leaves) > len(year.children)
    assert all(own[one.first] == own[one.second] for one in found)
    assert {own[one.first] for one in found} == _UNLINKED


def test_no_two_agencies_records_of_an_unlinked_child_share_an_identifier(year: Year) -> None:
    for number in _UNLINKED:
        held: dict[str, set[tuple[str, str]]] = {}
        for record in year.records:
            if record.child == number:
                said = {(one["scheme"], one["value"]) for one in record.event.record["identifiers"]}
                held.setdefault(record.source.name, set()).update(said)
        first, second = held.values()
        assert first.isdisjoint(second)
