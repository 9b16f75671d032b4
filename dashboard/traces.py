"""The last span of an alert that is followed: that somebody was shown its page."""

from __future__ import annotations

import time
from uuid import UUID

from consumers.store.reading import Reading
from schemas.traces import parent_of, tracer

_CONTEXT = """
SELECT coalesce(traceparent, '') FROM alert_transitions
WHERE la = %(la)s AND alert_id = %(alert)s AND number = %(number)s
"""


def shown(reading: Reading, alert_id: UUID, number: int, began: int) -> None:
    """Make the span of a page of an alert, up to its transition of this number.

    began: when the page was asked for, ns since 1970 UTC. Nothing is asked or made while traces are
    off, or where the transition is not followed.
    """
    made_by = tracer()
    if made_by is None:
        return
    for (context,) in reading.rows(_CONTEXT, alert=str(alert_id), number=number):
        parent = parent_of(context)
        if parent is not None:
            made_by.start_span("page", context=parent, start_time=began).end(time.time_ns())
