"""What became of each event, kept for its own source to ask: no child, and no word of the event."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from consumers.store.loading import Connection

TIMELINE, TAKEN, PARKED, REFUSED, ERASED = "timeline", "taken", "parked", "refused", "erased"
SETTLED = (TIMELINE, TAKEN)
"""What stands when the same event comes again, whatever becomes of the repeat."""
KEPT_MS = 90 * 24 * 3600 * 1000
"""How long a receipt is kept, by known time; our own default."""

_KEEP = """
INSERT INTO receipts AS kept (partition, la, source, event, outcome, reason, kappa, arrivals)
SELECT * FROM unnest(%b::int[], %b::text[], %b::text[], %b::bytea[], %b::text[], %b::text[],
  %b::bigint[], %b::int[])
ON CONFLICT (source, event, la) DO UPDATE SET
  arrivals = kept.arrivals + excluded.arrivals,
  (outcome, reason, kappa) = (
    SELECT CASE WHEN stands THEN kept.outcome ELSE excluded.outcome END,
      CASE WHEN stands THEN kept.reason ELSE excluded.reason END,
      CASE WHEN stands THEN kept.kappa ELSE excluded.kappa END
    FROM (VALUES (kept.outcome IN ('timeline', 'taken') AND excluded.outcome <> 'erased'))
      AS asked (stands))
"""

_ERASE = """
UPDATE receipts SET outcome = 'erased', reason = ''
WHERE la = %(la)s AND event = ANY(%(events)s)
"""

_SWEEP = "DELETE FROM receipts WHERE partition = %(partition)s AND kappa < %(before)s"


class Receipt(NamedTuple):
    """What became of one event.

    event: the token of its id. arrivals: 0 where it was taken again without coming again.
    """

    la: str
    source: str
    event: bytes
    outcome: str
    kappa: int
    reason: str = ""
    arrivals: int = 1


def keep(connection: Connection, partition: int, receipts: Iterable[Receipt]) -> None:
    """Keep these receipts, in the open transaction."""
    merged: dict[tuple[str, bytes, str], Receipt] = {}
    for one in receipts:
        key = (one.source, one.event, one.la)
        merged[key] = _merged(merged[key], one) if key in merged else one
    rows = [
        (partition, r.la, r.source, r.event, r.outcome, r.reason, r.kappa, r.arrivals)
        for r in merged.values()
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        connection.execute(_KEEP, columns)


def _merged(before: Receipt, now: Receipt) -> Receipt:
    stands = before.outcome in SETTLED and now.outcome != ERASED
    return (before if stands else now)._replace(arrivals=before.arrivals + now.arrivals)


def erase(connection: Connection, la: str, events: Iterable[bytes]) -> None:
    """Note of these events that what they said was erased, in the open transaction."""
    connection.execute(_ERASE, {"la": la, "events": list(events)})


def sweep(connection: Connection, partition: int, kappa: int) -> None:
    """Let go of what was kept long enough at this known time, in the open transaction."""
    connection.execute(_SWEEP, {"partition": partition, "before": kappa - KEPT_MS})
