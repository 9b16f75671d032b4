"""Ids of clusters in little memory."""

from __future__ import annotations

from consumers.store.packed import Packed
from tests.contract.store.shelves import token


def test_every_id_is_found_again() -> None:
    packed, ids = Packed(), [token(str(number)) for number in range(1_000)]
    for one in ids:
        packed.add(one)
    assert set(packed) == set(ids)


def test_ids_that_come_again_and_again_take_no_more_room_than_twice_their_number() -> None:
    packed, ids = Packed(), [token(str(number)) for number in range(100)]
    for _ in range(50):
        for one in ids:
            packed.add(one)
            assert len(packed) <= 2 * len(ids)
    assert set(packed) == set(ids)
