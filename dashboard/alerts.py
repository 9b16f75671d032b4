"""What a page says of an alert: what is missing, why it is urgent, by what right, what doubts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from consumers.store.reading import Alert, Evidence
from consumers.store.standing_text import sentences_of
from consumers.store.standings import Stands
from dashboard.times import from_today, moment_text
from journey.duties import all_duties
from journey.duties.duty import About, Duty
from journey.parking import RECORDS_PARKED
from journey.silence import SOURCE_SILENT
from journey.transition import Outcome, Status
from journey.words import day_text, in_words, sentence

SHORT = 8
"""Characters of a child's key that a page shows; they are enough to name the child."""

OF_THE_PLATFORM = {duty.id: duty for duty in (SOURCE_SILENT, RECORDS_PARKED)}
OUTCOMES = {
    Outcome.MET_IN_TIME: "done in time",
    Outcome.MET_LATE: "done, but late",
    Outcome.MET_IN_TIME_REPORTED_LATE: "done in time, and reported late",
    Outcome.ENDED: "it ceased to be owed",
}
KINDS = {
    "DUE_SOON": "Due soon: a warning, nothing is missed yet",
    "OPENED": "Raised",
    "CONFIRMED": "Confirmed: every source has spoken, and it is still not done",
    "AMENDED": "Changed",
    "ESCALATED": "Made more severe",
    "RESOLVED": "Resolved",
    "WITHDRAWN": "Withdrawn: it does not follow any more from what is known",
    "REOPENED": "Raised again",
    "REASSIGNED": "Now of another child's record, after two records were joined or parted",
    "RETURNED": "Told again: the time for which it was set aside is over",
    "UNSEEN": "Escalated by itself: nobody had seen it in time",
    "UNASSIGNED": "Escalated by itself: nobody had taken it on in time",
}


class AlertLine(msgspec.Struct, frozen=True, kw_only=True):
    """One alert in words.

    missing: what is not there. urgency: when it was due and how long ago that is. due_soon: it is
    a warning, nothing is missed yet. escalated: how many steps past its deadline, in words.
    clock: how the due day came about. basis: by what right it is asked; our_default: what of it
    is our own. doubts: why it may be otherwise. child: the key, empty where it is about a source.
    about: whose key that is: a child's, or a provider's where the duty is asked of it.
    people: how it stands with people. pressing, aside: whether it is escalated, or set aside.
    """

    alert_id: str
    child: str
    about: About
    duty: str
    severity: str
    missing: str
    meaning: str
    urgency: str
    clock: str
    basis: str
    source: str
    our_default: str
    own_rules: str
    due: date
    status: str
    ended: str
    unconfirmed: bool
    due_soon: bool
    escalated: str
    doubts: tuple[str, ...]
    because: tuple[str, ...]
    met_by: tuple[str, ...]
    people: tuple[str, ...]
    pressing: bool
    aside: bool

    @property
    def short(self) -> str:
        """The first characters of the child's key."""
        return self.child[:SHORT]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was said of an alert, and from which moment it held."""

    at: str
    said: str


def duty_of(name: str) -> Duty | None:
    """Return the duty of this id; None where an older release knew it."""
    return OF_THE_PLATFORM.get(name) or all_duties().get(name)


def line_of(alert: Alert, today: date, stands: Stands | None = None) -> AlertLine:
    """Return what a page says of this alert on this day, and of how it stands with people."""
    is_open = alert["status"] == Status.OPEN
    duty = duty_of(alert["duty"])
    is_about_source = alert["duty"] == SOURCE_SILENT.id
    meaning = duty.meaning if duty else "This duty is not known to this release any more."
    return AlertLine(
        alert_id=alert["alert_id"],
        child="" if is_about_source else alert["child"],
        about=duty.about if duty else About.CHILD,
        duty=alert["duty"],
        severity=alert["severity"],
        missing=_missing(alert, meaning),
        meaning=meaning,
        urgency=urgency(alert, today),
        clock=sentence(alert["arithmetic"]),
        basis=str(alert["basis"])[:1].upper() + str(alert["basis"])[1:],
        source=duty.source.rstrip(".") if duty else "",
        our_default=sentence(duty.our_default) if duty and duty.our_default else "",
        own_rules=alert["rules"] if "+" in str(alert["rules"]) else "",
        due=date.fromisoformat(alert["due"]),
        status=alert["status"],
        ended=_ended(alert),
        unconfirmed=alert["unconfirmed"],
        due_soon=alert["status"] == Status.DUE_SOON,
        escalated=_escalated(alert.fields),
        doubts=tuple(_doubts(alert)),
        because=tuple(alert["because"]),
        met_by=tuple(alert["met_by"]),
        people=tuple(sentences_of(stands, is_open=is_open)),
        pressing=is_open and stands is not None and bool(stands.escalated),
        aside=is_open and stands is not None and bool(stands.aside),
    )


def urgency(alert: Alert, today: date) -> str:
    """Return the due day, beside today: "Was due by 3 March 2025, 9 working days ago"."""
    due = date.fromisoformat(alert["due"])
    if alert["duty"] in OF_THE_PLATFORM:
        return f"Since {day_text(due)}, {from_today(due, today)}"
    if alert["status"] == Status.DUE_SOON and due >= today:
        return f"Due by {day_text(due)}, {from_today(due, today)}"
    return f"Was due by {day_text(due)}, {from_today(due, today)}"


def _missing(alert: Alert, meaning: str) -> str:
    if alert["duty"] == SOURCE_SILENT.id:
        return f"Nothing is heard from {alert['child']}"
    if alert["duty"] == RECORDS_PARKED.id:
        return "Records of this child could not be taken in"
    # What is withheld is said beside the clock: a heading says what is owed.
    detail = "" if alert.fields.get("withheld") else str(alert["detail"]).rstrip(".")
    return detail[:1].upper() + detail[1:] if detail else meaning.split(". ")[-1].rstrip(".")


def _ended(alert: Alert) -> str:
    if alert["status"] in (Status.DUE_SOON, Status.OPEN):
        return ""
    if alert["status"] == Status.WITHDRAWN:
        return "Withdrawn"
    return f"Resolved: {OUTCOMES.get(alert['outcome'], 'done')}"


def _escalated(fields: Mapping[str, Any]) -> str:
    step = fields.get("escalation", 0)
    return f"Escalated, step {step}" if step else ""


def _doubts(alert: Alert) -> Iterable[str]:
    if alert["unconfirmed"]:
        waits = ", ".join(alert["waiting_for"]) or "a source that could tell of it"
        yield f"Unconfirmed: it may have been done, since nothing was heard in time from {waits}."
    if alert["unreadable"]:
        yield "Absent or unreadable: a record that could not be read may be what is missing."
    if alert["identity_in_review"]:
        yield "Identity in review: another record may be of this child too."


def evidence_text(event: Evidence) -> str:
    """Return a fact as a page names it: what it was, on which day, told by which agency."""
    return f"{fact_text(event.type)} on {day_text(event.occurred_on)} ({agency_text(event.agency)})"


def fact_text(type_: str) -> str:
    """Return an event type as the beginning of a sentence."""
    words = in_words(type_)
    return words[:1].upper() + words[1:]


def agency_text(agency: str) -> str:
    """Return an agency in words: social-care is "social care"."""
    return agency.replace("-", " ")


def told_of(transitions: Iterable[Mapping[str, Any]]) -> list[Told]:
    """Return what was said of an alert, in the order in which it was said."""
    return [Told(at=moment_text(one["as_of"]), said=_said(one)) for one in transitions]


def _said(one: Mapping[str, Any]) -> str:
    said = KINDS.get(one["kind"], str(one["kind"]).lower())
    if one["kind"] == "RESOLVED":
        return f"{said}: {OUTCOMES.get(one['outcome'], 'done')}"
    if one["kind"] in ("OPENED", "REOPENED") and one["unconfirmed"]:
        return f"{said}, unconfirmed"
    if one["kind"] == "ESCALATED" and one.get("escalation"):
        return f"{said}: step {one['escalation']} past its deadline, now {one['severity']}"
    return said
