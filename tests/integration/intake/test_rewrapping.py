"""Wrapping keys anew loses none, brings none back, and waits for nobody."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from consumers.errors import BrokenPromise
from consumers.rewrapping import Connection, Rewrapping
from consumers.sealing import ERASED
from consumers.store.keys import KeysOnRequest
from consumers.wrapping import Wrapping
from stack import LocalStack
from tests.integration.intake.test_leaf_keys import MASTER, ONE, WANTED, Keys

NEW = bytes(range(1, 33))
BOTH = Wrapping(NEW, MASTER)


@pytest.fixture
def keys(stack: LocalStack, store: str) -> Keys:
    """A key store with 1,200 keys."""
    found = Keys(stack, store)
    found.make()
    return found


@pytest.fixture
def owner(keys: Keys, stack: LocalStack, store: str) -> Iterator[Connection]:
    with psycopg.connect(stack.owner_address(f"{store}_keys"), autocommit=True) as connection:
        yield connection


def test_every_key_is_the_same_as_before_under_the_new_one_alone(
    keys: Keys, owner: Connection
) -> None:
    before = keys.read()
    rewrapping = Rewrapping(owner, BOTH)
    assert rewrapping.since() is None
    assert rewrapping.rewrap(batch=500) == (len(WANTED), 0)
    assert rewrapping.require_all_opens() == len(WANTED)
    assert KeysOnRequest(keys.url("join"), Wrapping(NEW)).get(WANTED) == before
    since = rewrapping.since()
    assert since is not None
    assert (rewrapping.rewrap(), rewrapping.since()) == ((0, 0), since), "again changes nothing"


def test_a_shredded_key_stays_shredded(keys: Keys, owner: Connection) -> None:
    keys.shred(ONE)
    rewrapping = Rewrapping(owner, BOTH)
    assert rewrapping.rewrap() == (len(WANTED) - 1, 0)
    rewrapping.forget()
    assert KeysOnRequest(keys.url("join"), Wrapping(NEW)).get([ONE]) == {ONE: ERASED}


def test_who_shreds_a_key_is_not_waited_for_and_wins(
    keys: Keys, owner: Connection, stack: LocalStack, store: str
) -> None:
    rewrapping = Rewrapping(owner, BOTH)
    with psycopg.connect(stack.address("eraser", f"{store}_keys")) as shredding:
        shredding.execute(
            "UPDATE leaf_keys SET wrapped = NULL, shredded_at = now() WHERE key_id = %s", [ONE]
        )
        assert rewrapping.rewrap() == (len(WANTED) - 1, 1)
        assert rewrapping.since() is None
    assert rewrapping.rewrap() == (0, 0)
    assert KeysOnRequest(keys.url("join"), BOTH).get([ONE]) == {ONE: ERASED}


def test_a_process_that_was_never_told_can_add_no_key_once_the_old_one_is_forgotten(
    keys: Keys, owner: Connection
) -> None:
    rewrapping = Rewrapping(owner, BOTH)
    rewrapping.rewrap()
    rewrapping.forget()
    owner.execute("DELETE FROM leaf_keys WHERE key_id = %s", [ONE])
    owner.execute("UPDATE leaf_keys SET wrapped = NULL, shredded_at = now()")  # it opens none
    with pytest.raises(BrokenPromise, match="is forgotten: start it again"):
        keys.make()
    made = keys.make(master=NEW)[0]
    assert isinstance(made[ONE], bytes)


def test_the_old_one_is_not_forgotten_while_it_wraps_a_key(keys: Keys, owner: Connection) -> None:
    with pytest.raises(BrokenPromise, match="Nothing was forgotten"):
        Rewrapping(owner, BOTH).forget()
    keys.make()  # of before, which runs on


def test_a_key_that_neither_opens_stays_as_it_is_and_is_said(keys: Keys, owner: Connection) -> None:
    wrapped = Wrapping(bytes(32)).wrap(ONE, "330", b"of a third")
    owner.execute("UPDATE leaf_keys SET wrapped = %s WHERE key_id = %s", [wrapped, ONE])
    with pytest.raises(BrokenPromise, match="does not open"):
        Rewrapping(owner, BOTH).rewrap()
    query = "SELECT wrapped FROM leaf_keys WHERE key_id = %s"
    assert owner.execute(query, [ONE]).fetchall() == [(wrapped,)]
