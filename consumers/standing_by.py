"""One process of a kind works, others stand by: who works holds a lock of PostgreSQL's.

It holds it as long as its session lasts. A process that was stopped, or whose machine stands still,
keeps its session and place; one that works asks PostgreSQL something each second.
"""

from __future__ import annotations

from typing import Any

import psycopg

STANDSTILL = 90.0
"""Seconds, longer than Kafka may take for a message, after which who works is replaced."""

_TAKE = "SELECT pg_try_advisory_lock(%(lock)s)"

# Its session is of our own role, which may see and end it. A lock on a number stands as two halves.
_END_A_STANDSTILL = """
SELECT pg_terminate_backend(l.pid) FROM pg_locks l
JOIN pg_database d ON d.oid = l.database JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()
  AND (l.classid::bigint << 32) | l.objid::bigint = %(lock)s
  AND a.state_change < clock_timestamp() - make_interval(secs => %(seconds)s)
"""

Connection = psycopg.AsyncConnection[Any]


async def takes_place(connection: Connection, lock: int) -> bool:
    """Return whether this connection has the place, which it then keeps until it ends."""
    row = await (await connection.execute(_TAKE, {"lock": lock})).fetchone()
    return bool(row and row[0])


async def end_a_standstill(connection: Connection, lock: int, seconds: float) -> bool:
    """End the session of who has the place and has asked nothing for so long.

    Whatever it still does then fails, and its place is free. Return whether it was ended.
    """
    given = {"lock": lock, "seconds": seconds}
    return bool(await (await connection.execute(_END_A_STANDSTILL, given)).fetchall())
