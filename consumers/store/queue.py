"""The queue of one authority: its alerts by urgency, a page at a time, and how many there are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from consumers.store.reading import Alert, Reading
from journey.transition import Status

# Of each state that is asked for the first ones, in the order of its index, and of those the first:
# no state is read to its end. What is set aside by nobody is written so that the planner knows how
# many that are: nearly all.
_PAGE = """
SELECT p.* FROM unnest(%(statuses)s::text[]) AS wanted(status) CROSS JOIN LATERAL (
  SELECT body, opened_at, urgency(severity) AS rank, due, alert_id
  FROM alerts LEFT JOIN standings s USING (la, alert_id)
  WHERE la = %(la)s AND alerts.status = wanted.status
    AND (%(duty)s::text IS NULL OR duty = %(duty)s)
    AND CASE %(whose)s
      WHEN 'waiting' THEN (s.aside <> '') IS NOT TRUE
      WHEN 'mine' THEN s.assignee = %(me)s OR s.offered_to = %(me)s
      WHEN 'unassigned' THEN (s.assignee <> '') IS NOT TRUE
      WHEN 'unseen' THEN coalesce(s.seen_by, '{{}}') = '{{}}'
      WHEN 'escalated' THEN s.escalated <> ''
      WHEN 'aside' THEN s.aside <> ''
      ELSE true END
    {of_teams}
    AND (%(rank)s::int IS NULL OR (urgency(severity), due, alert_id)
         > (%(rank)s::int, %(due)s::date, %(alert_id)s::uuid))
  ORDER BY urgency(severity), due, alert_id
  LIMIT %(limit)s
) p ORDER BY rank, due, alert_id LIMIT %(limit)s
"""

# Which alerts are a team's: those of which it was to be told, and those handed over to it.
_OF_TEAMS = """
SELECT alert_id FROM delivery_states WHERE la = %(la)s AND recipient = ANY(%(teams)s)
UNION ALL SELECT alert_id FROM standings WHERE la = %(la)s AND assignee = ANY(%(teams)s)
UNION ALL SELECT alert_id FROM standings
  WHERE la = %(la)s AND offered_to <> '' AND offered_to = ANY(%(teams)s)
LIMIT %(limit)s
"""

# Of a team that has few, they are looked up; of one that has many, the queue is read in its order
# until a page of theirs is full. That an alert is theirs is told by its id alone, so that how it
# stands with people is read of theirs and of no other.
_FEW = "AND alert_id = ANY(%(few)s::uuid[])"
_MANY = """AND (
      EXISTS (
        SELECT FROM delivery_states d WHERE d.la = alerts.la AND d.alert_id = alerts.alert_id
          AND d.recipient = ANY(%(teams)s))
      OR alert_id IN (
        SELECT t.alert_id FROM standings t WHERE t.la = %(la)s AND t.assignee = ANY(%(teams)s))
      OR alert_id IN (
        SELECT t.alert_id FROM standings t
        WHERE t.la = %(la)s AND t.offered_to <> '' AND t.offered_to = ANY(%(teams)s)))"""
MOST_LOOKED_UP = 2000
"""Alerts of a team, open and ended, up to which it is one that has few. Our own default."""

_COUNTS = """
SELECT duty, count(*),
  count(*) FILTER (WHERE due >= %(first)s),
  count(*) FILTER (WHERE due < %(first)s AND due >= %(second)s),
  count(*) FILTER (WHERE due < %(second)s AND due >= %(third)s),
  count(*) FILTER (WHERE due < %(third)s)
FROM alerts WHERE la = %(la)s AND status = 'OPEN'
GROUP BY duty ORDER BY count(*) DESC, duty
"""

_DUE_SOON = "SELECT count(*) FROM alerts WHERE la = %(la)s AND status = 'DUE_SOON'"

_WAITING = """
SELECT count(*) FILTER (WHERE s.aside <> ''), count(*) FILTER (WHERE s.escalated <> '')
FROM standings s JOIN alerts a USING (la, alert_id)
WHERE la = %(la)s AND a.status = 'OPEN' AND (s.aside <> '' OR s.escalated <> '')
"""

_ONE = "SELECT body, opened_at FROM alerts WHERE la = %(la)s AND alert_id = %(alert_id)s::uuid"

_HISTORY = """
SELECT body FROM alert_transitions
WHERE la = %(la)s AND alert_id = %(alert_id)s::uuid AND body <> '' ORDER BY number
"""

AGES = (7, 28, 91)
"""Days past the due day that part the ages; the last age has no end. Our own default."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a page of the queue ends: the last alert's urgency (1 is the most), due day and id."""

    rank: int
    due: date
    alert_id: UUID


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Alerts in order of urgency; end: after which the next page begins, None on the last one."""

    alerts: tuple[Alert, ...]
    end: Place | None


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many open alerts of one duty there are, and of each age of ``AGES``."""

    duty: str
    open: int
    by_age: tuple[int, ...]


def page(
    store: Reading,
    *,
    size: int,
    status: str | None = "OPEN",
    duty: str | None = None,
    whose: str = "all",
    me: str = "",
    teams: Sequence[str] | None = None,
    after: Place | None = None,
) -> Page:
    """Return a page of the authority's alerts, the most severe and the longest due first.

    whose: ``waiting`` (set aside by nobody), ``mine``, ``unassigned``, ``unseen``, ``escalated``,
    ``aside`` or ``all``. me: whose are ``mine``, which are those offered to them too. teams: only
    alerts of which a recipient of one of these names was to be told, or that were handed over to
    one; None: all.
    """
    statuses = list(Status) if status is None else [status]
    asked: dict[str, Any] = {"statuses": statuses, "duty": duty, "limit": size + 1}
    asked |= {"whose": whose, "me": me}
    place = msgspec.structs.asdict(after) if after else dict.fromkeys(Place.__struct_fields__)
    of_teams, theirs = ("", {}) if teams is None else _theirs(store, teams)
    rows = store.rows(_PAGE.format(of_teams=of_teams), **asked, **theirs, **place)
    shown = rows[:size]
    return Page(
        alerts=tuple(store.alerts_of(shown)), end=_place(shown[-1]) if len(rows) > size else None
    )


def _theirs(store: Reading, teams: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """Return the condition that an alert is one of these teams', and what it asks for."""
    asked = {"teams": list(teams)}
    few = [name for (name,) in store.rows(_OF_TEAMS, limit=MOST_LOOKED_UP + 1, **asked)]
    return (_MANY, asked) if len(few) > MOST_LOOKED_UP else (_FEW, {"few": few})


def counts(store: Reading, today: date) -> list[Count]:
    """Return how many alerts are open, by duty and by days past due; the duty with most first."""
    first, second, third = (today - timedelta(days=days) for days in AGES)
    rows = store.rows(_COUNTS, first=first, second=second, third=third)
    return [Count(duty=row[0], open=row[1], by_age=tuple(row[2:])) for row in rows]


def due_soon(store: Reading) -> int:
    """Return of how many alerts a warning was told, and nothing is missed yet."""
    return int(store.rows(_DUE_SOON)[0][0])


def set_aside(store: Reading) -> tuple[int, int]:
    """Return how many open alerts are set aside, and how many are escalated."""
    aside, escalated = store.rows(_WAITING)[0]
    return aside, escalated


def alert(store: Reading, alert_id: str) -> Alert | None:
    """Return where one alert stands; None where the authority has none of this id."""
    found = store.alerts_of(store.rows(_ONE, alert_id=alert_id))
    return found[0] if found else None


def history(store: Reading, alert_id: str) -> list[Mapping[str, Any]]:
    """Return the audited fields of each transition of an alert, the first one first.

    As they may be shown: of shielded records without details, when it was told in full too.
    """
    bodies = store.rows(_HISTORY, alert_id=alert_id)
    return store.as_shown(json.loads(body) for (body,) in bodies)


def _place(row: Sequence[Any]) -> Place:
    _body, _opened_at, rank, due, alert_id = row
    return Place(rank=rank, due=due, alert_id=alert_id)
