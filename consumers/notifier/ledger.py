"""The store as the notifier works on it: where each delivery stands, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self

import msgspec
import psycopg

from consumers import standing_by
from consumers.notifier.delivery import Delivery, body_of, delivery_from
from consumers.notifier.planning import LOOKED_AT_WITHIN, Way
from consumers.notifier.recipients import Channel

_LOCK = 0x4E6F7469  # any constant: one notifier works, others stand by

# A page of steps in one statement each: row by row, most of the time went by between the two.
_STEPS = """
INSERT INTO deliveries (partition, topic_offset, la, alert_id, recipient, channel, step, urgent,
  message, at, body)
SELECT * FROM json_to_recordset(%(rows)s) AS (partition integer, topic_offset bigint, la text,
  alert_id uuid, recipient text, channel text, step text, urgent boolean,
  message_id uuid, at bigint, body text)
ON CONFLICT (partition, topic_offset) DO NOTHING
"""

_STATES = """
INSERT INTO delivery_states (la, delivery, alert_id, step, urgent, planned_at, look_at, body)
SELECT * FROM json_to_recordset(%(rows)s) AS (la text, delivery_id uuid, alert_id uuid,
  step text, urgent boolean, first_at bigint, at bigint, body text)
ON CONFLICT (la, delivery) DO UPDATE SET step = excluded.step, look_at = excluded.look_at,
  body = excluded.body
"""

_MARK = """
INSERT INTO notifier_state (partition, alerts_offset, deliveries_offset)
VALUES (%(partition)s, %(alerts)s, %(deliveries)s)
ON CONFLICT (partition) DO UPDATE SET
  alerts_offset = greatest(notifier_state.alerts_offset, excluded.alerts_offset),
  deliveries_offset = greatest(notifier_state.deliveries_offset, excluded.deliveries_offset)
"""

# What is to be looked at later than it may be was put off by a clock that was ahead.
_IS_TO_BE_LOOKED_AT = "(look_at <= %(now)s OR look_at > %(now)s + %(longest)s)"

_WAITING = f"""
SELECT body, planned_at FROM delivery_states
WHERE step IN ('PLANNED', 'ATTEMPTED', 'FAILED') AND {_IS_TO_BE_LOOKED_AT}
  AND NOT coalesce(channel = ANY(%(channels)s), false)
  AND NOT coalesce(channel = 'WEBHOOK' AND la || '/' || recipient = ANY(%(servers)s), false)
ORDER BY urgent DESC, look_at, la, recipient LIMIT %(limit)s
"""

_LOOK_LATER = """
UPDATE delivery_states d SET look_at = later.look_at
FROM unnest(%(las)s::text[], %(names)s::uuid[], %(moments)s::bigint[])
  AS later (la, delivery, look_at)
WHERE d.la = later.la AND d.delivery = later.delivery
"""

_LOOK_NOW = """
UPDATE delivery_states SET look_at = planned_at
WHERE step IN ('PLANNED', 'ATTEMPTED', 'FAILED') AND look_at > %(now)s
"""

_WAITING_NOW = """
SELECT urgent, count(*), min(planned_at) FROM delivery_states
WHERE step IN ('PLANNED', 'ATTEMPTED', 'FAILED') GROUP BY urgent
"""

_ACCEPTED = f"""
SELECT body, planned_at FROM delivery_states WHERE step = 'ACCEPTED' AND {_IS_TO_BE_LOOKED_AT}
ORDER BY look_at LIMIT %(limit)s
"""

_OF_ALERTS = """
SELECT body, planned_at FROM delivery_states
WHERE (la, alert_id) IN (SELECT * FROM unnest(%(las)s::text[], %(alerts)s::uuid[]))
"""

_SENT = """
SELECT la, recipient, channel, max(at) FROM deliveries
WHERE at > %(since)s AND step IN ('ACCEPTED', 'DELIVERED') AND NOT urgent
GROUP BY la, recipient, channel, message
"""

_ERASED = """
SELECT DISTINCT alert_id::text FROM erased_places WHERE alert_id = ANY(%(alerts)s::uuid[])
"""

# Authority by authority, so that the index of urgency is read and not the whole table.
_UNTOLD = """
WITH RECURSIVE las AS (
  SELECT min(la) AS la FROM alerts
  UNION ALL
  SELECT (SELECT min(a.la) FROM alerts a WHERE a.la > las.la) FROM las WHERE las.la IS NOT NULL
)
SELECT a.la, count(*) FROM las JOIN alerts a ON a.la = las.la
WHERE a.status = 'OPEN' AND urgency(a.severity) = urgency('critical') AND NOT EXISTS (
  SELECT FROM delivery_states d WHERE d.la = a.la AND d.alert_id = a.alert_id
    AND d.step IN ('ACCEPTED', 'DELIVERED'))
GROUP BY a.la
"""


class Taken(NamedTuple):
    """By what messages are on their way: channels, and of webhooks recipients' servers.

    servers: each as authority and recipient's code, with a slash between.
    """

    channels: Sequence[str] = ()
    servers: Sequence[str] = ()


class Marks(NamedTuple):
    """The next offsets of one partition: of alerts to read, of deliveries that are kept."""

    alerts: int = 0
    deliveries: int = 0


NOTHING = Taken()


class Ledger:
    """The notifier's tables over a connection of their own."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Take the connection, which commits each statement."""
        self._connection = connection

    @classmethod
    async def open(cls, dsn: str) -> Self:
        """Connect; raises psycopg.OperationalError where the store does not answer."""
        return cls(
            await psycopg.AsyncConnection.connect(
                dsn, autocommit=True, connect_timeout=5, application_name="notifier"
            )
        )

    async def close(self) -> None:
        """Close the connection; the place of the notifier that works is free."""
        await self._connection.close()

    async def become_the_notifier(self) -> bool:
        """Return True where this is the notifier that works, until the connection ends."""
        return await standing_by.takes_place(self._connection, _LOCK)

    async def end_a_standstill(self, seconds: float) -> bool:
        """End the session of the notifier that works where it has asked nothing for so long.

        Whatever it still does then fails, and its place is free. Return whether it was ended.
        """
        return await standing_by.end_a_standstill(self._connection, _LOCK, seconds)

    async def marks(self) -> dict[int, Marks]:
        """Return how far each partition has come."""
        rows = await self._connection.execute(
            "SELECT partition, alerts_offset, deliveries_offset FROM notifier_state"
        )
        return {row[0]: Marks(*row[1:]) for row in await rows.fetchall()}

    async def keep(
        self, partition: int, steps: Sequence[tuple[int, Delivery]], marks: Marks
    ) -> None:
        """Keep steps, each with its offset on the topic, and how far that is; all or nothing."""
        rows = [_row(partition, offset, one) for offset, one in steps]
        async with self._connection.transaction(), self._connection.cursor() as cursor:
            if rows:
                await cursor.execute(_STEPS, _given(rows))
                await cursor.execute(_STATES, _given(_last_of_each(rows)))
            await cursor.execute(_MARK, {"partition": partition, **marks._asdict()})

    async def waiting(self, limit: int, now: int, taken: Taken = NOTHING) -> list[Delivery]:
        """Return what nobody was told by yet and is to be looked at, the urgent first.

        taken: what is for these is left out.
        """
        beside = {name: list(of) for name, of in taken._asdict().items()}
        return await self._deliveries(_WAITING, {**_asked(limit, now), **beside})

    async def look_later(self, moments: Mapping[tuple[str, str], int]) -> None:
        """Look at these deliveries, by (authority, delivery), from these moments on."""
        if moments:
            las, names = zip(*moments, strict=True)
            given = {"las": list(las), "names": list(names), "moments": list(moments.values())}
            await self._connection.execute(_LOOK_LATER, given)

    async def look_now(self, now: int) -> None:
        """Look again at all that nobody was told by yet."""
        await self._connection.execute(_LOOK_NOW, {"now": now})

    async def accepted(self, limit: int, now: int) -> list[Delivery]:
        """Return what a channel took, says later what became of, and is to be looked at."""
        return await self._deliveries(_ACCEPTED, _asked(limit, now))

    async def of_alerts(self, alerts: Iterable[tuple[str, str]]) -> list[Delivery]:
        """Return where all deliveries of these alerts, by (authority, alert), stand."""
        wanted = sorted(set(alerts))
        if not wanted:
            return []
        given = {"las": [la for la, _ in wanted], "alerts": [alert for _, alert in wanted]}
        return await self._deliveries(_OF_ALERTS, given)

    async def sent(self, since: int) -> Mapping[Way, list[int]]:
        """Return when messages that were not urgent left after this moment, by way."""
        rows = await self._connection.execute(_SENT, {"since": since})
        found: dict[Way, list[int]] = {}
        for la, recipient, channel, at in await rows.fetchall():
            found.setdefault((la, recipient, Channel(channel)), []).append(at)
        return found

    async def erased(self, alerts: Iterable[str]) -> set[str]:
        """Return which of these alerts are of children who were erased."""
        rows = await self._connection.execute(_ERASED, {"alerts": sorted(set(alerts))})
        return {alert for (alert,) in await rows.fetchall()}

    async def untold(self) -> dict[str, int]:
        """Return how many critical alerts are open of which nobody was told, by authority."""
        return dict(await (await self._connection.execute(_UNTOLD)).fetchall())

    async def waiting_now(self) -> dict[bool, tuple[int, int]]:
        """Return how many deliveries are to leave, by urgency, and since when (ms) the oldest."""
        rows = await self._connection.execute(_WAITING_NOW)
        return {urgent: (count, oldest) for urgent, count, oldest in await rows.fetchall()}

    async def _deliveries(self, query: str, given: Mapping[str, object]) -> list[Delivery]:
        rows = await self._connection.execute(query.encode(), given)
        return [delivery_from(body, planned_at) for body, planned_at in await rows.fetchall()]


def _row(partition: int, offset: int, one: Delivery) -> dict[str, Any]:
    return {
        **msgspec.structs.asdict(one),
        "partition": partition,
        "topic_offset": offset,
        "body": body_of(one),
    }


def _asked(limit: int, now: int) -> dict[str, int]:
    return {"limit": limit, "now": now, "longest": LOOKED_AT_WITHIN}


def _last_of_each(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the last row of each delivery, with the moment of its first."""
    last: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        name = (row["la"], row["delivery_id"])
        last[name] = {**row, "first_at": last.get(name, {"first_at": row["at"]})["first_at"]}
    return list(last.values())


def _given(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    return {"rows": msgspec.json.encode(rows).decode()}
