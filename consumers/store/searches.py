"""Searches for a child: how many somebody made of late, and what came of each."""

from __future__ import annotations

from consumers.store.loading import Connection
from consumers.store.reading import Reading

_NOTE = """
INSERT INTO searches (la, reader, role, scheme, outcome)
VALUES (%(la)s, %(reader)s, %(role)s, %(scheme)s, %(outcome)s)
"""

_LATELY = """
SELECT count(*), count(*) FILTER (WHERE outcome <> 'FOUND') FROM searches
WHERE la = %(la)s AND reader = %(reader)s AND outcome <> 'REFUSED'
  AND at > clock_timestamp() - interval '1 hour'
"""


def searched_on(
    connection: Connection, *, la: str, reader: str, role: str, scheme: str, outcome: str
) -> None:
    """Put a search on record; outcome: FOUND, NOT_FOUND, SEVERAL or REFUSED. Never for whom."""
    asked = {"la": la, "reader": reader, "role": role, "scheme": scheme, "outcome": outcome}
    connection.execute(_NOTE, asked)


def lately(store: Reading, reader: str) -> tuple[int, int]:
    """Return how many searches somebody made in the last hour, and how many found no one child."""
    ((made, missed),) = store.rows(_LATELY, reader=reader)
    return int(made), int(missed)
