"""What has to be remembered from row to row, where there may be more of it than memory should hold.

It is kept in a temporary database of SQLite: on disk once it is large, readable by this user alone,
without a name in its folder from the moment it is made, so that a kill leaves nothing of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from hashlib import blake2b
from secrets import token_bytes
from types import TracebackType
from typing import Self

_HASH_BYTES = 16
_CACHE_KIB = 8 * 1024
"""What of it stays in memory; a file of some ten thousand rows never reaches the disk."""
_TABLES = """
CREATE TABLE kept.said (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE kept.met (key BLOB PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE kept.member (
  owner INTEGER NOT NULL, part TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (owner, part)
) WITHOUT ROWID;
CREATE TABLE kept.owner (key BLOB NOT NULL UNIQUE, number INTEGER PRIMARY KEY);
"""


class Kept:
    """Keys that were met, and what was said of each; keys are kept as hashes that tell nothing."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._salt = token_bytes(_HASH_BYTES)
        self._database = sqlite3.connect(":memory:", isolation_level=None)
        # A database of no name is a file that is unlinked as soon as it is opened.
        self._database.executescript(
            "PRAGMA temp_store = FILE; ATTACH '' AS kept; PRAGMA kept.journal_mode = OFF;"
            f" PRAGMA kept.synchronous = OFF; PRAGMA kept.cache_size = -{_CACHE_KIB};"
        )
        self._database.executescript(_TABLES)
        self._database.execute("BEGIN")

    def __enter__(self) -> Self:
        """Return what is kept."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Forget all of it."""
        self._database.close()

    def is_new(self, *key: str) -> bool:
        """Return whether this key is met for the first time."""
        return self._changed("INSERT OR IGNORE INTO kept.met VALUES (?, 1)", self._hash(*key))

    def times(self, *key: str) -> int:
        """Return how often this key was met, this time included."""
        row = self._database.execute(
            "INSERT INTO kept.met VALUES (?, 1)"
            " ON CONFLICT (key) DO UPDATE SET times = times + 1 RETURNING times",
            (self._hash(*key),),
        ).fetchone()
        return int(row[0])

    def said(self, *key: str) -> bytes | None:
        """Return what was said of this key last, or None where nothing was."""
        row = self._database.execute(
            "SELECT value FROM kept.said WHERE key = ?", (self._hash(*key),)
        ).fetchone()
        return bytes(row[0]) if row else None

    def say(self, value: bytes, *key: str) -> None:
        """Keep what is said of this key, in place of what was."""
        self._database.execute("REPLACE INTO kept.said VALUES (?, ?)", (self._hash(*key), value))

    def gather(self, owner: str, part: str, value: bytes) -> bool:
        """Keep a part of what belongs to an owner; return False where it has such a part."""
        key = self._hash(owner)
        self._database.execute("INSERT OR IGNORE INTO kept.owner (key) VALUES (?)", (key,))
        return self._changed(
            "INSERT OR IGNORE INTO kept.member"
            " SELECT number, ?2, ?3 FROM kept.owner WHERE key = ?1",
            key,
            part,
            value,
        )

    def gathered(self) -> Iterator[list[bytes]]:
        """Yield the parts of each owner in the parts' order, owners as they were first met."""
        owner, parts = None, list[bytes]()
        for number, value in self._database.execute(
            "SELECT owner, value FROM kept.member ORDER BY owner, part"
        ):
            if number != owner and parts:
                yield parts
                parts = []
            owner = number
            parts.append(bytes(value))
        if parts:
            yield parts

    def _changed(self, statement: str, *values: bytes | str) -> bool:
        return self._database.execute(statement, values).rowcount > 0

    def _hash(self, *key: str) -> bytes:
        text = "\x1f".join(key).encode("utf-8", "backslashreplace")
        return blake2b(text, digest_size=_HASH_BYTES, key=self._salt).digest()
