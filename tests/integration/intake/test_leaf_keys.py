"""Leaf keys in PostgreSQL: durable before they are used, made once, erased for good."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest

from consumers.errors import BrokenPromise, ServiceLost
from consumers.keystore import PostgresLeafKeyMaker, PostgresLeafKeys, open_pool
from consumers.sealing import ERASED, KEY_BYTES, LeafKey
from consumers.wrapping import Wrapping
from stack import LocalStack

MASTER = bytes(range(32))
WANTED = {f"{number:032x}": "330" for number in range(1200)}
ONE = next(iter(WANTED))


class Keys:
    """The key store of one test, reached as intake, as join and as its owner."""

    def __init__(self, stack: LocalStack, store: str) -> None:
        self._stack = stack
        self._store = store

    def url(self, process: str) -> str:
        return self._stack.environment(process, store=self._store)["JOINEDUP_KEYS_DATABASE_URL"]

    def make(self, *, master: bytes = MASTER, at_once: int = 1) -> list[Mapping[str, LeafKey]]:
        """Make the wanted keys as so many intakes at once; return what each was given."""

        async def one() -> Mapping[str, LeafKey]:
            async with open_pool(self.url("intake")) as pool:
                return await PostgresLeafKeyMaker(pool, Wrapping(master)).get_or_create(WANTED)

        async def all_of_them() -> list[Mapping[str, LeafKey]]:
            return list(await asyncio.gather(*(one() for _ in range(at_once))))

        return asyncio.run(all_of_them())

    def read(self) -> Mapping[str, LeafKey]:
        """Read the wanted keys as the join."""

        async def read() -> Mapping[str, LeafKey]:
            async with open_pool(self.url("join")) as pool:
                return await PostgresLeafKeys(pool, Wrapping(MASTER)).get(WANTED)

        return asyncio.run(read())

    def shred(self, key_id: str) -> None:
        address = self._stack.owner_address(f"{self._store}_keys")
        with psycopg.connect(address) as connection:
            connection.execute(
                "UPDATE leaf_keys SET wrapped = NULL, shredded_at = now() WHERE key_id = %s",
                [key_id],
            )


@pytest.fixture
def keys(stack: LocalStack, store: str) -> Keys:
    return Keys(stack, store)


def test_what_intake_makes_the_join_reads(keys: Keys) -> None:
    (made,) = keys.make()
    assert made.keys() == WANTED.keys()
    assert {len(key) for key in made.values() if isinstance(key, bytes)} == {KEY_BYTES}
    assert keys.read() == made


def test_keys_that_two_make_at_once_are_made_once(keys: Keys) -> None:
    first, second = keys.make(at_once=2)
    assert first == second


def test_a_shredded_key_is_a_value_and_is_never_made_anew(keys: Keys) -> None:
    keys.make()
    keys.shred(ONE)
    assert keys.read()[ONE] is ERASED
    (again,) = keys.make()
    assert again[ONE] is ERASED


def test_keys_of_another_master_key_are_not_taken_for_ours(keys: Keys) -> None:
    keys.make()
    with pytest.raises(BrokenPromise, match="JOINEDUP_MASTER_KEY"):
        keys.make(master=bytes(32))


def test_no_key_is_stored_in_the_clear(keys: Keys, stack: LocalStack, store: str) -> None:
    (made,) = keys.make()
    with psycopg.connect(stack.owner_address(f"{store}_keys")) as connection:
        stored = {row[0] for row in connection.execute("SELECT wrapped FROM leaf_keys")}
    assert stored.isdisjoint(key for key in made.values() if isinstance(key, bytes))


@pytest.mark.parametrize(
    ("process", "statement"),
    [
        ("intake", "UPDATE leaf_keys SET wrapped = NULL"),
        ("intake", "DELETE FROM leaf_keys"),
        ("join", "INSERT INTO leaf_keys (key_id, la) VALUES ('', '')"),
        ("join", "DELETE FROM leaf_keys"),
    ],
)
def test_neither_intake_nor_join_can_erase_a_key(keys: Keys, process: str, statement: str) -> None:
    with (
        psycopg.connect(keys.url(process)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)  # type: ignore[call-overload]


def test_a_key_store_that_does_not_answer_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("consumers.keystore.CONNECT_SECONDS", 0.5)

    async def connect() -> None:
        async with open_pool(f"host={tmp_path} dbname=nowhere"):
            pass

    with pytest.raises(ServiceLost, match="key store does not answer"):
        asyncio.run(connect())
