"""Wraps every leaf key of a key store under a new master key, while others read and add keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from consumers.errors import BrokenPromise
from consumers.failpoint import FailPoint, nothing_fails
from consumers.wrapping import Wrapping

BATCH = 1_000

# A row that somebody else holds, such as who shreds it, is left to the next pass: nobody who
# waits for us is waited for.
_OTHERS = """
SELECT key_id, la, wrapped FROM leaf_keys
WHERE wrapped IS NOT NULL AND mark IS DISTINCT FROM %(mark)s AND key_id > %(after)s
ORDER BY key_id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
"""
_REWRAP = """
UPDATE leaf_keys SET wrapped = given.wrapped, mark = %(mark)s
FROM unnest(%(key_ids)s::text[], %(wrapped)s::bytea[]) AS given(key_id, wrapped)
WHERE leaf_keys.key_id = given.key_id AND leaf_keys.wrapped IS NOT NULL
"""
_LEFT = "SELECT count(*) FROM leaf_keys WHERE wrapped IS NOT NULL AND mark IS DISTINCT FROM %s"
_ALL = "SELECT key_id, la, wrapped FROM leaf_keys WHERE wrapped IS NOT NULL"
_WRAPS_ALL = """
INSERT INTO master_keys AS known (mark, wraps_all_since) VALUES (%(mark)s, now())
ON CONFLICT (mark) DO UPDATE SET wraps_all_since = now()
WHERE known.wraps_all_since IS NULL OR %(again)s
"""
_SINCE = "SELECT wraps_all_since FROM master_keys WHERE mark = %s"
_FORGET = """
INSERT INTO master_keys (mark, forgotten_at) VALUES (%s, now())
ON CONFLICT (mark) DO UPDATE SET forgotten_at = coalesce(master_keys.forgotten_at, now())
"""
_SESSIONS = """
SELECT usename, application_name FROM pg_stat_activity
WHERE datname = %s AND usename LIKE 'joinedup\\_%%'
  AND usename NOT IN ('joinedup_owner', 'joinedup_eraser', 'joinedup_backup')
ORDER BY 1
"""

Connection = psycopg.Connection[Any]


class Rewrapped(NamedTuple):
    """What one pass did. now: wrapped anew; left: still wrapped otherwise, or held by somebody."""

    now: int
    left: int


class Rewrapping:
    """Wraps the leaf keys of one key store anew, as its owner; each step can be done again."""

    def __init__(
        self, connection: Connection, wrapping: Wrapping, fail: FailPoint = nothing_fails
    ) -> None:
        """Take a connection in the role of the owner, and the new key with the one before it."""
        self._connection = connection
        self._wrapping = wrapping
        self._fail = fail

    def rewrap(self, batch: int = BATCH) -> Rewrapped:
        """Wrap anew what another key wraps, so many rows a transaction; a shredded key stays so.

        Cut short anywhere, it goes on when it is called again: each row says which key wraps it.
        Raises BrokenPromise where a row opens under none of the keys; it stays as it is.
        """
        done, after = 0, ""
        while True:
            with self._connection.transaction():
                rows = self._rewrap_after(after, batch)
                self._fail("before-batch")
            if not rows:
                break
            done, after = done + len(rows), rows[-1]
        left = self._count_left()
        if not left:
            self._note_all(again=bool(done))
        return Rewrapped(done, left)

    def since(self) -> datetime | None:
        """Return from when on the new key wraps all (UTC); None where it does not yet."""
        found = self._connection.execute(_SINCE, [self._wrapping.mark]).fetchone()
        return found[0] if found and not self._count_left() else None

    def require_all_opens(self) -> int:
        """Return how many keys open under the new master key alone.

        Raises BrokenPromise where one does not.
        """
        alone = self._wrapping.without_those_before()
        count = 0
        with self._connection.transaction(), self._connection.cursor("all") as rows:
            for key_id, la, wrapped in rows.execute(_ALL):
                alone.unwrap(key_id, la, wrapped)
                count += 1
        return count

    def forget(self) -> None:
        """Let the keys before wrap nothing any more; what they wrap at last is wrapped anew.

        Nobody adds or shreds a key meanwhile, so none slips through.
        """
        with self._connection.transaction():
            self._connection.execute("LOCK TABLE leaf_keys IN SHARE ROW EXCLUSIVE MODE")
            if self._count_left():
                raise BrokenPromise(
                    "A key was added meanwhile under the master key of before: run `joinedup"
                    " master-key rewrap` again, then this. Nothing was forgotten."
                )
            for mark in self._wrapping.marks[1:]:
                self._connection.execute(_FORGET, [mark])

    def _rewrap_after(self, after: str, batch: int) -> list[str]:
        asked = {"mark": self._wrapping.mark, "after": after, "batch": batch}
        rows = self._connection.execute(_OTHERS, asked).fetchall()
        wrapped = [
            self._wrapping.wrap(key_id, la, self._wrapping.unwrap(key_id, la, bytes(before)))
            for key_id, la, before in rows
        ]
        ids = [key_id for key_id, _, _ in rows]
        given = {"mark": self._wrapping.mark, "key_ids": ids, "wrapped": wrapped}
        self._connection.execute(_REWRAP, given)
        return ids

    def _count_left(self) -> int:
        found = self._connection.execute(_LEFT, [self._wrapping.mark]).fetchone()
        return int(found[0]) if found else 0

    def _note_all(self, *, again: bool) -> None:
        given = {"mark": self._wrapping.mark, "again": again}
        self._connection.execute(_WRAPS_ALL, given)


def who_knows_not(connection: Connection, database: str, mark: str) -> list[str]:
    """Return the roles of sessions at a key store that do not know this master key.

    connection: a superuser's, who alone sees what others say of themselves.
    """
    sessions = connection.execute(_SESSIONS, [database]).fetchall()
    return sorted({role for role, said in sessions if mark not in said.split()})
