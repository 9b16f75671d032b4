"""Sessions of the dashboard that ended before their time, whichever process ended them."""

from __future__ import annotations

from consumers.store.loading import Connection

_END = "INSERT INTO ended_sessions (session) VALUES (%s) ON CONFLICT DO NOTHING"
_FORGET = "DELETE FROM ended_sessions WHERE at < clock_timestamp() - make_interval(secs => %s)"
_HAS_ENDED = """
SELECT EXISTS (SELECT FROM ended_sessions WHERE session = %(session)s)
  OR EXISTS (SELECT FROM ended_people WHERE la = %(la)s AND reader = %(reader)s
             AND at >= to_timestamp(%(since)s))
"""
_OF = "SELECT set_config('joinedup.la', %s, true)"
_WHO = "SELECT set_config('joinedup.la', %s, true), set_config('joinedup.role', 'lead', true)"
_END_ALL = "INSERT INTO ended_people (la, reader) VALUES (%s, %s)"


def end(connection: Connection, session: bytes, *, lasts: float) -> None:
    """Keep that a session, by the hash of its id, ended; forget those that ended lasts seconds ago.

    Raises psycopg.Error where it cannot be kept.
    """
    connection.execute(_FORGET, [lasts])
    connection.execute(_END, [session])


def has_ended(connection: Connection, session: bytes, *, la: str, reader: str, since: int) -> bool:
    """Return whether this session ended, or all of its person's that began by since.

    since: when the session began, in seconds since 1970 UTC. Raises psycopg.Error.
    """
    connection.execute(_OF, [la])
    asked = {"session": session, "la": la, "reader": reader, "since": since}
    found = connection.execute(_HAS_ENDED, asked).fetchone()
    return found is not None and bool(found[0])


def end_all(connection: Connection, la: str, reader: str) -> None:
    """End every session of this name that has begun, in the transaction of a reader's role.

    Raises psycopg.Error where it cannot be kept.
    """
    connection.execute(_WHO, [la])
    connection.execute(_END_ALL, [la, reader])
