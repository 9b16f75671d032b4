"""Agreements on journeys are kept, each version once, and tell nothing."""

from __future__ import annotations

from journey.agreements import AGREEMENT
from journey.machine import Result
from journey.shelf import MemoryShelf
from tests.unit.journey.streams import LA, at, event, joined, machine, on

GIVEN = {"agency": "governance", "source": "la/leads", "leaf": ""}


def test_every_version_is_kept_once_and_no_child_is_made_of_it() -> None:
    shelf = MemoryShelf()
    it = machine(shelf)
    it.record(joined("la/leads", at(1)))
    versions = [
        event(
            AGREEMENT, at(2 + n), "agreement", revision=n, **GIVEN, data={"in_force_until": on(n)}
        )
        for n in (1, 2)
    ]
    for one in (*versions, versions[0]):
        told = it.record(one)
        assert (told.result, told.transitions) == (Result.CONTROL, [])
    kept = shelf.authority(LA).agreement_records
    assert list(kept.values()) == versions
    assert shelf.find(LA, ["agreement"]) == []
