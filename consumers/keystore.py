"""The leaf keys, kept wrapped in their own database so that erasing a key erases a child."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_delay,
    wait_exponential,
)

from consumers.errors import BrokenPromise, ServiceLost
from consumers.sealing import ERASED, KEY_BYTES, LeafKey
from consumers.wrapping import Wrapping


class LeafKeys(Protocol):
    """Reads leaf keys: what the join needs."""

    async def get(self, key_ids: Iterable[str]) -> Mapping[str, LeafKey]:
        """Return the keys that exist, by id; a shredded one is ``ERASED``."""

    def let_go(self, key_ids: Iterable[str]) -> None:
        """Hold these in memory no more: their child is being erased."""


class LeafKeyMaker(LeafKeys, Protocol):
    """Reads leaf keys and makes those that are missing: what intake needs."""

    async def get_or_create(self, wanted: Mapping[str, str]) -> Mapping[str, LeafKey]:
        """Return a key for each wanted id (id to local authority), durable before it returns."""


class RecentKeys:
    """The keys used last, so that most batches ask the database nothing."""

    def __init__(self, size: int) -> None:
        """Hold at most ``size`` keys."""
        self._size = size
        self._keys: OrderedDict[str, LeafKey] = OrderedDict()
        self._never: set[str] = set()

    def let_go(self, key_ids: Iterable[str]) -> None:
        """Let go of these for good: the database is asked each time."""
        for key_id in key_ids:
            self._never.add(key_id)
            self._keys.pop(key_id, None)

    def held(self, key_ids: Iterable[str]) -> dict[str, LeafKey]:
        """Return those that are held, marking them as used."""
        found = {key_id: self._keys[key_id] for key_id in key_ids if key_id in self._keys}
        for key_id in found:
            self._keys.move_to_end(key_id)
        return found

    def hold(self, keys: Mapping[str, LeafKey]) -> None:
        """Hold these, letting go of those used longest ago."""
        self._keys.update({k: key for k, key in keys.items() if k not in self._never})
        while len(self._keys) > self._size:
            self._keys.popitem(last=False)


_SELECT = """
SELECT key_id, la, wrapped FROM leaf_keys WHERE key_id = ANY(%(key_ids)s)
"""

# A concurrent owner may have made the key first: what stands in the table is the key.
_INSERT = """
INSERT INTO leaf_keys (key_id, la, wrapped, mark)
SELECT given.*, %(mark)s
FROM unnest(%(key_ids)s::text[], %(las)s::text[], %(wrapped)s::bytea[]) AS given
ON CONFLICT (key_id) DO NOTHING
"""

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
Pool = AsyncConnectionPool[Connection]
CONNECT_SECONDS = 30.0
RETRY_SECONDS = 30.0
Keys = dict[str, LeafKey]


@asynccontextmanager
async def open_pool(url: str, *, size: int = 4) -> AsyncIterator[Pool]:
    """Give a pool of connections to the key store; raises ServiceLost when it does not answer."""
    pool: Pool = AsyncConnectionPool(url, min_size=1, max_size=size, open=False)
    try:
        await pool.open(wait=True, timeout=CONNECT_SECONDS)
    except PoolTimeout:
        raise _lost() from None
    try:
        yield pool
    finally:
        await pool.close()


def _lost() -> ServiceLost:
    return ServiceLost(
        "The key store does not answer or refuses us; see whether PostgreSQL runs with"
        " `joinedup status`, and check JOINEDUP_KEYS_DATABASE_URL."
    )


class PostgresLeafKeys:
    """Leaf keys read from PostgreSQL; read only, for the join."""

    def __init__(self, pool: Pool, wrapping: Wrapping, remembered: int = 50_000) -> None:
        """Take an open pool on the key store's database and what wraps the keys.

        remembered: how many keys are held in memory. A key shredded elsewhere stays readable
        here until ``let_go``, which the order to erase its child brings about.
        """
        self._pool = pool
        self._wrapping = wrapping
        self._recent = RecentKeys(remembered)

    def let_go(self, key_ids: Iterable[str]) -> None:
        """Hold these in memory no more: their child is being erased."""
        self._recent.let_go(key_ids)

    async def get(self, key_ids: Iterable[str]) -> Mapping[str, LeafKey]:
        """Return the keys that exist, by id; a shredded one is ``ERASED``."""
        wanted = set(key_ids)
        found = self._recent.held(wanted)
        missing = wanted - found.keys()
        if missing:
            found |= await self._asked(lambda connection: self._read(connection, missing))
        return found

    async def _asked(self, work: Callable[[Connection], Awaitable[Keys]]) -> Keys:
        """Return what the work gives in a transaction, done again while PostgreSQL is away.

        Raises ServiceLost where it stays away for longer than half a minute, or refuses.
        """
        again = AsyncRetrying(
            retry=retry_if_exception_type(psycopg.OperationalError),  # PoolTimeout is one
            stop=stop_after_delay(RETRY_SECONDS),
            wait=wait_exponential(multiplier=0.1, max=2.0),
            reraise=True,
        )
        try:
            return await again(self._once, work)
        except psycopg.Error as fault:
            raise _lost() from fault

    async def _once(self, work: Callable[[Connection], Awaitable[Keys]]) -> Keys:
        async with self._pool.connection() as connection:
            return await work(connection)

    async def _read(self, connection: Connection, key_ids: Iterable[str]) -> Keys:
        rows = await connection.execute(_SELECT, {"key_ids": list(key_ids)}, binary=True)
        keys: Keys = {
            key_id: ERASED if wrapped is None else self._wrapping.unwrap(key_id, la, wrapped)
            for key_id, la, wrapped in await rows.fetchall()
        }
        self._recent.hold(keys)
        return keys


class PostgresLeafKeyMaker(PostgresLeafKeys):
    """Leaf keys read from PostgreSQL and made at first sight; for intake."""

    async def get_or_create(self, wanted: Mapping[str, str]) -> Mapping[str, LeafKey]:
        """Return a key for each wanted id (id to local authority), durable before it returns."""
        found = dict(await self.get(wanted))
        missing = {key_id: la for key_id, la in wanted.items() if key_id not in found}
        if missing:
            found |= await self._create(missing)
        return found

    async def _create(self, missing: Mapping[str, str]) -> Keys:
        ordered = sorted(missing)
        rows = {
            "key_ids": ordered,
            "las": [missing[key_id] for key_id in ordered],
            "wrapped": [
                self._wrapping.wrap(key_id, missing[key_id], secrets.token_bytes(KEY_BYTES))
                for key_id in ordered
            ],
            "mark": self._wrapping.mark,
        }

        async def work(connection: Connection) -> Keys:
            try:
                await connection.execute(_INSERT, rows)
            except psycopg.errors.InsufficientPrivilege as refused:
                if "row-level security" in (refused.diag.message_primary or ""):
                    raise BrokenPromise(
                        "The master key that this process was started with is forgotten: start it"
                        " again with the settings that stand now."
                    ) from None
                raise
            return await self._read(connection, ordered)

        return await self._asked(work)


class MemoryLeafKeys:
    """Leaf keys in memory: for tests and dry replays."""

    def __init__(self) -> None:
        """Start with no key."""
        self.keys: dict[str, LeafKey] = {}

    async def get(self, key_ids: Iterable[str]) -> Mapping[str, LeafKey]:
        """Return the keys that exist, by id; a shredded one is ``ERASED``."""
        return {key_id: self.keys[key_id] for key_id in key_ids if key_id in self.keys}

    async def get_or_create(self, wanted: Mapping[str, str]) -> Mapping[str, LeafKey]:
        """Return a key for each wanted id, made where it is missing."""
        for key_id in wanted:
            self.keys.setdefault(key_id, secrets.token_bytes(KEY_BYTES))
        return {key_id: self.keys[key_id] for key_id in wanted}

    def let_go(self, key_ids: Iterable[str]) -> None:
        """Hold these no less than before: they are nowhere else."""

    def shred(self, key_id: str) -> None:
        """Forget this key: what it sealed is gone."""
        self.keys[key_id] = ERASED
