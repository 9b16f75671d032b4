"""An alert's page: why it is there, what it rests on, and all that was said of it."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from consumers.store import queue
from consumers.store.taken_back import looked_at
from dashboard.alerts import AlertLine, evidence_text, line_of, told_of
from dashboard.child import note_look
from dashboard.missing import NothingThere
from dashboard.people import Person
from dashboard.session import Signed
from dashboard.sight import sees_duty
from dashboard.store import Store
from dashboard.times import moment_text
from dashboard.wiring import pages_of, store_of
from journey.moments import day_of

router = APIRouter()


@router.get("/alerts/{alert_id}")
def show_alert(request: Request, person: Signed, alert_id: UUID) -> Response:
    """Show an alert; where it is about a child, that is on record before its evidence is read."""
    store = store_of(request)
    line = line_to_show(store, person, alert_id)
    with store.reading(person) as reading:
        known = reading.known()
        evidence = reading.evidence([line.child], (*line.because, *line.met_by))
        told = queue.history(reading, str(alert_id))
        looked = looked_at(reading, str(alert_id))
    return pages_of(request).show(
        request,
        "alert.html",
        {
            "alert": line,
            "because": [evidence_text(evidence[one]) for one in line.because if one in evidence],
            "met_by": [evidence_text(evidence[one]) for one in line.met_by if one in evidence],
            "told": told_of(told),
            "looked": [
                {"who": one.reader, "role": one.role, "at": moment_text(one.at)} for one in looked
            ],
            "as_of": moment_text(known.kappa),
        },
    )


def line_to_show(store: Store, person: Person, alert_id: UUID) -> AlertLine:
    """Return an alert that is about to be shown, once the look at its child is on record.

    Raises NothingThere where the person's authority has no such alert.
    """
    with store.reading(person) as reading:
        found = queue.alert(reading, str(alert_id))
        known = reading.known()
    if found is None or not sees_duty(person, found["duty"]):
        raise NothingThere
    line = line_of(found, day_of(known.kappa))
    if line.child:
        note_look(store, person, line.child, "alert")
    return line
