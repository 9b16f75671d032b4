"""Looks without a known need: who broke the glass, why, and what a manager said of it."""

from __future__ import annotations

from uuid import UUID

import msgspec

from consumers.store.loading import Connection
from consumers.store.reading import Reading

_BREAK = """
INSERT INTO break_glass (la, id, child, reader, role, code, leaf, reason)
VALUES (%(la)s, %(id)s, %(child)s, %(reader)s, %(role)s, %(code)s, %(leaf)s, %(reason)s)
"""

_OPEN = """
SELECT code FROM break_glass
WHERE la = %(la)s AND reader = %(reader)s AND child = %(child)s
  AND at > clock_timestamp() - make_interval(mins => %(minutes)s)
ORDER BY at DESC LIMIT 1
"""

# What was written of a child whose records are shielded may say where it is: it stays sealed.
_BROKEN = """
SELECT b.id, floor(extract(epoch FROM b.at) * 1000)::bigint, b.child, b.reader, b.role, b.code,
  CASE WHEN NOT EXISTS (
    SELECT FROM leaves l WHERE l.la = b.la AND l.child = b.child AND l.shielded
  ) THEN b.leaf END,
  b.reason, coalesce(r.reviewer, ''), coalesce(r.verdict, '')
FROM break_glass b LEFT JOIN break_glass_reviews r ON r.la = b.la AND r.id = b.id
WHERE b.la = %(la)s AND (%(id)s::uuid IS NULL OR b.id = %(id)s)
ORDER BY r.id IS NOT NULL, b.at DESC, b.id LIMIT %(limit)s
"""

_REVIEW = """
INSERT INTO break_glass_reviews (la, id, reviewer, verdict)
VALUES (%(la)s, %(id)s, %(reviewer)s, %(verdict)s)
"""


class Breaking(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody is about to look without a known need; reason: sealed under the leaf's key."""

    la: str
    id: UUID
    child: str
    reader: str
    role: str
    code: str
    leaf: bytes
    reason: bytes


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """A glass that was broken; at: ms since 1970 UTC. reviewer, verdict: empty until a review.

    leaf: None where what was written stays sealed.
    """

    id: UUID
    at: int
    child: str
    reader: str
    role: str
    code: str
    leaf: bytes | None
    reason: bytes
    reviewer: str
    verdict: str


def break_on(connection: Connection, breaking: Breaking) -> None:
    """Put it on record, in a transaction that the caller commits before anything is shown."""
    connection.execute(_BREAK, msgspec.structs.asdict(breaking))


def code_of_open(store: Reading, child: str, reader: str, minutes: int) -> str | None:
    """Return why this person may look at this child for now, None where they broke no glass."""
    rows = store.rows(_OPEN, child=child, reader=reader, minutes=minutes)
    return str(rows[0][0]) if rows else None


def broken(store: Reading, *, size: int, id: UUID | None = None) -> list[Broken]:
    """Return the latest, those that nobody has reviewed first; or the one of this id, or none."""
    rows = store.rows(_BROKEN, id=id, limit=size)
    return [Broken(**dict(zip(Broken.__struct_fields__, row, strict=True))) for row in rows]


def review_on(connection: Connection, la: str, id: UUID, reviewer: str, verdict: str) -> None:
    """Put a review on record; raises psycopg.errors.UniqueViolation where there is one already."""
    connection.execute(_REVIEW, {"la": la, "id": id, "reviewer": reviewer, "verdict": verdict})
