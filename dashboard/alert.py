"""An alert's page: why it is there, what it rests on, what was said of it, and acting on it."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

from consumers.store import queue
from consumers.store.figures import schools
from consumers.store.reading import Alert
from consumers.store.standings import Stands, actions, standings
from consumers.store.taken_back import looked_at
from dashboard import traces
from dashboard.access import ACTING, may
from dashboard.acting import alert_of, done_lines, see, taken, what_became
from dashboard.alerts import AlertLine, evidence_text, line_of, told_of
from dashboard.child import note_look
from dashboard.forms import LONGEST_NOTE, Wrong, last_day
from dashboard.people import Person
from dashboard.session import Form, Signed
from dashboard.store import Store
from dashboard.times import moment_text
from dashboard.wiring import Parts, pages_of, parts_of
from journey.acting_words import OUTCOMES, REASONS
from journey.duties.duty import About
from journey.moments import day_of
from journey.standing import Act
from journey.transition import Status
from journey.words import day_text

WITH_FORM = (Act.ACKNOWLEDGE, Act.ASSIGN, Act.SNOOZE, Act.ESCALATE, Act.COMMENT, Act.CLOSE)
"""Acts that have a form to fill in; the others are a button."""

router = APIRouter()


@router.get("/alerts/{alert_id}")
def show_alert(
    request: Request, person: Signed, alert_id: UUID, recorded: UUID | None = None
) -> Response:
    """Show an alert; where it is about a child, that is on record before its evidence is read."""
    return alert_page(request, person, alert_id, recorded=recorded)


@router.post("/alerts/{alert_id}/actions")
def act_on_alert(request: Request, person: Signed, alert_id: UUID, form: Form) -> Response:
    """Record what somebody did about an alert, and lead back to it, where it says so."""
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    came = taken(parts_of(request), person, str(alert_id), given)
    if isinstance(came, Wrong):
        return alert_page(request, person, alert_id, wrong=came)
    return RedirectResponse(f"/alerts/{alert_id}?recorded={came}", 303)


def alert_page(
    request: Request,
    person: Person,
    alert_id: UUID,
    *,
    recorded: UUID | None = None,
    wrong: Wrong | None = None,
) -> Response:
    """Return the page of an alert, and put on record that somebody has seen it."""
    parts = parts_of(request)
    shown, seen = alert_shown(parts, person, alert_id, recorded=recorded, wrong=wrong)
    page = pages_of(request).show(request, "alert.html", shown, status=422 if wrong else 200)
    page.background = seen
    return page


def alert_shown(
    parts: Parts,
    person: Person,
    alert_id: UUID,
    *,
    recorded: UUID | None = None,
    wrong: Wrong | None = None,
) -> tuple[dict[str, Any], BackgroundTask | None]:
    """Return what is shown of an alert once the look is on record, and what is to be done after.

    After it has left, it is recorded that somebody has seen it: whoever reads it does not wait.
    """
    began = time.time_ns()
    alert, line = to_show(parts.store, person, alert_id)
    with parts.store.reading(person) as reading:
        traces.shown(reading, alert_id, alert["number"], began)
        known = reading.known()
        evidence = reading.evidence([line.child], (*line.because, *line.met_by))
        told = queue.history(reading, str(alert_id))
        looked = looked_at(reading, str(alert_id))
        stands = standings(reading, [str(alert_id)]).get(str(alert_id))
        seal = parts.store.seal(person)
        done = actions(reading, str(alert_id), seal)
        named = schools(reading, [str(alert_id)], seal) if line.about is About.PROVIDER else {}
    heading, became = what_became(parts.store, person, recorded)
    shown = {
        "alert": line,
        "provider": ", ".join(named.get(str(alert_id), ())),
        "because": [evidence_text(evidence[one]) for one in line.because if one in evidence],
        "met_by": [evidence_text(evidence[one]) for one in line.met_by if one in evidence],
        "told": told_of(told),
        "looked": [
            {"who": one.reader, "role": one.role, "at": moment_text(one.at)} for one in looked
        ],
        "done": done_lines(done),
        "recorded": {"heading": heading, "words": became, "id": recorded} if heading else None,
        "as_of": moment_text(known.kappa),
        **_acting(parts, person, alert, stands, known.kappa),
        "wrong": wrong,
    }
    is_new = _is_to_be_seen(parts, person, alert, stands)
    return shown, BackgroundTask(see, parts, person, alert) if is_new else None


def _is_to_be_seen(parts: Parts, person: Person, alert: Alert, stands: Stands | None) -> bool:
    is_seen = stands is not None and person.name in stands.seen_by
    return alert["status"] == Status.OPEN and not is_seen and not why_not(parts, person)


def why_not(parts: Parts, person: Person) -> str:
    """Return why the person cannot act here; empty where they can."""
    if not may(person.role, ACTING):
        return "Safeguarding leads and managers act on alerts."
    return parts.recorder.why_not(person.la)


def _acting(
    parts: Parts, person: Person, alert: Alert, stands: Stands | None, kappa: int
) -> dict[str, Any]:
    """Return what the forms need."""
    return {
        "number": alert["number"],
        "why_not": why_not(parts, person),
        "is_offered": stands is not None and stands.offered_to == person.name,
        "is_mine": stands is not None and stands.assignee == person.name,
        "offered_by": stands.offered_by if stands else "",
        "last_day": day_text(last_day(alert["severity"], day_of(kappa))),
        "reasons": {act.lower(): codes for act, codes in REASONS.items()},
        "outcomes": OUTCOMES,
        "longest_note": LONGEST_NOTE,
        "forms": WITH_FORM,
    }


def to_show(store: Store, person: Person, alert_id: UUID) -> tuple[Alert, AlertLine]:
    """Return an alert that is about to be shown, once the look at its child is on record.

    Raises NothingThere where the person's authority has no such alert.
    """
    found, kappa = alert_of(store, person, str(alert_id))
    with store.reading(person) as reading:
        stands = standings(reading, [str(alert_id)]).get(str(alert_id))
    line = line_of(found, day_of(kappa), stands)
    if line.child:
        note_look(store, person, line.child, "alert")
    return found, line
