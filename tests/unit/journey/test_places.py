"""Whoever is not erased keeps the sequence and the chain that they had."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.erasing import Outcome
from journey.events import Event
from journey.machine import Machine, Result
from journey.places import Place, Places
from journey.shelf import MemoryShelf
from journey.transition import Transition
from tests.property.test_core import bytes_of
from tests.property.test_erasing import a_child, erased, lives, of_clusters, told
from tests.unit.journey.streams import PLAN, event, machine, upn


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


@given(lives(), st.integers(0, 9), st.integers(0, 60), st.booleans())
@settings(max_examples=120, deadline=None)
def test_after_an_order_everybody_else_is_told_the_same_by_the_join_and_by_a_later_replay(
    stream: list[Event], number: int, when: int, together: bool
) -> None:
    when = min(1 + when, len(stream))
    first = MemoryShelf()
    told(stream[:when], machine(first), ends=False)
    leaves = a_child(first, number)
    if not leaves:
        return
    order = an_order(first, leaves, stream[when - 1].kappa)
    if together:
        leaves = frozenset(first.find("999", sorted(leaves))[0].identity.children)
        order = msgspec.structs.replace(order, data={**order.data, "leaves": sorted(leaves)})
    live = MemoryShelf()
    join = machine(live)
    history = told(stream[:when], join, ends=False)
    erasing = join.record(order).erasing
    history += told(stream[when:] or [order], join)
    assert erasing is not None
    if erasing.outcome is not Outcome.DONE:
        assert erasing.outcome is Outcome.SHARED and erasing.cluster is None
        assert len(first.find("999", sorted(leaves))) > 1 or not together
        return
    places = places_of(history, erasing.alerts)
    dark = [*erased(stream[:when], erasing.subjects), order]
    dark += erased(stream[when:], erasing.subjects) or [order]
    later = MemoryShelf()
    replay = Machine(later, duties=(PLAN,), places=Places(places))
    others = [one for one in history if one.alert_id not in erasing.alerts]
    assert bytes_of(told(dark, replay)) == bytes_of(others)
    assert replay.sequence == len(history)
    assert later._ghosts == live._ghosts
    for leaf in leaves:
        assert live.find("999", [leaf]) == []


def an_order(shelf: MemoryShelf, leaves: frozenset[str], kappa: int) -> Event:
    """Return the order to erase the child of these leaves."""
    found = {
        (cluster.la, cluster.identity.children[leaf])
        for cluster in shelf._clusters.values()
        for leaf in leaves & cluster.identity.children.keys()
    }
    ((la, child),) = found
    data = {"child": child, "leaves": sorted(leaves)}
    known = {"agency": "governance", "source": "la/leads", "leaf": ""}
    order = event("ErasureOrdered", kappa, "order", data=data, **known)
    return msgspec.structs.replace(order, la=la)


def test_an_order_that_finds_the_child_moved_on_changes_nothing() -> None:
    shelf = MemoryShelf()
    it = machine(shelf)
    it.record(event("Note", 5, "n", leaf="a"))
    order = an_order(shelf, frozenset({"a"}), 6)
    other = msgspec.structs.replace(order, data={**order.data, "child": "somebody"})
    erasing = it.record(other).erasing
    assert erasing is not None and erasing.outcome is Outcome.MOVED
    assert len(shelf.find("999", ["a"])) == 1
    assert shelf.authority("999").erased == frozenset()


def test_what_comes_of_an_erased_leaf_is_a_ghost_though_it_can_be_read() -> None:
    shelf = MemoryShelf()
    it = machine(shelf)
    it.record(event("Note", 5, "n", leaf="a"))
    it.record(an_order(shelf, frozenset({"a"}), 6))
    again = it.record(event("Note", 7, "m", leaf="a"))
    assert again.result is Result.ERASED
    assert shelf.find("999", ["a", "m"]) == []
    assert shelf.ghost("999", "m") is not None


def test_a_second_order_finds_nothing() -> None:
    shelf = MemoryShelf()
    it = machine(shelf)
    it.record(event("Note", 5, "n", leaf="a"))
    order = an_order(shelf, frozenset({"a"}), 6)
    outcomes = [told.erasing and told.erasing.outcome for told in map(it.record, (order, order))]
    assert outcomes == [Outcome.DONE, Outcome.NOTHING]


def a_decision(held: bool, kappa: int) -> Event:
    known = {"agency": "governance", "source": "la/leads", "leaf": ""}
    data = {"child": "c", "leaves": ["a"], "held": held}
    return event("HoldDecisionRecorded", kappa, f"hold-{kappa}", data=data, **known)


def test_a_child_that_is_held_is_not_erased_until_the_hold_is_lifted() -> None:
    shelf = MemoryShelf()
    it = machine(shelf)
    it.record(event("Note", 5, "n", leaf="a"))
    order = an_order(shelf, frozenset({"a"}), 9)
    it.record(a_decision(True, 6))
    held = it.record(msgspec.structs.replace(order, kappa=7)).erasing
    assert held is not None and held.outcome is Outcome.HELD
    assert len(shelf.find("999", ["a"])) == 1
    assert shelf.authority("999").erased == frozenset()
    it.record(a_decision(False, 8))
    lifted = it.record(order).erasing
    assert lifted is not None and lifted.outcome is Outcome.DONE


def test_a_hold_on_one_leaf_holds_the_child_whatever_leaves_the_order_names() -> None:
    shelf = MemoryShelf()
    it = machine(shelf)
    for name in ("a", "b"):
        it.record(event("Note", 5, name, leaf=name, identifiers=(upn("1"),)))
    it.record(a_decision(True, 6))
    order = an_order(shelf, frozenset({"b"}), 7)
    erasing = it.record(order).erasing
    assert erasing is not None and erasing.outcome is Outcome.HELD
