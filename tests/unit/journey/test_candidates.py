"""Two leaves put forward to be looked at: seen by a person, and tied to neither child."""

from __future__ import annotations

from journey.events import Event
from journey.identity import Review
from journey.machine import Machine
from tests.unit.journey.streams import CARE, LA, SCHOOL, at, event, machine
from tests.unit.journey.test_merging import note, told

ALONE: list[Event | int] = [note(at(1), "a", SCHOOL), note(at(1), "b", CARE)]


def candidate(kappa: int, **fields: object) -> Event:
    data = {"first": "a", "second": "b", "model": "1", "weight": 9.5, "because": ["born/same/12.2"]}
    known: dict[str, object] = {"leaf": "", "agency": "governance", "data": data, **fields}
    return event("IdentityCandidateFound", kappa, "candidate", **known)


def taken(*records: Event) -> Machine:
    it = machine()
    told([*ALONE, *records], it)
    return it


def test_a_candidate_is_put_to_a_person_and_links_nobody() -> None:
    it = taken(candidate(at(2)))
    (own,) = it._shelf.find(LA, ["candidate"])
    assert own.reviews == (Review("candidate", "candidate", "candidate", "alike", at(2)),)
    both = it._shelf.find(LA, ["a", "b"])
    assert [list(one.identity.children) for one in both] == [["a"], ["b"]]
    assert not any(one.reviews or one.identity.doubtful for one in both)


def test_a_later_comparison_of_the_same_two_is_one_thing_to_look_at() -> None:
    it = taken(candidate(at(2)), candidate(at(3), revision=2))
    (own,) = it._shelf.find(LA, ["candidate"])
    assert [one.kappa for one in own.reviews] == [at(3)]


def test_a_candidate_that_is_taken_back_is_looked_at_no_more() -> None:
    it = taken(candidate(at(2)), candidate(at(3), revision=2, retracted=True))
    (own,) = it._shelf.find(LA, ["candidate"])
    assert own.reviews == ()
