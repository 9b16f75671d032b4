"""What becomes of a child whose records a person shields, and of its alerts."""

from __future__ import annotations

import msgspec

from journey.cluster import Cluster
from journey.events import Event
from journey.machine import Machine
from journey.shelf import MemoryShelf
from journey.shield import WITHHELD
from journey.transition import Kind, Transition, audited
from tests.unit.journey.parks import fragile, marked
from tests.unit.journey.streams import CARE, LA, SCHOOL, at, event, machine, shield, upn
from tests.unit.journey.test_merging import LINKED, PERSON, note, start, told, verdict

ONE, TWO = upn("1"), upn("2")


def cluster_of(stream: list[Event | int], leaf: str = "a", it: Machine | None = None) -> Cluster:
    it = it or machine()
    told(stream, it)
    return it._shelf.find(LA, [leaf])[0]


def households(stream: list[Event | int]) -> set[frozenset[str]]:
    identity = cluster_of(stream).identity
    return {identity.leaves_of(child) for child in identity.anchors}


def test_a_shield_undoes_the_links_of_every_record_that_it_names() -> None:
    assert households(LINKED) == {frozenset("ab")}
    assert households([*LINKED, shield(at(3), "a", "b")]) == {frozenset("a"), frozenset("b")}


def test_no_identifier_and_no_person_s_word_links_a_shielded_record() -> None:
    word = verdict(at(4), "d", "a", "c", "SAME")
    later = [*LINKED, note(at(2), "c", "health/system"), shield(at(3), "a"), word]
    cluster = cluster_of(later)
    assert cluster.identity.leaves_of(cluster.identity.children["a"]) == {"a"}
    assert cluster.reviews == ()
    assert not cluster.identity.doubtful


def test_what_comes_later_under_an_identifier_of_a_shielded_record_is_shielded_with_it() -> None:
    new_school = note(at(5), "c", "other-school/mis", identifiers=(ONE,))
    stream = [note(at(1), "a", SCHOOL, identifiers=(ONE,)), shield(at(3), "a"), new_school]
    assert cluster_of(stream).identity.shielded == {"a", "c"}
    known_apart = [*stream, verdict(at(4), "d", "a", "c", "NOT_SAME")]
    assert cluster_of(known_apart).identity.shielded == {"a"}
    lifted = [*stream, shield(at(6), "c", lifted=True)]
    assert cluster_of(lifted).identity.shielded == {"a"}


def test_only_identifiers_that_link_spread_a_shield_and_only_to_their_bearers() -> None:
    stream = [
        note(at(1), "a", SCHOOL, identifiers=(ONE,)),
        note(at(2), "b", CARE, identifiers=(ONE, TWO)),
        note(at(2), "c", "health/system", identifiers=(TWO,)),
        note(at(2), "d", "other/mis", identifiers=(upn("1", "TEMPORARY"),)),
        verdict(at(2), "w", "a", "d", "SAME"),
        shield(at(3), "a"),
    ]
    cluster = cluster_of(stream)
    assert cluster.identity.shielded == {"a", "b"}
    assert {"c", "d"} <= cluster.identity.children.keys()


def test_the_last_decision_on_a_record_counts_in_whatever_order_they_come() -> None:
    on, off = shield(at(3), "a", "b"), shield(at(4), "a", "b", lifted=True)
    for order in ([on, off], [off, on]):
        assert cluster_of([*LINKED, *order]).identity.shielded == frozenset()
    again = shield(at(5), "a", "b")
    assert cluster_of([*LINKED, again, off, on]).identity.shielded == {"a", "b"}


def test_a_shield_that_is_lifted_leaves_what_was() -> None:
    lifted = [*LINKED, shield(at(3), "a", "b"), shield(at(4), "a", "b", lifted=True)]
    assert cluster_of(lifted).identity == cluster_of(LINKED).identity


def is_bare(transition: Transition) -> bool:
    words = {transition.detail, transition.arithmetic}
    events = (transition.because, transition.met_by, transition.waiting_for)
    return transition.withheld and words == {WITHHELD} and not any(events)


def test_an_alert_on_a_shielded_child_is_told_without_its_details() -> None:
    (opened,) = told([start(at(1), "a"), shield(at(3), "a"), at(13)])
    assert opened.kind == Kind.OPENED
    assert is_bare(opened)


def test_an_open_alert_is_told_anew_without_details_and_in_full_once_the_shield_is_lifted() -> None:
    stream = [start(at(1), "a"), at(13), shield(at(14), "a"), shield(at(15), "a", lifted=True)]
    opened, hidden, shown = told(stream)
    assert [t.kind for t in (hidden, shown)] == [Kind.AMENDED, Kind.AMENDED]
    assert is_bare(hidden) and hidden.alert_id == opened.alert_id
    assert (shown.because, shown.arithmetic) == (opened.because, opened.arithmetic)
    assert not shown.withheld


def test_an_alert_whose_shielded_child_has_no_record_any_more_is_taken_back_bare() -> None:
    placed = start(at(1), "a")
    gone = msgspec.structs.replace(placed, kappa=at(14), revision=2, retracted=True)
    opened, withdrawn = told([shield(at(1), "a"), placed, at(13), gone])
    assert (opened.kind, withdrawn.kind) == (Kind.OPENED, Kind.WITHDRAWN)
    assert is_bare(opened) and is_bare(withdrawn)


def test_a_shield_after_a_link_parts_the_alerts_and_takes_back_what_only_the_link_made() -> None:
    link = note(at(2), "a", SCHOOL, identifiers=(ONE,))
    both = [link, start(at(1), "a"), start(at(3), "b", CARE, identifiers=(ONE,)), at(14)]
    one, two = told(both)
    assert one.child == two.child
    changed = told([*both, shield(at(15), "a", "b")])[2:]
    assert {t.alert_id for t in changed} == {one.alert_id, two.alert_id}
    assert len({t.child for t in changed}) == 2
    assert all(map(is_bare, changed))


def test_what_was_told_of_another_child_and_rests_on_a_shielded_record_is_taken_back_bare() -> None:
    """The key of the child that the two were stays with the earlier record, which is not hidden."""
    it = Machine(MemoryShelf(), duties=(PERSON,))
    apart = verdict(at(14), "x", "a", "b", "NOT_SAME")
    joint = [note(at(1), "a", SCHOOL, identifiers=(ONE,)), start(at(2), "b", CARE)]
    link = note(at(3), "b", CARE, identifiers=(ONE,))
    opened, *_, gone, heir = told([*joint, link, at(13), shield(at(14), "b"), apart, at(15)], it)
    assert (opened.kind, gone.kind, heir.kind) == (Kind.OPENED, Kind.WITHDRAWN, Kind.OPENED)
    assert opened.child == gone.child != heir.child
    assert is_bare(gone) and is_bare(heir) and not is_bare(opened)


def test_what_another_child_owes_is_told_in_full_beside_a_shielded_one() -> None:
    apart = verdict(at(2), "x", "a", "b", "NOT_SAME")
    stream = [start(at(1), "a", identifiers=(ONE,)), start(at(1), "b", CARE, identifiers=(ONE,))]
    found = told([*stream, apart, shield(at(3), "b"), at(13)])
    assert sorted(map(is_bare, found)) == [False, True]


def test_a_shield_waits_behind_no_record_that_could_not_be_taken() -> None:
    it = fragile()
    it.record(event("Note", at(1), "note"))
    it.record(marked(at(2)))
    it.record(shield(at(3), "leaf-a"))
    cluster = it._shelf.find(LA, ["leaf-a"])[0]
    assert cluster.identity.shielded == {"leaf-a"}
    assert [one.record for one in cluster.parked] == ["marked"]


def test_what_is_not_withheld_has_the_bytes_that_it_always_had() -> None:
    (opened,) = told([start(at(1), "a"), at(13)])
    assert "withheld" not in audited(opened)
    assert audited(msgspec.structs.replace(opened, withheld=True))["withheld"] is True


def test_a_shield_on_nobody_known_changes_nothing() -> None:
    it = Machine(MemoryShelf())
    assert it.record(shield(at(1), "nobody")).transitions == []
