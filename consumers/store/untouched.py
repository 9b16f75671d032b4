"""Which open alerts nobody attends to: the nightly reconciliation, from actions and looks."""

from __future__ import annotations

import json

import msgspec

from consumers.store.reading import Alert, Reading
from consumers.store.standings import Stands, standings

# An action by a person names the alert. A look names the child alone: it is said beside it, and
# does not count as having seen the alert.
_UNTOUCHED = """
SELECT a.body, a.opened_at FROM alerts a LEFT JOIN standings s USING (la, alert_id)
WHERE la = %(la)s AND a.status = 'OPEN'
  AND (coalesce(s.seen_by, '{}') = '{}' OR coalesce(s.assignee, '') = '')
ORDER BY urgency(a.severity), a.due, alert_id LIMIT %(limit)s
"""

_COUNTS = """
SELECT count(*),
  count(*) FILTER (WHERE coalesce(s.seen_by, '{}') <> '{}'),
  count(*) FILTER (WHERE coalesce(s.assignee, '') <> ''),
  count(*) FILTER (WHERE coalesce(s.aside, '') <> ''),
  count(*) FILTER (WHERE coalesce(s.escalated, '') <> '' AND s.escalated_by = '')
FROM alerts a LEFT JOIN standings s USING (la, alert_id)
WHERE la = %(la)s AND a.status = 'OPEN'
"""

_BY_WHOM = """
SELECT name, count(*) FROM standings s JOIN alerts a USING (la, alert_id)
CROSS JOIN LATERAL unnest(s.seen_by) AS name
WHERE la = %(la)s AND a.status = 'OPEN' GROUP BY name ORDER BY count(*) DESC, name
"""


class Reconciled(msgspec.Struct, frozen=True, kw_only=True):
    """How many open alerts there are, and how many of them somebody has seen or has.

    escalated: how many escalated by themselves. by_whom: how many each person has seen.
    """

    open: int
    seen: int
    assigned: int
    aside: int
    escalated: int
    by_whom: tuple[tuple[str, int], ...]

    @property
    def unseen(self) -> int:
        """How many no named person has seen since they were last told."""
        return self.open - self.seen


class Untouched(msgspec.Struct, frozen=True, kw_only=True):
    """An open alert that nobody has seen, or that nobody has."""

    alert: Alert
    stands: Stands | None

    @property
    def is_seen(self) -> bool:
        """Whether a named person has seen it since it was last told."""
        return self.stands is not None and bool(self.stands.seen_by)


def reconciled(store: Reading) -> Reconciled:
    """Return how the authority's open alerts are attended to."""
    row = store.rows(_COUNTS)[0]
    by_whom = tuple((name, count) for name, count in store.rows(_BY_WHOM))
    return Reconciled(
        open=row[0], seen=row[1], assigned=row[2], aside=row[3], escalated=row[4], by_whom=by_whom
    )


def untouched(store: Reading, limit: int) -> list[Untouched]:
    """Return open alerts that nobody has seen or nobody has, the most urgent first."""
    rows = store.rows(_UNTOUCHED, limit=limit)
    alerts = [Alert(opened_at=at, fields=json.loads(body)) for body, at in rows]
    stands = standings(store, (one["alert_id"] for one in alerts))
    return [Untouched(alert=one, stands=stands.get(one["alert_id"])) for one in alerts]
