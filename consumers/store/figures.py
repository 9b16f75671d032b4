"""What a manager counts: alerts told in a period, how soon people acted, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

import msgspec

from consumers.store.queue import AGES
from consumers.store.reading import Reading
from consumers.store.sealed import FactSeal

# Of an alert that a warning came before, time counts from the moment at which it was overdue.
_TOLD = """
WITH told AS (
  SELECT la, alert_id, duty, severity, status, body::json AS said FROM alerts
  WHERE la = %(la)s AND opened_at >= %(since)s AND opened_at < %(until)s AND body <> ''
  ORDER BY opened_at, alert_id LIMIT %(limit)s
)
SELECT a.alert_id::text, a.duty, a.severity, a.status, coalesce(a.said->>'outcome', ''), opened.at,
  CASE WHEN a.status IN ('RESOLVED', 'WITHDRAWN') THEN (a.said->>'as_of')::bigint END,
  done.seen_at, done.acted_at, coalesce(s.assignee, ''), coalesce(s.outcome, '')
FROM told a
LEFT JOIN standings s USING (la, alert_id)
LEFT JOIN LATERAL (
  SELECT (t.body::json->>'as_of')::bigint AS at FROM alert_transitions t
  WHERE t.la = %(la)s AND t.alert_id = a.alert_id AND t.body <> ''
    AND t.body::json->>'kind' = 'OPENED'
  ORDER BY t.number LIMIT 1
) opened ON true
LEFT JOIN LATERAL (
  SELECT min(x.kappa) AS seen_at, min(x.kappa) FILTER (WHERE x.act <> 'SEEN') AS acted_at
  FROM actions x
  WHERE x.la = %(la)s AND x.alert_id = a.alert_id AND x.effect IN ('DONE', 'STILL_OWED')
) done ON true
"""

_CASELOAD = """
SELECT coalesce(s.assignee, ''), count(*),
  count(*) FILTER (WHERE severity IN ('critical', 'high')),
  count(*) FILTER (WHERE due >= %(first)s),
  count(*) FILTER (WHERE due < %(first)s AND due >= %(second)s),
  count(*) FILTER (WHERE due < %(second)s AND due >= %(third)s),
  count(*) FILTER (WHERE due < %(third)s)
FROM alerts LEFT JOIN standings s USING (la, alert_id)
WHERE la = %(la)s AND status = 'OPEN'
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(limit)s
"""

# An anchor is a record or a leaf as hex, or a source, which is no school's.
_ANCHORS = """
SELECT a.alert_id::text, r.leaf, r.detail
FROM (
  SELECT alert_id, body::json->>'anchor' AS anchor FROM alerts
  WHERE la = %(la)s AND alert_id = ANY(%(alerts)s) AND body <> ''
) a
JOIN records r ON r.la = %(la)s
  AND r.record = CASE WHEN a.anchor ~ '^([0-9a-f]{2})+$' THEN decode(a.anchor, 'hex') END
JOIN leaves l ON l.la = r.la AND l.leaf = r.leaf AND NOT l.shielded
"""

_RECIPIENTS = """
SELECT DISTINCT d.alert_id::text, d.body::json->>'recipient' FROM delivery_states d
WHERE d.la = %(la)s AND d.alert_id = ANY(%(alerts)s) AND d.step IN ('ACCEPTED', 'DELIVERED')
ORDER BY 1, 2
"""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One alert of the period; moments are ms since 1970 UTC, None where it has not happened.

    told_at: None where it never was more than a warning. seen_at: when a person first looked or
    acted. acted_at: when one first did more than look. outcome: how the duty says that it ended.
    closed_as: what a person said came of it, as a code.
    """

    alert_id: str
    duty: str
    severity: str
    status: str
    outcome: str
    told_at: int | None
    ended_at: int | None
    seen_at: int | None
    acted_at: int | None
    assignee: str
    closed_as: str


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """The open alerts that one person has, empty for nobody: how many, and of each of ``AGES``.

    severe: how many of them are critical or high.
    """

    assignee: str
    open: int
    severe: int
    by_age: tuple[int, ...]


def told(store: Reading, *, since: int, until: int, limit: int) -> list[Told]:
    """Return alerts first told, or warned of, from one moment until before another (ms UTC)."""
    rows = store.rows(_TOLD, since=since, until=until, limit=limit)
    return [Told(**dict(zip(Told.__struct_fields__, row, strict=True))) for row in rows]


def caseload(store: Reading, today: date, limit: int) -> list[Load]:
    """Return who has how many open alerts, and how old those are; whoever has most first."""
    first, second, third = (today - timedelta(days=days) for days in AGES)
    rows = store.rows(_CASELOAD, first=first, second=second, third=third, limit=limit)
    return [Load(assignee=r[0], open=r[1], severe=r[2], by_age=tuple(r[3:])) for r in rows]


def schools(store: Reading, alerts: Iterable[str], seal: FactSeal) -> dict[str, tuple[str, ...]]:
    """Return by alert which schools and providers the record names that it watches.

    Nothing of alerts that watch no record of a school, or one that is shielded or erased.
    """
    rows = store.rows(_ANCHORS, alerts=[UUID(one) for one in alerts])
    seal.ready(leaf.hex() for _alert, leaf, _detail in rows)
    found = ((alert, seal.open(store.la, leaf.hex(), detail)) for alert, leaf, detail in rows)
    return {alert: event.schools for alert, event in found if event is not None}


def recipients(store: Reading, alerts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return by alert the teams' recipients, as codes, who were told of it."""
    found: dict[str, tuple[str, ...]] = {}
    for alert, name in store.rows(_RECIPIENTS, alerts=[UUID(one) for one in alerts]):
        found[alert] = (*found.get(alert, ()), name)
    return found
