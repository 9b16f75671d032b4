"""The audit tables as the sealer works on them: rows to seal, chain heads to sign."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, LiteralString, Self

import msgspec
import psycopg
from psycopg import sql

from consumers import standing_by
from consumers.audit.checkpoint import TRANSITIONS, Checkpoint
from consumers.audit.sealed import SEALED, SealedRows, chained
from consumers.failpoint import FailPoint, nothing_fails

PAGE = 1_000
_LOCK = 0x5365616C  # any constant: one sealer works, others stand by

# In the order of their transactions, none of which can still get an earlier one beside it.
_UNSEALED = """
WITH last AS (SELECT xid, id FROM {sealed} ORDER BY xid DESC, id DESC LIMIT 1)
SELECT r.{key}, r.xid::text, r.la, {columns}
FROM {table} r{beside}
WHERE r.xid < pg_snapshot_xmin(pg_current_snapshot())
  AND (r.xid, r.{key}) > (
    coalesce((SELECT xid FROM last), '0'::xid8), coalesce((SELECT id FROM last), 0))
ORDER BY r.xid, r.{key} LIMIT {limit}
"""

_HEADS = """
SELECT DISTINCT ON (la) la, number, chain FROM {sealed}
WHERE la = ANY({las}) ORDER BY la, number DESC
"""

_SEAL = """
INSERT INTO {sealed} (la, number, id, xid, body, chain)
VALUES (%(la)s, %(number)s, %(id)s, %(xid)s::xid8, %(body)s, %(chain)s)
"""

_MOVED_TRANSITIONS = """
SELECT DISTINCT ON (t.la) t.la, t.partition, t.sequence, t.chain
FROM partition_state p
LEFT JOIN (
  SELECT partition, max(number) AS number FROM checkpoints WHERE chain = 'transitions'
  GROUP BY partition
) c ON c.partition = p.partition
JOIN alert_transitions t ON t.partition = p.partition AND t.sequence > coalesce(c.number, 0)
ORDER BY t.la, t.sequence DESC
"""

_MOVED = """
SELECT DISTINCT ON (s.la) s.la, 0, s.number, s.chain
FROM {sealed} s
LEFT JOIN (
  SELECT la, max(number) AS number FROM checkpoints WHERE chain = {name} GROUP BY la
) c ON c.la = s.la
WHERE s.number > coalesce(c.number, 0)
ORDER BY s.la, s.number DESC
"""

_KEEP = """
INSERT INTO checkpoints (chain, la, partition, number, head, at, signature)
VALUES (%(chain)s, %(la)s, %(partition)s, %(number)s, %(head)s, %(at)s, %(signature)s)
ON CONFLICT DO NOTHING
"""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The head of a chain that has moved since it was last signed."""

    chain: str
    la: str
    partition: int
    number: int
    head: str


class Ledger:
    """The audit tables over a connection of their own."""

    def __init__(
        self, connection: psycopg.AsyncConnection[Any], fail: FailPoint = nothing_fails
    ) -> None:
        """Take the connection, which commits each statement."""
        self._connection = connection
        self._fail = fail

    @classmethod
    async def open(cls, dsn: str, fail: FailPoint = nothing_fails) -> Self:
        """Connect; raises psycopg.OperationalError where the store does not answer."""
        return cls(
            await psycopg.AsyncConnection.connect(
                dsn, autocommit=True, connect_timeout=5, application_name="sealer"
            ),
            fail,
        )

    async def close(self) -> None:
        """Close the connection; the place of the sealer that works is free."""
        await self._connection.close()

    async def become_the_sealer(self) -> bool:
        """Return True where this is the sealer that works, until the connection ends."""
        return await standing_by.takes_place(self._connection, _LOCK)

    async def end_a_standstill(self, seconds: float) -> bool:
        """End the session of the sealer that works where it has asked nothing for so long.

        Whatever it still does then fails, and its place is free. Return whether it was ended.
        """
        return await standing_by.end_a_standstill(self._connection, _LOCK, seconds)

    async def seal(self) -> list[int]:
        """Chain up to 1,000 rows of each kind that were committed; return how many of each.

        Each kind is one transaction; where one was of 1,000 there may be more.
        """
        return [await self._seal(kind) for kind in SEALED]

    async def _seal(self, kind: SealedRows) -> int:
        async with self._connection.transaction():
            unsealed = _named(_UNSEALED, kind, limit=sql.Literal(PAGE))
            rows = await (await self._connection.execute(unsealed)).fetchall()
            sealed = chained(kind, rows, await self._heads(kind, {row[2] for row in rows}))
            async with self._connection.cursor() as cursor:
                await cursor.executemany(_named(_SEAL, kind), sealed)
            if rows:
                self._fail("before-commit")
        if rows:
            self._fail("after-commit")
        return len(rows)

    async def _heads(self, kind: SealedRows, las: Iterable[str]) -> dict[str, tuple[int, str]]:
        query = _named(_HEADS, kind, las=sql.Literal(list(las)))
        rows = await self._connection.execute(query)
        return {la: (number, chain) for la, number, chain in await rows.fetchall()}

    async def moved(self) -> list[Head]:
        """Return the heads of the chains that moved since they were signed, the oldest first."""
        queries = {kind.name: _named(_MOVED, kind) for kind in SEALED}
        queries[TRANSITIONS] = sql.SQL(_MOVED_TRANSITIONS).format()
        heads: list[Head] = []
        for chain, query in queries.items():
            rows = await self._connection.execute(query)
            heads += [
                Head(chain=chain, la=la, partition=partition, number=number, head=head)
                for la, partition, number, head in await rows.fetchall()
            ]
        # The highest number kept of a partition says that all below it are: so in this order.
        return sorted(heads, key=lambda one: (one.chain, one.partition, one.number))

    async def keep(self, head: Head, signed: Checkpoint) -> None:
        """Keep a checkpoint; one that is there stays."""
        fields = {**msgspec.structs.asdict(signed), "la": head.la, "partition": head.partition}
        await self._connection.execute(_KEEP, fields)


def _named(query: LiteralString, kind: SealedRows, **given: sql.Composable) -> sql.Composed:
    """Return a query about this kind of rows."""
    return sql.SQL(query).format(
        sealed=sql.Identifier(f"sealed_{kind.name}"),
        table=sql.Identifier(kind.name),
        columns=sql.SQL(kind.columns),
        key=sql.Identifier(kind.key),
        beside=sql.SQL(kind.beside),
        name=sql.Literal(kind.name),
        **given,
    )
