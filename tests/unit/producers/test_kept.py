"""What is remembered from row to row: told once, in order, and on no disk under a name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from producers.files.kept import Kept

DESCRIPTORS = Path("/proc/self/fd")


def temporary() -> Iterator[Path]:
    """Yield the descriptors of this process that are temporary files of SQLite."""
    for name in os.listdir(DESCRIPTORS):
        link = DESCRIPTORS / name
        if link.is_symlink() and "etilqs_" in os.readlink(link):
            yield link


def test_a_key_is_new_once_and_counted_each_time() -> None:
    with Kept() as kept:
        assert [kept.is_new("a", "b") for _ in range(2)] == [True, False]
        assert kept.is_new("ab")
        assert [kept.times("c") for _ in range(3)] == [1, 2, 3]


def test_what_was_said_last_of_a_key_is_told() -> None:
    with Kept() as kept:
        assert kept.said("a") is None
        kept.say(b"1", "a")
        kept.say(b"2", "a")
        assert kept.said("a") == b"2"


def test_parts_come_by_owner_as_each_was_first_met_and_in_the_parts_order() -> None:
    with Kept() as kept:
        given = [("z", "2"), ("a", "1"), ("z", "1"), ("z", "2")]
        taken = [kept.gather(owner, part, f"{owner}{part}".encode()) for owner, part in given]
        assert taken == [True, True, True, False]
        assert list(kept.gathered()) == [[b"z1", b"z2"], [b"a1"]]


@pytest.mark.skipif(not DESCRIPTORS.exists(), reason="only Linux shows what is open in /proc")
def test_what_is_too_much_for_memory_is_in_a_file_of_no_name_for_this_user_alone() -> None:
    before = set(temporary())
    with Kept() as kept:
        for number in range(3_000):
            kept.say(bytes(5_000), str(number))
        (opened,) = set(temporary()) - before
        assert os.readlink(opened).endswith(" (deleted)")
        assert opened.stat().st_mode & 0o777 == 0o600
    assert set(temporary()) == before
