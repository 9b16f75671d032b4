"""What became of an event, as the store keeps it for the event's own source and nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from psycopg_pool import ConnectionPool

from schemas.receipts import receipt_token

_CONNECTIONS = 4
_WAIT_SECONDS = 5
_NOTICES_LOSS: Mapping[str, int] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""So that a server that is gone without a word is noticed; seconds, the last in milliseconds."""
_AS = "SELECT set_config('joinedup.source', %(source)s, true)"
_FIND = """
SELECT la, outcome, reason, kappa, arrivals, noted_at FROM receipts
WHERE source = %(source)s AND event = %(event)s ORDER BY la
"""

MEANING: Mapping[str, str] = {
    "accepted": "The broker has it; the platform has not come to it yet.",
    "timeline": "It is on the timeline of the child.",
    "taken": "It is about no child, and was taken.",
    "parked": "The platform failed on it or on an earlier one of the child; the operator is told.",
    "refused": "It was refused: it is among the dead letters, with the reason.",
    "erased": "What was known of the child has been erased, and this with it.",
}
"""Each outcome, as it is told to who asks."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an event.

    local_authority: empty where it is only known that the broker has it. reason: code of a refusal,
    else empty. known_at: when the broker had it, known time. noted_at: when its outcome was stored.
    arrivals: how often it came; more than once is a duplicate, which changes nothing.
    """

    event_id: str
    outcome: str
    local_authority: str = ""
    reason: str = ""
    known_at: datetime | None = None
    noted_at: datetime | None = None
    arrivals: int = 1

    def as_json(self) -> dict[str, Any]:
        """Return it as the gateway and the command line give it."""
        held: dict[str, Any] = msgspec.to_builtins(self)
        return {**held, "meaning": MEANING[self.outcome]}


class Receipts:
    """Reads receipts, in a role that can read nothing else, of one source at a time."""

    def __init__(self, address: str, key: bytes) -> None:
        """Take the libpq address of the store in that role, and the receipt key."""
        self._key = key
        self._pool = ConnectionPool(
            address,
            min_size=0,
            max_size=_CONNECTIONS,
            timeout=_WAIT_SECONDS,
            kwargs={"application_name": "receipts", **_NOTICES_LOSS},
            open=False,
        )

    def open(self) -> None:
        """Begin to hold connections; each is made when it is first needed."""
        self._pool.open()

    def close(self) -> None:
        """Give all connections back."""
        self._pool.close()

    def find(self, source: str, event_id: str) -> Receipt | None:
        """Return the receipt of this source's event, or None where nothing is known of it.

        source: ``organisation/system``. Raises psycopg.Error where the store does not answer.
        """
        asked = {"source": source, "event": receipt_token(self._key, event_id)}
        with self._pool.connection() as connection:
            connection.execute(_AS, asked)
            row = connection.execute(_FIND, asked).fetchone()
        if row is None:
            return None
        la, outcome, reason, kappa, arrivals, noted_at = row
        return Receipt(
            event_id=event_id,
            outcome=outcome,
            local_authority=la,
            reason=reason,
            known_at=datetime.fromtimestamp(kappa / 1000, UTC),
            noted_at=noted_at,
            arrivals=arrivals,
        )
