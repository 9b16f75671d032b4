"""Which records are put forward: only those that a person may, and has yet to, decide on."""

from __future__ import annotations

from datetime import date

import msgspec

from consumers.matching.finding import Leaf, Opened, Said, put_forward, said_of
from consumers.matching.model import MODEL
from journey.events import Event, Identifier
from tests.unit.journey.streams import CARE, SCHOOL, at, event

HEALTH = "health/epr"
BORN = date(2012, 5, 1)
NAMES = {"given_name": "Amy", "family_name": "Lowe", "postcode": "M1 1AE"}

OTHERS = {"given_name": "Bo", "family_name": "Zimmermann", "postcode": "SW1P 3BT"}


def details(leaf: str, source: str, kappa: int = at(1), **fields: object) -> Opened:
    record = {name: fields.pop(name, value) for name, value in NAMES.items()}
    known: dict[str, object] = {"leaf": leaf, "source": source, "own_id": True, **fields}
    known.setdefault("date_of_birth", BORN)
    return Opened(event("ChildDetailsRecorded", kappa, f"details-{leaf}", **known), record)


def decision(type_: str, **data: object) -> Opened:
    found = event(type_, at(2), type_, leaf="", data={"first": "a", "second": "b", **data})
    return Opened(found, {})


BOTH = (details("a", SCHOOL), details("b", CARE))
LEAVES = {name: Leaf(child=f"child-{name}", shielded=False) for name in "abc"}


def pairs(said: Said, leaves: dict[str, Leaf] | None = None) -> list[tuple[str, str]]:
    return [(one.first, one.second) for one in put_forward(said, leaves or LEAVES)]


def test_two_records_alike_of_two_systems_are_put_forward() -> None:
    assert pairs(said_of(BOTH)) == [("a", "b")]


def test_a_shielded_record_is_not_even_compared() -> None:
    hidden = {**LEAVES, "b": Leaf(child="child-b", shielded=True)}
    assert pairs(said_of(BOTH), hidden) == []


def test_one_child_and_a_leaf_that_is_nobody_s_any_more_are_not_put_forward() -> None:
    one = {name: Leaf(child="child", shielded=False) for name in "ab"}
    assert pairs(said_of(BOTH), one) == []
    assert pairs(said_of(BOTH), {"a": LEAVES["a"]}) == []


def test_what_a_person_decided_either_way_is_not_asked_again() -> None:
    for verdict in ("SAME", "NOT_SAME"):
        said = said_of([*BOTH, decision("IdentityLinkDecided", verdict=verdict)])
        assert pairs(said) == []


def test_two_of_one_system_are_two_as_that_system_says() -> None:
    assert pairs(said_of([details("a", SCHOOL), details("b", SCHOOL)])) == []


def test_two_verified_nhs_numbers_are_two_children_and_one_speaks_against_nothing() -> None:
    def with_number(token: str, status: str = "VERIFIED") -> dict[str, object]:
        return {"identifiers": (Identifier("NHS", token, status),)}

    mine = details("a", SCHOOL, **with_number("1"))
    assert pairs(said_of([mine, details("b", HEALTH, **with_number("2"))])) == []
    doubtful = details("b", HEALTH, **with_number("2", "UNVERIFIED"))
    assert pairs(said_of([mine, doubtful])) == [("a", "b")]
    assert pairs(said_of([mine, details("b", HEALTH)])) == [("a", "b")]


def test_of_a_record_the_highest_revision_counts_and_of_a_leaf_what_it_said_last() -> None:
    other = details("b", CARE, at(3), revision=2, **OTHERS)
    assert pairs(said_of([*BOTH, other])) == []
    gone = details("b", CARE, at(3), revision=2, retracted=True)
    assert pairs(said_of([*BOTH, gone])) == []
    moved = details("b", CARE, at(4), day=9)
    renamed = msgspec.structs.replace(moved.event, record="other-record")
    last = Opened(renamed, OTHERS)
    assert pairs(said_of([*BOTH, last])) == []


def test_what_was_put_forward_by_these_numbers_is_known() -> None:
    said = said_of([*BOTH, decision("IdentityCandidateFound", model=MODEL)])
    assert said.forward == {("a", "b")}
    assert said_of([decision("IdentityCandidateFound", model="older")]).forward == set()


def test_nothing_of_a_person_is_in_the_event_that_the_core_has() -> None:
    (one, _) = BOTH
    assert isinstance(one.event, Event)
    assert not set(NAMES) & set(one.event.data)
