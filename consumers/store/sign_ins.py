"""Who signed in at the dashboard, as which account; and which of somebody's sessions last."""

from __future__ import annotations

from typing import Any

import msgspec

from consumers.store.loading import Connection

_HOLD = """
INSERT INTO accounts (la, reader, issuer, subject)
VALUES (%(la)s, %(reader)s, %(issuer)s, %(subject)s) ON CONFLICT DO NOTHING
"""
_IS_HELD = """
SELECT issuer = %(issuer)s AND subject = %(subject)s FROM accounts
WHERE la = %(la)s AND reader = %(reader)s
"""
_BEGIN = """
INSERT INTO sign_ins (la, reader, role, agency, issuer, subject, session)
VALUES (%(la)s, %(reader)s, %(role)s, %(agency)s, %(issuer)s, %(subject)s, %(session)s)
"""
_LAST = """
SELECT s.id, s.session, s.role, s.agency, floor(extract(epoch FROM s.at))::bigint FROM sign_ins s
WHERE s.la = %(la)s AND s.reader = %(reader)s
  AND s.at > clock_timestamp() - make_interval(secs => %(lasts)s)
  AND NOT EXISTS (SELECT FROM ended_sessions e WHERE e.session = s.session)
  AND NOT EXISTS (SELECT FROM ended_people p WHERE p.la = s.la AND p.reader = s.reader
                  AND p.at >= s.at)
ORDER BY s.id DESC
"""
_WHO = "SELECT set_config('joinedup.la', %s, true), set_config('joinedup.role', 'lead', true)"
_LET_GO = "DELETE FROM accounts WHERE la = %s AND reader = %s"


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who signs in: as whom they are recorded, and whose account of which issuer it is."""

    la: str
    reader: str
    role: str
    agency: str
    issuer: str
    subject: str


class Lasting(msgspec.Struct, frozen=True, kw_only=True):
    """A session that may still last; since: seconds since 1970 UTC, by the store's clock."""

    id: int
    session: bytes
    role: str
    agency: str
    since: int


def holds(connection: Connection, who: SignIn) -> bool:
    """Return whether the name is this account's; that of whoever first came by it is kept."""
    given = msgspec.structs.asdict(who)
    connection.execute(_HOLD, given)
    found = connection.execute(_IS_HELD, given).fetchone()
    return found is not None and bool(found[0])


def begin(connection: Connection, who: SignIn, session: bytes) -> None:
    """Keep that somebody signed in; session: the hash of its id. Raises psycopg.Error."""
    connection.execute(_BEGIN, {**msgspec.structs.asdict(who), "session": session})


def lasting(connection: Connection, la: str, reader: str, lasts: float) -> list[Lasting]:
    """Return the sessions of a name that began within so many seconds and were not ended."""
    asked: dict[str, Any] = {"la": la, "reader": reader, "lasts": lasts}
    return [
        Lasting(id=id_, session=session, role=role, agency=agency, since=since)
        for id_, session, role, agency, since in connection.execute(_LAST, asked)
    ]


def let_go(connection: Connection, la: str, reader: str) -> bool:
    """Let a name be another account's, in a reader's role; return whether it was anybody's."""
    connection.execute(_WHO, [la])
    return connection.execute(_LET_GO, [la, reader]).rowcount > 0
