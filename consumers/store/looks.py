"""Who looked at children's records, the latest first, a page at a time."""

from __future__ import annotations

import msgspec

from consumers.store.reading import Reading

# A child's key is asked by its beginning, as a person reads it out.
_PAGE = """
SELECT id, floor(extract(epoch FROM at) * 1000)::bigint, reader, role, child, command, purpose
FROM reads
WHERE la = %(la)s AND (%(before)s::bigint IS NULL OR id < %(before)s)
  AND (%(child)s = '' OR starts_with(child, %(child)s))
  AND (%(reader)s = '' OR reader = %(reader)s)
ORDER BY id DESC LIMIT %(limit)s
"""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One look: by whom, as what, at which child's record, by which page or command, and why.

    at: ms since 1970 UTC, by the server's clock.
    """

    id: int
    at: int
    reader: str
    role: str
    child: str
    command: str
    purpose: str


def looks(
    store: Reading, *, size: int, before: int | None = None, child: str = "", reader: str = ""
) -> list[Seen]:
    """Return a page of the looks that an auditor may see; to other roles, none.

    before: the id of the last one of the page before. child: the beginning of a key.
    """
    rows = store.rows(_PAGE, before=before, child=child, reader=reader, limit=size)
    return [Seen(**dict(zip(Seen.__struct_fields__, row, strict=True))) for row in rows]
