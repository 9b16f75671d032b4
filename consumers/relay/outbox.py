"""The outbox in PostgreSQL: what is to be published, and how far publishing has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import psycopg

from consumers.relay.message import Outgoing
from consumers.store.alerts import CHANNEL

PAGE = 500
_LOCK = 0x52656C6179  # any constant: one relay works, others stand by

_AHEAD = """
SELECT p.partition, p.sequence FROM partition_state p
LEFT JOIN relay_state r ON r.partition = p.partition
WHERE p.sequence > coalesce(r.sequence, 0) ORDER BY p.partition
"""

_PAGE = """
SELECT partition, sequence, body, chain, coalesce(traceparent, '') FROM alert_transitions
WHERE partition = %(partition)s AND sequence > %(after)s
ORDER BY sequence LIMIT %(limit)s
"""

_CHAIN = """
SELECT chain FROM alert_transitions WHERE partition = %(partition)s AND sequence = %(sequence)s
"""

# Its session is of our own role, which may end it. A lock on a number stands as its two halves.
_END_THE_OTHER = """
SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()
  AND (l.classid::bigint << 32) | l.objid::bigint = %(lock)s
"""

_PUBLISHED = """
INSERT INTO relay_state (partition, sequence, topic_offset)
VALUES (%(partition)s, %(sequence)s, %(topic_offset)s)
ON CONFLICT (partition) DO UPDATE
  SET sequence = excluded.sequence, topic_offset = excluded.topic_offset
"""


class Mark(NamedTuple):
    """The last sequence published, and the topic's offset after it."""

    sequence: int
    topic_offset: int


class Outbox:
    """The outbox over a connection of its own."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Take the connection, which commits each statement."""
        self._connection = connection

    @classmethod
    async def open(cls, dsn: str) -> Self:
        """Return an outbox that is told when there is something new."""
        connection = await psycopg.AsyncConnection.connect(
            dsn, autocommit=True, connect_timeout=5, application_name="relay"
        )
        await connection.execute(f"LISTEN {CHANNEL}")
        return cls(connection)

    async def close(self) -> None:
        """Close the connection; the place of the relay that works is free."""
        await self._connection.close()

    async def become_the_relay(self) -> bool:
        """Return True where this is the relay that works, until the connection ends."""
        row = await (
            await self._connection.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        ).fetchone()
        return bool(row and row[0])

    async def end_the_other(self) -> None:
        """End the session of the relay that works; whatever it still does then fails."""
        await self._connection.execute(_END_THE_OTHER, {"lock": _LOCK})

    async def marks(self) -> Mapping[int, Mark]:
        """Return how far each partition has been published, as last noted."""
        rows = await self._connection.execute(
            "SELECT partition, sequence, topic_offset FROM relay_state"
        )
        return {row[0]: Mark(*row[1:]) for row in await rows.fetchall()}

    async def ahead(self) -> Mapping[int, int]:
        """Return the last sequence of each partition that has something to publish."""
        return dict(await (await self._connection.execute(_AHEAD)).fetchall())

    async def page(self, partition: int, after: int) -> list[Outgoing]:
        """Return up to 500 transitions after this sequence, in order."""
        rows = await self._connection.execute(
            _PAGE, {"partition": partition, "after": after, "limit": PAGE}
        )
        return [
            Outgoing(partition=p, sequence=sequence, body=body, chain=chain, traceparent=context)
            for p, sequence, body, chain, context in await rows.fetchall()
        ]

    async def chain(self, partition: int, sequence: int) -> str | None:
        """Return the chain value at a transition, or None where there is no such transition."""
        asked = {"partition": partition, "sequence": sequence}
        row = await (await self._connection.execute(_CHAIN, asked)).fetchone()
        return row[0] if row else None

    async def published(self, partition: int, mark: Mark) -> None:
        """Note how far the partition has been published."""
        await self._connection.execute(_PUBLISHED, {"partition": partition, **mark._asdict()})

    async def wait(self, seconds: float) -> None:
        """Return when there may be something new, at the latest after this time."""
        async for _ in self._connection.notifies(timeout=seconds, stop_after=1):
            return
