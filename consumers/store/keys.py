"""Leaf keys for a process that only reads: asked of the key store when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import Any

import psycopg

from consumers.errors import ServiceLost
from consumers.sealing import ERASED, LeafKey
from consumers.wrapping import Wrapping, known_by

_WHO = """
SELECT set_config('joinedup.la', %s, true), set_config('joinedup.role', %s, true)
"""
_SELECT = "SELECT key_id, la, wrapped FROM leaf_keys WHERE key_id = ANY(%s)"
_SHREDDED = """
SELECT key_id, shredded_at FROM leaf_keys
WHERE shredded_at >= %s AND (%s::text IS NULL OR la = %s)
"""

Connected = Callable[[], AbstractContextManager[psycopg.Connection[Any]]]
"""Opens a connection to the key store, or lends one, while a block runs."""


class KeysOnRequest:
    """Reads keys over a connection of its own (the port ``consumers.store.sealed.Keys``)."""

    def __init__(
        self,
        dsn: str,
        wrapping: Wrapping,
        *,
        la: str = "",
        role: str = "lead",
        connected: Connected | None = None,
    ) -> None:
        """Take the key store's address and what wraps the keys in it.

        la, role: for a reader, the authority for which it reads, and as what; it gets the keys of
            no other.
        connected: lends a connection that others had before; without it each request makes one.
            Who reads is said in each transaction, so nothing of it stays on the connection.
        """
        self._connected = connected or partial(
            psycopg.connect, known_by(dsn, wrapping), connect_timeout=5
        )
        self._who = [la, role]
        self._wrapping = wrapping

    def get(self, key_ids: Iterable[str]) -> Mapping[str, LeafKey]:
        """Return the keys that exist, by id; a shredded one is ``ERASED``.

        Raises ServiceLost where the key store does not answer or refuses.
        """
        wanted = list(key_ids)
        if not wanted:
            return {}
        return {
            key_id: ERASED if wrapped is None else self._wrapping.unwrap(key_id, la, wrapped)
            for key_id, la, wrapped in self._rows(_SELECT, [wanted])
        }

    def shredded_since(self, moment: datetime, la: str | None = None) -> Mapping[str, datetime]:
        """Return which keys were shredded from this moment on, and when; la: of this one alone.

        Raises ServiceLost where the key store does not answer or refuses.
        """
        return dict(self._rows(_SHREDDED, [moment, la, la]))

    def _rows(self, query: str, asked: list[Any]) -> list[tuple[Any, ...]]:
        try:
            with self._connected() as connection:
                connection.execute(_WHO, self._who)
                return connection.execute(query.encode(), asked, binary=True).fetchall()
        except psycopg.OperationalError:
            raise ServiceLost(
                "The key store does not answer: see that it runs and that"
                " JOINEDUP_KEYS_DATABASE_URL is right."
            ) from None
        except psycopg.errors.InsufficientPrivilege:
            raise ServiceLost(
                "The key store refuses: the role in JOINEDUP_KEYS_DATABASE_URL may not read keys."
            ) from None
