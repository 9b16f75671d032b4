"""Who is to be told that an alert was taken back: those who had looked at whom it was told of."""

from __future__ import annotations

import msgspec

from consumers.store.looking import Looked
from consumers.store.reading import Alert, Reading

_MOVED = """
SELECT DISTINCT alert_id::text FROM alert_transitions
WHERE la = %(la)s AND alert_id::text = ANY(%(alerts)s) AND body <> ''
  AND body::jsonb->>'kind' = 'REASSIGNED'
"""

_ABOUT = "SELECT set_config('joinedup.alert', %(alert_id)s, true) WHERE %(la)s <> ''"

_LOOKED = """
SELECT floor(extract(epoch FROM at) * 1000)::bigint, reader, role, command, purpose FROM reads
WHERE la = %(la)s AND child IN (SELECT children_told_of_wrongly())
  AND NOT starts_with(purpose, 'refused ') ORDER BY id
"""

_ACTED = """
SELECT DISTINCT author, act FROM actions
WHERE la = %(la)s AND alert_id::text = %(alert_id)s ORDER BY author, act
"""


class Acted(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who did something about an alert, and what."""

    by: str
    act: str


def taken_back(store: Reading, child: str) -> list[Alert]:
    """Return the child's alerts that were withdrawn, or came to it from another child."""
    alerts = store.alerts(child=child)
    rows = store.rows(_MOVED, alerts=[one["alert_id"] for one in alerts])
    moved = {alert_id for (alert_id,) in rows}
    return [one for one in alerts if one["status"] == "WITHDRAWN" or one["alert_id"] in moved]


def looked_at(store: Reading, alert_id: str) -> list[Looked]:
    """Return who looked at the record of whom an alert was told, before it was taken back.

    Nobody where it stands with the child of whom it was first told. All looks at that record are
    there, with their moments: what was seen in each is not kept.
    """
    store.rows(_ABOUT, alert_id=alert_id)
    found = [
        Looked(at=at, reader=reader, role=role, command=command, purpose=purpose)
        for at, reader, role, command, purpose in store.rows(_LOOKED)
    ]
    store.rows(_ABOUT, alert_id="")
    return found


def acted_on(store: Reading, alert_id: str) -> list[Acted]:
    """Return who did what about an alert: whoever acknowledged it is to be told as well."""
    return [Acted(by=by, act=act) for by, act in store.rows(_ACTED, alert_id=alert_id)]
