"""What the store keeps of what was told, as an auditor reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg

from consumers.errors import ServiceLost
from consumers.replay import kept_rows
from consumers.replay.attended import Alert, KeptRow
from consumers.replay.comparing import Difference, Fault, Reached, Told, fields_of

PAGE = 5_000

# What the join goes on to write meanwhile is in neither of the two that are read together.
_ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"

_DELIVERED = "SELECT partition, deliveries_offset FROM notifier_state"

# What is told already of a record that is not taken to its end follows from no replay up to it.
_REACHED = "SELECT partition, next_offset, sequence - told_ahead, told_ahead FROM partition_state"

_AHEAD = """
SELECT DISTINCT t.la, t.alert_id::text FROM partition_state p
JOIN alert_transitions t ON t.partition = p.partition AND t.sequence > p.sequence - p.told_ahead
WHERE p.told_ahead > 0
"""

# Row security hides rows from others without a word: a replay would find everything missing.
_MAY_READ = "SELECT pg_has_role(current_user, 'joinedup_auditor', 'USAGE')"

_TRANSITIONS = """
SELECT la, sequence, alert_id, number, body, chain, erasure FROM alert_transitions
WHERE partition = %(partition)s AND sequence > %(after)s AND sequence <= %(last)s
  AND (%(la)s::text IS NULL OR la = %(la)s)
ORDER BY sequence LIMIT %(limit)s
"""

# One statement, so one moment: what leads see beside the last thing that was told of it.
_SHOWN = """
SELECT a.la, a.alert_id, a.sequence, a.body, a.opened_at,
  ARRAY[a.child, a.duty, a.status, a.severity, a.due::text],
  t.la, t.alert_id, t.sequence, t.body, t.number, f.body
FROM alerts a
FULL JOIN (
  SELECT DISTINCT ON (la, alert_id) la, alert_id, sequence, body, number
  FROM alert_transitions WHERE erasure IS NULL ORDER BY la, alert_id, number DESC
) t ON t.la = a.la AND t.alert_id = a.alert_id
LEFT JOIN alert_transitions f ON f.la = t.la AND f.alert_id = t.alert_id AND f.number = 1
WHERE %(la)s::text IS NULL OR coalesce(a.la, t.la) = %(la)s
ORDER BY coalesce(a.la, t.la), coalesce(a.alert_id, t.alert_id)
"""
_COLUMNS = ("child", "duty", "status", "severity", "due")


class StoredAlerts:
    """The transitions and current alerts in the store, over one connection in its own role."""

    may_lag = False
    keeps_erased = False

    def __init__(self, dsn: str) -> None:
        """Connect; raises ServiceLost where the store does not answer, or to another role."""
        try:
            self._connection = psycopg.connect(
                dsn, connect_timeout=5, autocommit=True, application_name="auditor"
            )
        except psycopg.OperationalError:
            raise ServiceLost(
                "The store does not answer: see that it runs and that JOINEDUP_DATABASE_URL is"
                " right."
            ) from None
        self._standings: dict[Alert, KeptRow] = {}
        self._ahead: frozenset[Alert] = frozenset()
        if not self._execute(_MAY_READ, {})[0][0]:
            self.close()
            raise _refused()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def reached(self) -> dict[int, Reached]:
        """Return how far the join had come with each partition.

        How alerts stand with people is kept as it is at the same moment.
        """
        with self._connection.transaction():
            self._connection.execute(_ONE_MOMENT)
            rows = self._execute(_REACHED, {})
            self._standings = kept_rows.standings(self._execute)
            self._ahead = frozenset((la, name) for la, name in self._execute(_AHEAD, {}))
        return {
            p: Reached(next_offset=offset, sequence=last, told_ahead=ahead)
            for p, offset, last, ahead in rows
        }

    def standings(self, la: str | None) -> dict[Alert, KeptRow]:
        """Return how alerts stood with people when it was asked how far the join had come."""
        return {alert: row for alert, row in self._standings.items() if la in (None, row.la)}

    def told_ahead(self) -> frozenset[Alert]:
        """Return the alerts of which more was told by then than follows from what was taken."""
        return self._ahead

    def actions(self, partition: int, until: int, la: str | None) -> Iterator[KeptRow]:
        """Yield what people did, of the partition's records below this offset."""
        return kept_rows.actions(self._execute, partition, until, la)

    def actions_ahead(self, la: str | None) -> Iterator[KeptRow]:
        """Yield actions that stand where the join has not come to."""
        return kept_rows.actions_ahead(self._execute, la)

    def delivered(self) -> dict[int, int]:
        """Return below which offset the steps of deliveries are kept, by partition."""
        return dict(self._execute(_DELIVERED, {}))

    def deliveries(self, partition: int, places: range, la: str | None) -> Iterator[KeptRow]:
        """Yield the steps of deliveries that are kept of these offsets."""
        return kept_rows.deliveries(self._execute, partition, places, la)

    def deliveries_astray(self, la: str | None) -> Iterator[KeptRow]:
        """Yield steps where the notifier has not come to, and deliveries not as their last step."""
        return kept_rows.deliveries_astray(self._execute, la)

    def transitions(self, partition: int, last: int, la: str | None) -> Iterator[Told]:
        """Yield the partition's transitions up to this sequence, of one authority or of all."""
        after = 0
        asked = {"partition": partition, "last": last, "la": la, "limit": PAGE}
        while page := self._execute(_TRANSITIONS, {**asked, "after": after}):
            yield from map(_told, page)
            after = page[-1][1]

    def shown_otherwise(self, la: str | None) -> list[Difference]:
        """Return the current alerts that are not what was last told of them."""
        with self._connection.cursor() as cursor:
            rows = cursor.stream(_SHOWN.encode(), {"la": la})
            return [fault for row in rows if (fault := _shown_otherwise(*row)) is not None]

    def _execute(self, query: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query.encode(), asked).fetchall()
        except psycopg.errors.InsufficientPrivilege:
            raise _refused() from None
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedObject):
            raise ServiceLost(
                "The store is empty: run `joinedup up`, which applies the migrations."
            ) from None
        except psycopg.OperationalError:
            raise ServiceLost(
                "The store stopped answering: see that it runs, then replay again."
            ) from None


def _refused() -> ServiceLost:
    return ServiceLost(
        "The store refuses: JOINEDUP_DATABASE_URL must name the role joinedup_auditor."
    )


def _shown_otherwise(
    la: str | None,
    alert_id: UUID | None,
    sequence: int | None,
    body: str | None,
    opened_at: int | None,
    columns: list[str],
    told_la: str | None,
    told_id: UUID | None,
    told_sequence: int | None,
    told: str | None,
    number: int | None,
    first: str | None,
) -> Difference | None:
    last, opening = fields_of(told or ""), fields_of(first or "")
    expected = (told_sequence, told, opening.get("as_of"), [last.get(name) for name in _COLUMNS])
    if told is not None and (sequence, body, opened_at, columns) == expected:
        return None
    return Difference(
        fault=Fault.SHOWN,
        la=la or told_la or "",
        alert_id=str(alert_id or told_id),
        number=number or 0,
        sequence=told_sequence or sequence or 0,
        kept=body,
        replayed=told,
    )


def _told(row: tuple[Any, ...]) -> Told:
    la, sequence, alert_id, number, body, chain, erasure = row
    return Told(
        la=la,
        sequence=sequence,
        alert_id=str(alert_id),
        number=number,
        body=body,
        chain=chain,
        erasure=erasure,
    )
