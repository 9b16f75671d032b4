"""What was refused, by its receipts: from whom, when and why, and never what it said."""

from __future__ import annotations

import msgspec

from consumers.store.reading import Reading

_PAGE = """
SELECT source, encode(event, 'hex'), reason, kappa, arrivals FROM receipts
WHERE la = %(la)s AND outcome = 'refused'
  AND (%(source)s = '' OR source = %(source)s) AND (%(reason)s = '' OR reason = %(reason)s)
  AND (%(before)s::bigint IS NULL OR (kappa, event) < (%(before)s, decode(%(event)s, 'hex')))
ORDER BY kappa DESC, event DESC LIMIT %(size)s
"""

_COUNTS = """
SELECT source, reason, count(*), max(kappa) FROM receipts
WHERE la = %(la)s AND outcome = 'refused'
GROUP BY source, reason ORDER BY count(*) DESC, source, reason
"""

_ONE = """
SELECT source, encode(event, 'hex'), reason, kappa, arrivals, outcome FROM receipts
WHERE la = %(la)s AND event = %(event)s ORDER BY source
"""


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """One event as its receipt tells of it.

    token: stands for its id, which its source alone knows. known_at: when the broker had it, ms
    since 1970 UTC. arrivals: how often it came. outcome: as in ``consumers.store.receipts``.
    """

    source: str
    token: str
    reason: str
    known_at: int
    arrivals: int
    outcome: str = "refused"


class RefusedCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many events of a source are refused for one reason; last_at: ms since 1970 UTC."""

    source: str
    reason: str
    count: int
    last_at: int


class Before(msgspec.Struct, frozen=True):
    """A place in the list: what comes after it was known before it."""

    known_at: int
    token: str


def refused(
    store: Reading, *, size: int, source: str = "", reason: str = "", before: Before | None = None
) -> list[Refused]:
    """Return events of the authority that stand refused, the latest first; empty filters take all.

    Receipts are kept for 90 days; an event that was sent again in order is not among them.
    """
    rows = store.rows(
        _PAGE,
        source=source,
        reason=reason,
        size=size,
        before=before.known_at if before else None,
        event=before.token if before else "",
    )
    return [_refused(*row) for row in rows]


def counts(store: Reading) -> list[RefusedCount]:
    """Return how many events stand refused, by source and reason, the most first."""
    return [
        RefusedCount(source=source, reason=reason, count=count, last_at=last_at)
        for source, reason, count, last_at in store.rows(_COUNTS)
    ]


def receipts_of(store: Reading, token: bytes) -> list[Refused]:
    """Return what became of the event that a token stands for, one for each source that sent it."""
    return [_refused(*row) for row in store.rows(_ONE, event=token)]


def _refused(
    source: str, token: str, reason: str, kappa: int, arrivals: int, outcome: str = "refused"
) -> Refused:
    return Refused(
        source=source,
        token=token,
        reason=reason,
        known_at=kappa,
        arrivals=arrivals,
        outcome=outcome,
    )
