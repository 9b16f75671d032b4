"""How the open alerts and the sources of whole authorities stand, for those who run the platform.

No child, no duty and no alert is in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import psycopg

from consumers.store.states import authority_of

_HERE = "la IN (SELECT la FROM authorities WHERE partition = ANY(%(partitions)s))"

_STATES = f"SELECT la, status, count(*) FROM alerts a WHERE a.{_HERE} GROUP BY la, status"

_OPEN = f"""
SELECT la, a.severity, count(*),
  count(*) FILTER (WHERE coalesce(s.seen_by, '{{}}') = '{{}}'),
  count(*) FILTER (WHERE coalesce(s.assignee, '') = ''),
  count(*) FILTER (WHERE coalesce(s.aside, '') <> ''),
  count(*) FILTER (WHERE coalesce(s.escalated, '') <> ''),
  min(a.opened_at) FILTER (WHERE coalesce(s.seen_by, '{{}}') = '{{}}')
FROM alerts a LEFT JOIN standings s USING (la, alert_id)
WHERE a.status = 'OPEN' AND {_HERE}
GROUP BY la, a.severity
"""

_AUTHORITIES = """
SELECT a.la, a.state, p.kappa FROM authorities a JOIN partition_state p USING (partition)
WHERE a.partition = ANY(%(partitions)s)
"""


class OpenAlerts(msgspec.Struct, frozen=True, kw_only=True):
    """The open alerts of one severity in one authority.

    unseen, untaken, aside, escalated: how many nobody saw, nobody took on, are set aside, and
    escalated. oldest_unseen: when the oldest that nobody saw was opened, ms since 1970 UTC.
    """

    la: str
    severity: str
    open: int
    unseen: int
    untaken: int
    aside: int
    escalated: int
    oldest_unseen: int | None


class SourceStands(msgspec.Struct, frozen=True, kw_only=True):
    """One source of one authority that has joined; moments in ms since 1970 UTC.

    heard: when its last record came. complete_to: until when nothing of it can be missing.
    """

    la: str
    source: str
    heard: int
    complete_to: int
    is_silent: bool


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """All of it; states: how many alerts of an authority have this status."""

    states: tuple[tuple[str, str, int], ...]
    open: tuple[OpenAlerts, ...]
    sources: tuple[SourceStands, ...]


async def overview(connection: psycopg.AsyncConnection[Any], partitions: Iterable[int]) -> Overview:
    """Return how the authorities of these partitions stand at this moment."""
    asked = {"partitions": sorted(partitions)}
    states = await (await connection.execute(_STATES, asked)).fetchall()
    opened = await (await connection.execute(_OPEN, asked)).fetchall()
    authorities = await (await connection.execute(_AUTHORITIES, asked)).fetchall()
    return Overview(
        states=tuple(tuple(row) for row in states),
        open=tuple(
            OpenAlerts(**dict(zip(OpenAlerts.__struct_fields__, row, strict=True)))
            for row in opened
        ),
        sources=tuple(one for row in authorities for one in _sources(*row)),
    )


def _sources(la: str, state: bytes, kappa: int) -> list[SourceStands]:
    authority = authority_of(state)
    return [
        SourceStands(
            la=la,
            source=name,
            heard=source.heard,
            complete_to=source.complete_at(kappa),
            is_silent=name in authority.silences,
        )
        for name, source in authority.sources.items()
        if source.mode
    ]
