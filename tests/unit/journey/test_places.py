"""Whoever is not erased keeps the sequence and the chain that they had."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from journey.events import Event
from journey.machine import Machine
from journey.places import Place, Places
from journey.shelf import MemoryShelf
from journey.transition import Transition
from tests.property.test_core import bytes_of
from tests.property.test_erasing import a_child, erased, lives, of_clusters, told
from tests.unit.journey.streams import PLAN, machine


def places_of(history: Sequence[Transition], alerts: Collection[str]) -> list[Place]:
    """Return the places of all that was told of these alerts."""
    heads: dict[str, str] = {}
    found = []
    for one in history:
        if one.alert_id in alerts:
            found.append(
                Place(
                    sequence=one.sequence,
                    la=one.local_authority,
                    alert_id=one.alert_id,
                    number=one.number,
                    before=heads.get(one.local_authority, ""),
                    chain=one.chain,
                )
            )
        heads[one.local_authority] = one.chain
    return found


def beside(places: Places) -> Machine:
    return Machine(MemoryShelf(), duties=(PLAN,), places=places)


class Erasing:
    """A history, and what is left of it without one of its children who shares no cluster."""

    def __init__(self, stream: list[Event], number: int) -> None:
        shelf = MemoryShelf()
        self.history = told(stream, machine(shelf))
        leaves = a_child(shelf, number)
        shared, self.alerts = of_clusters(shelf, lambda found: bool(leaves & set(found)))
        self.is_alone = shared <= leaves
        self.stream = erased(stream, leaves)
        self.places = places_of(self.history, self.alerts)
        self.others = [one for one in self.history if one.alert_id not in self.alerts]


@given(lives(), st.integers(0, 9))
@settings(max_examples=80, deadline=None)
def test_erasing_a_child_who_shares_no_cluster_changes_no_byte_of_anybody(
    stream: list[Event], number: int
) -> None:
    it = Erasing(stream, number)
    if it.is_alone:
        replay = beside(Places(it.places))
        assert bytes_of(told(it.stream, replay)) == bytes_of(it.others)
        assert replay.sequence == len(it.history)
        assert replay.passed() == it.places


@given(lives(), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_a_child_whose_keys_are_not_shredded_yet_is_told_of_no_more(
    stream: list[Event], number: int
) -> None:
    it = Erasing(stream, number)
    assert bytes_of(told(stream, beside(Places(it.places)))) == bytes_of(it.others)


@given(lives(), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_the_chain_of_one_authority_is_the_same_where_it_is_replayed_alone(
    stream: list[Event], number: int
) -> None:
    it = Erasing(stream, number)
    if not it.is_alone:
        return
    replayed = told(it.stream, beside(Places(it.places, only="999")))
    assert [(one.alert_id, one.chain) for one in replayed] == [
        (one.alert_id, one.chain) for one in it.others
    ]


@given(lives(), st.integers(0, 9), st.integers(0, 40))
@settings(max_examples=40, deadline=None)
def test_a_run_that_is_cut_passes_each_place_once(
    stream: list[Event], number: int, cut: int
) -> None:
    it = Erasing(stream, number)
    if not it.is_alone:
        return
    shelf = MemoryShelf()
    first = Machine(shelf, duties=(PLAN,), places=Places(it.places))
    cut = min(cut, len(it.stream) - 1)
    found = told(it.stream[:cut], first, ends=False) if cut else []
    second = Machine(shelf, first.sequence, (PLAN,), places=Places(it.places))
    found += told(it.stream[cut:], second)
    assert bytes_of(found) == bytes_of(it.others)
    assert [*first.passed(), *second.passed()] == it.places


def test_a_proof_that_leads_in_a_circle_is_left() -> None:
    circle = [
        Place(sequence=n, la="999", alert_id="a", number=n, before=before, chain=chain)
        for n, before, chain in ((1, "", "x"), (2, "x", ""))
    ]
    assert beside(Places(circle, only="999")).sequence == 2


def test_places_that_stand_alone_are_passed_though_nothing_else_is_told() -> None:
    place = Place(sequence=1, la="999", alert_id="a", number=1, before="", chain="ab")
    shelf = MemoryShelf()
    it = Machine(shelf, places=Places([place]))
    assert (it.sequence, shelf.authority("999").chain, it.passed()) == (1, "ab", [place])
    assert it.passed() == []
