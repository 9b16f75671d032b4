"""A child's page: one timeline across the agencies, with the alerts and the deadlines beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request
from fastapi import Path as InPath
from starlette.responses import Response

from consumers.store.identities import Leaf, leaves_of
from consumers.store.reading import Alert, Moment
from consumers.store.standings import standings
from dashboard.alerts import SHORT, AlertLine, agency_text, evidence_text, fact_text, line_of
from dashboard.leading import involved
from dashboard.need import purpose_of
from dashboard.often import REFUSED, UNLIMITED, TooOften
from dashboard.people import Person
from dashboard.picture import YEAR_AHEAD, picture_of
from dashboard.reasons import IDLE, ahead, asked_of, in_words_of
from dashboard.roles import Role
from dashboard.session import Signed
from dashboard.sight import seen_alerts, seen_reasons, sees_agency
from dashboard.store import Store
from dashboard.times import moment_text
from dashboard.wiring import pages_of, store_of
from journey.cluster import Cluster
from journey.duties import all_duties
from journey.moments import day_of
from journey.shield import WITHHELD
from journey.transition import Status
from journey.words import counted, day_text, sentence

Key = Annotated[str, InPath(pattern=r"^[0-9a-f-]{36}$")]
AGENCIES = ("education", "health", "social-care", "joint")
IDENTIFIERS = {
    "NHS": "NHS number",
    "UPN": "unique pupil number",
    "ULN": "unique learner number",
    "LA_CHILD_ID": "the authority’s own child id",
    "SUI": "single unique identifier",
    "MIS_ID": "the school system’s own id",
    "HEALTH_LOCAL_ID": "the health service’s own id",
}
"""Schemes of identifiers, in words."""
STANDING = {
    "stands": "",
    "replaced": "Replaced by a later version",
    "retracted": "Taken back by its source",
    "retraction": "This takes an earlier record back",
}

router = APIRouter()


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the timeline: a fact, or several of one kind that follow each other.

    day: of the latest of them; first: of the earliest. alerts: those whose clock it started,
    ended: those that it met; a fact with any has a line of its own.
    """

    day: date
    first: date
    count: int
    agency: str
    agency_words: str
    what: str
    known_on: date
    standing: str
    alerts: tuple[AlertLine, ...]
    ended: tuple[AlertLine, ...]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """One source's record of the child: how it is known there, and since when."""

    source: str
    agency: str
    since: str
    facts: str
    identifiers: tuple[str, ...]


@router.get("/children/{child}")
def show_child(request: Request, person: Signed, child: Key, agency: str = "") -> Response:
    """Show a child's page; that it is looked at is on record before anything is read."""
    shown = child_shown(store_of(request), person, child, agency)
    return pages_of(request).show(request, "child.html", shown)


def child_shown(store: Store, person: Person, child: str, agency: str = "") -> dict[str, Any]:
    """Return what is shown of a child, once the look is on record; raises NothingThere."""
    note_look(store, person, child, "child")
    with store.reading(person) as reading:
        known = reading.known()
        today = day_of(known.kappa)
        told = seen_alerts(person, reading.alerts(child=child))
        named = (event for alert in told for event in (*alert["because"], *alert["met_by"]))
        evidence = reading.evidence([child], named)
        timeline = reading.timeline(child)
        is_shielded = reading.is_shielded(child)
        stands = standings(reading, (alert["alert_id"] for alert in told))
        reasons, cluster = asked_of(reading, child, store.seal(person), known, today)
    reasons = seen_reasons(person, reasons)
    lines = [line_of(alert, today, stands.get(alert["alert_id"])) for alert in told]
    moments = [one for one in timeline if agency in ("", one.agency)]
    is_open = [line for line in lines if line.status == Status.OPEN]
    next_due = ahead(in_words_of(reasons, today))
    return {
        "child": child,
        "short": child[:SHORT],
        "withheld": sentence(WITHHELD) if is_shielded else "",
        "open": is_open,
        "due_soon": [line for line in lines if line.due_soon],
        "closed": [line for line in lines if line.ended],
        "evidence": {name: evidence_text(event) for name, event in evidence.items()},
        "ahead": next_due,
        "timeline": timeline_of(moments, told, today),
        "picture": None if is_shielded else picture_of(timeline, is_open, next_due, today),
        "agencies": [one for one in AGENCIES if sees_agency(person, one)],
        "agency": agency if agency in AGENCIES else "",
        "involved": involved(cluster.journey(child), person, today) if cluster else [],
        "records": records_of(cluster, child, person) if cluster else [],
        "parked": parked_of(cluster, person),
        "duties": sorted(all_duties()),
        "year_ahead": today + timedelta(days=YEAR_AHEAD),
        "today": today,
        "as_of": moment_text(known.kappa),
    }


@router.get("/children/{child}/why")
def show_why(
    request: Request,
    person: Signed,
    child: Key,
    duty: str = "",
    day: str = "",
    month: str = "",
    year: str = "",
) -> Response:
    """Show for each duty, or for one, why there is an alert on a day, or why there is none."""
    given = {"day": day, "month": month, "year": year}
    shown = why_shown(store_of(request), person, child, duty, given)
    return pages_of(request).show(request, "why.html", shown)


def why_shown(
    store: Store, person: Person, child: str, duty: str, given: Mapping[str, str]
) -> dict[str, Any]:
    """Return the answers for a child and a day, once the look is on record; raises NothingThere.

    given: day, month and year as they were written; all empty for the last day known.
    """
    note_look(store, person, child, "why")
    with store.reading(person) as reading:
        known = reading.known()
        today = day_of(known.kappa)
        asked = day_given(given["day"], given["month"], given["year"], today)
        on = asked or today
        is_shielded = reading.is_shielded(child)
        reasons, _cluster = asked_of(reading, child, store.seal(person), known, on)
    reasons = seen_reasons(person, reasons)
    answers = [one for one in in_words_of(reasons, on) if duty in ("", one.duty)]
    return {
        "child": child,
        "short": child[:SHORT],
        "duty": duty,
        "withheld": sentence(WITHHELD) if is_shielded else "",
        "duties": sorted(all_duties()),
        "on": on,
        "wrong": asked is None,
        "given": given,
        "answers": [one for one in answers if one.answer not in IDLE or duty],
        "idle": [] if duty else [one for one in answers if one.answer in IDLE],
        "nothing": not reasons,
        "as_of": moment_text(known.kappa),
    }


def note_look(store: Store, person: Person, child: str, page: str) -> None:
    """Put on record that a page of this child is about to be shown, and for what.

    Raises NothingThere where the person's authority knows no such child, NotInvolved where nothing
    known shows that they need to know, TooOften where they looked at too many in the last hour,
    once that they were stopped is on record.
    """
    try:
        purpose = purpose_of(store, person, child, limited=page != UNLIMITED)
    except TooOften:
        store.note(person, child, page, REFUSED)
        raise
    store.note(person, child, page, purpose)


def day_given(day: str, month: str, year: str, otherwise: date) -> date | None:
    """Return the day of three fields, the other where all are empty, None where they are none."""
    if not (day or month or year):
        return otherwise
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def timeline_of(moments: Iterable[Moment], told: Iterable[Alert], today: date) -> list[Line]:
    """Return the lines of the timeline, the latest day first, each with its alerts beside it."""
    told = list(told)
    started, ended = _by_event(told, "because", today), _by_event(told, "met_by", today)
    lines = [_line(moment, started, ended) for moment in moments]
    runs = (list(run) for _kind, run in groupby(lines, _kind_of(lines)))
    return [_together(run) for run in runs][::-1]


def _kind_of(lines: list[Line]) -> Callable[[Line], object]:
    """Return by what lines are told together: not at all where an alert stands beside one."""
    places = {id(line): place for place, line in enumerate(lines)}

    def kind(line: Line) -> object:
        if line.alerts or line.ended or line.standing:
            return places[id(line)]
        return line.agency, line.what

    return kind


def _together(run: list[Line]) -> Line:
    latest = max(run, key=lambda line: line.known_on)
    return msgspec.structs.replace(
        run[-1], first=run[0].day, count=len(run), known_on=latest.known_on
    )


def _line(
    moment: Moment,
    started: Mapping[str, list[AlertLine]],
    ended: Mapping[str, list[AlertLine]],
) -> Line:
    return Line(
        day=moment.occurred_on,
        first=moment.occurred_on,
        count=1,
        agency=moment.agency,
        agency_words=agency_text(moment.agency),
        what=fact_text(moment.type),
        known_on=day_of(moment.kappa),
        standing=STANDING.get(moment.standing, moment.standing),
        alerts=tuple(started.get(moment.event_id, ())),
        ended=tuple(ended.get(moment.event_id, ())),
    )


def _by_event(told: Iterable[Alert], field: str, today: date) -> dict[str, list[AlertLine]]:
    found: dict[str, list[AlertLine]] = {}
    for alert in told:
        for event in alert[field]:
            found.setdefault(event, []).append(line_of(alert, today))
    return found


def parked_of(cluster: Cluster | None, person: Person) -> str:
    """Return how many records wait, empty where none does or the person sees one agency alone."""
    if cluster is None or not cluster.parked or person.role is Role.OFFICER:
        return ""
    return counted(len(cluster.parked), "record")


def records_of(cluster: Cluster, child: str, person: Person) -> list[Known]:
    """Return the sources' records that are this child, and the kinds of identifiers that say so."""
    found = leaves_of(cluster, [child])
    return [_known(leaf) for leaf in found if sees_agency(person, leaf.agency)]


def _known(leaf: Leaf) -> Known:
    marks = [
        f"{IDENTIFIERS.get(scheme, scheme)} ({status.lower()})"
        for scheme, status in leaf.marks.values()
    ]
    return Known(
        source=leaf.source,
        agency=agency_text(leaf.agency),
        since=day_text(day_of(leaf.first_known)),
        facts=counted(leaf.facts, "fact"),
        identifiers=tuple(sorted(dict.fromkeys(marks))),
    )
