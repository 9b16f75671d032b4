"""Who took figures away: each export is on record before it leaves."""

from __future__ import annotations

from datetime import date

import msgspec

from consumers.store.loading import Connection
from consumers.store.reading import Reading

_NOTE = """
INSERT INTO exports (la, reader, role, what, first_day, last_day)
VALUES (%(la)s, %(reader)s, %(role)s, %(what)s, %(first)s, %(last)s)
"""

_LATEST = """
SELECT floor(extract(epoch FROM at) * 1000)::bigint, reader, role, what, first_day, last_day
FROM exports WHERE la = %(la)s ORDER BY id DESC LIMIT %(limit)s
"""


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """One export: when (ms since 1970 UTC), by whom, as what, by what, and of which days."""

    at: int
    reader: str
    role: str
    what: str
    first: date
    last: date


def exported_on(
    connection: Connection, *, la: str, reader: str, role: str, what: str, first: date, last: date
) -> None:
    """Put on record that figures by ``what``, of these days, are about to leave."""
    said = {"la": la, "reader": reader, "role": role, "what": what, "first": first, "last": last}
    connection.execute(_NOTE, said)


def latest(store: Reading, limit: int) -> list[Export]:
    """Return the latest exports, the last one first: for managers and auditors."""
    rows = store.rows(_LATEST, limit=limit)
    return [Export(**dict(zip(Export.__struct_fields__, row, strict=True))) for row in rows]
