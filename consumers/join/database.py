"""The join's connection to the store, and its keys, for work that runs in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

import psycopg

from consumers.errors import ServiceLost
from consumers.keystore import LeafKeys
from consumers.sealing import LeafKey
from consumers.store.loading import Connection

PATIENCE = 60.0  # seconds

# A commit that a crash of PostgreSQL loses takes the offset with it, so it is only done again.
_OPTIONS = "-c synchronous_commit=off"


def connect(dsn: str) -> Connection:
    """Return a connection for the join; raises psycopg.OperationalError where none is to be had."""
    return psycopg.connect(dsn, connect_timeout=5, options=_OPTIONS, application_name="join")


class KeysFromThread:
    """Asks the event loop's key store from a thread (the port ``consumers.store.sealed.Keys``)."""

    def __init__(self, keys: LeafKeys, loop: asyncio.AbstractEventLoop) -> None:
        """Take the key store and the loop that it lives on."""
        self._keys = keys
        self._loop = loop

    def get(self, key_ids: Iterable[str]) -> Mapping[str, LeafKey]:
        """Return the keys that exist, by id; a shredded one is ``ERASED``."""
        asked = asyncio.run_coroutine_threadsafe(self._get(list(key_ids)), self._loop)
        try:
            return asked.result(PATIENCE)
        except TimeoutError:
            raise ServiceLost(
                "The key store did not answer: see that it runs and that"
                " JOINEDUP_KEYS_DATABASE_URL is right."
            ) from None

    def let_go(self, key_ids: Iterable[str]) -> None:
        """Have these held in memory no more: their child is being erased."""
        self._loop.call_soon_threadsafe(self._keys.let_go, list(key_ids))

    async def _get(self, key_ids: list[str]) -> Mapping[str, LeafKey]:
        return await self._keys.get(key_ids)
