"""The measure beside the benchmark: how fast PostgreSQL takes the same rows by plain COPY."""

from __future__ import annotations

import time

import psycopg

_TABLE = "bench_copy"


def copied_per_second(owner: str, join: str) -> float:
    """Return how many rows of the store's timeline PostgreSQL takes each second by binary COPY.

    The rows go into an empty table of the same columns and the same key, in one transaction, as
    bytes that are ready: nothing is left to do but what PostgreSQL does itself.
    owner, join: libpq addresses of the store, in the role that may make a table, and in the
    join's, which may read the timeline.
    """
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"DROP TABLE IF EXISTS {_TABLE}")
        connection.execute(f"CREATE TABLE {_TABLE} (LIKE timeline INCLUDING ALL)")
        connection.execute(f"GRANT INSERT ON {_TABLE} TO joinedup_join")
    with psycopg.connect(join) as connection:
        with connection.cursor().copy("COPY timeline TO STDOUT (FORMAT BINARY)") as out:
            ready = b"".join(out)
        connection.commit()
        cursor, began = connection.cursor(), time.monotonic()
        with cursor.copy(f"COPY {_TABLE} FROM STDIN (FORMAT BINARY)") as into:
            into.write(ready)
        connection.commit()
        seconds = time.monotonic() - began
    return cursor.rowcount / seconds
