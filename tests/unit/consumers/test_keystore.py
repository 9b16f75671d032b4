"""Leaf keys: wrapped, remembered for a while, and gone when they are shredded."""

from __future__ import annotations

import asyncio

import pytest

from consumers.errors import BrokenPromise
from consumers.keystore import MemoryLeafKeys, RecentKeys
from consumers.sealing import ERASED, KEY_BYTES
from consumers.wrapping import Wrapping

MASTER = bytes(32)
KEY_ID = "0f" * 16


def test_a_wrapped_key_opens_under_the_master_key() -> None:
    wrapping = Wrapping(MASTER)
    assert wrapping.unwrap(KEY_ID, "330", wrapping.wrap(KEY_ID, "330", b"leaf key")) == b"leaf key"


@pytest.mark.parametrize(
    ("key_id", "la", "master"),
    [("ff" * 16, "330", MASTER), (KEY_ID, "331", MASTER), (KEY_ID, "330", b"1" * 32)],
)
def test_a_wrapped_key_opens_nowhere_else(key_id: str, la: str, master: bytes) -> None:
    wrapped = Wrapping(MASTER).wrap(KEY_ID, "330", b"leaf key")
    with pytest.raises(BrokenPromise, match="JOINEDUP_MASTER_KEY"):
        Wrapping(master).unwrap(key_id, la, wrapped)


def test_the_keys_used_longest_ago_are_let_go() -> None:
    recent = RecentKeys(2)
    recent.hold({"a": b"1", "b": b"2"})
    recent.held(["a"])
    recent.hold({"c": b"3"})
    assert recent.held(["a", "b", "c"]) == {"a": b"1", "c": b"3"}


def test_a_key_that_is_let_go_for_good_is_held_no_more_however_often_it_is_read() -> None:
    recent = RecentKeys(9)
    recent.hold({"a": b"1", "b": b"2"})
    recent.let_go(["a", "unknown"])
    recent.hold({"a": b"1"})
    assert recent.held(["a", "b"]) == {"b": b"2"}


def test_a_key_is_made_once() -> None:
    keys = MemoryLeafKeys()
    first = asyncio.run(keys.get_or_create({KEY_ID: "330"}))
    again = asyncio.run(keys.get_or_create({KEY_ID: "330"}))
    assert first == again
    assert isinstance(first[KEY_ID], bytes)
    assert len(first[KEY_ID]) == KEY_BYTES


def test_a_shredded_key_is_a_value_that_stays() -> None:
    keys = MemoryLeafKeys()
    keys.shred(KEY_ID)
    assert asyncio.run(keys.get_or_create({KEY_ID: "330"})) == {KEY_ID: ERASED}
