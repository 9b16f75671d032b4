"""Who looks at a child's record: noted, and committed, before anything is shown; and who did."""

from __future__ import annotations

import msgspec
import psycopg

from consumers.store.loading import Connection
from consumers.store.reading import Reading

_WHO = "SELECT set_config('joinedup.la', %s, true), set_config('joinedup.role', %s, true)"

_NOTE = """
INSERT INTO reads (la, child, reader, role, command, purpose)
VALUES (%(la)s, %(child)s, %(reader)s, %(role)s, %(command)s, %(purpose)s)
"""

_LOOKED = """
SELECT floor(extract(epoch FROM at) * 1000)::bigint, reader, role, command, purpose FROM reads
WHERE la = %(la)s AND child = %(child)s AND at <= to_timestamp(%(until)s / 1000.0) ORDER BY id
"""


_LATELY = """
SELECT count(DISTINCT child) FILTER (WHERE command <> %(unlimited)s),
  coalesce(bool_or(child = %(child)s), false)
FROM reads WHERE la = %(la)s AND reader = %(reader)s AND purpose NOT LIKE 'refused %%'
  AND at > clock_timestamp() - interval '1 hour'
"""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A look at one child's record: by whom, as what, with which command, for which purpose."""

    la: str
    child: str
    reader: str
    role: str
    command: str
    purpose: str


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who looked at a child's record; at: ms since 1970 UTC, by the server's clock."""

    at: int
    reader: str
    role: str
    command: str
    purpose: str


def note(dsn: str, look: Look) -> None:
    """Commit that somebody is about to see a child's record; nothing may be shown before.

    Raises psycopg.Error where it cannot be noted.
    """
    with psycopg.connect(dsn, connect_timeout=5, application_name="reader") as connection:
        note_on(connection, look)


def note_on(connection: Connection, look: Look) -> None:
    """Note it on a connection, in a transaction that the caller commits before it shows anything.

    Raises psycopg.Error where it cannot be noted.
    """
    connection.execute(_WHO, [look.la, look.role])
    connection.execute(_NOTE, msgspec.structs.asdict(look))


def looked(store: Reading, child: str, until: int) -> list[Looked]:
    """Return who had looked at this child's record by then, to an auditor; nobody to others."""
    return [
        Looked(at=at, reader=reader, role=role, command=command, purpose=purpose)
        for at, reader, role, command, purpose in store.rows(_LOOKED, child=child, until=until)
    ]


def lately(store: Reading, child: str, reader: str, unlimited: str) -> tuple[int, bool]:
    """Return how many children somebody looked at in the last hour, and if this was among them.

    unlimited: the command whose looks are not counted.
    """
    ((many, among),) = store.rows(_LATELY, child=child, reader=reader, unlimited=unlimited)
    return int(many), bool(among)
