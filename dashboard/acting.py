"""Acting on an alert: recorded on the topic first, shown once the platform has carried it out."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from uuid import UUID

import msgspec

from consumers.store import queue
from consumers.store.reading import Alert
from consumers.store.standings import Done, Stands, effect_of, standings
from dashboard.forms import Filled, Wrong, filled
from dashboard.missing import NothingThere
from dashboard.people import Person
from dashboard.recording import NotRecorded, ToRecord
from dashboard.sight import sees_duty
from dashboard.store import Store
from dashboard.times import moment_text
from dashboard.wiring import Parts
from journey.acting_words import ACTS, EFFECTS, OUTCOMES, reason_text
from journey.moments import day_of
from journey.silence import SOURCE_SILENT
from journey.standing import Act
from journey.words import day_text

log = logging.getLogger(__name__)


class DoneLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody did, in words; came_to: empty where it was simply taken."""

    at: str
    by: str
    what: str
    why: str
    note: str
    came_to: str


def taken(parts: Parts, person: Person, alert_id: str, given: dict[str, str]) -> str | Wrong:
    """Return the id of the event by which it was recorded, or what is wrong with what was given.

    Raises NothingThere where the person's authority has no such alert.
    """
    alert, today = alert_of(parts.store, person, alert_id)
    said = filled(given, me=person.name, severity=alert["severity"], today=day_of(today))
    if isinstance(said, Wrong):
        return said
    try:
        return parts.recorder.record(to_record(parts.store, person, alert, said))
    except NotRecorded as fault:
        return Wrong(act=said.act, fields={"act": str(fault)}, given=given)


def alert_of(store: Store, person: Person, alert_id: str) -> tuple[Alert, int]:
    """Return an alert of the person's authority, and up to when things are known (ms UTC)."""
    with store.reading(person) as reading:
        alert = queue.alert(reading, alert_id)
        known = reading.known()
    if alert is None or not sees_duty(person, alert["duty"]):
        raise NothingThere
    return alert, known.kappa


def to_record(store: Store, person: Person, alert: Alert, said: Filled) -> ToRecord:
    """Return what is to be recorded; what was written is sealed under the child's key."""
    is_about_source = alert["duty"] == SOURCE_SILENT.id
    found = ToRecord(
        la=person.la,
        by=person.name,
        act=said.act,
        alert_id=alert["alert_id"],
        number=said.number,
        anchor="" if is_about_source else alert["anchor"],
        source=alert["child"] if is_about_source else "",
        recipient=said.recipient,
        until=said.until,
        reason=said.reason,
        outcome=said.outcome,
    )
    if not said.note or is_about_source:
        return found
    return _with_note(store, person, found, alert["child"], said.note)


def _with_note(store: Store, person: Person, found: ToRecord, child: str, text: str) -> ToRecord:
    with store.reading(person) as reading:
        leaves = reading.leaves(child)
    seal = store.seal(person)
    seal.ready(leaves[:1])

    def sealed(event_id: str) -> bytes:
        leaf = leaves[0] if leaves else ""
        note = seal.close_note(found.la, leaf, event_id, found.alert_id, text) if leaf else None
        if note is None:
            raise NotRecorded("What you wrote cannot be sealed: the child has been erased.")
        return note

    return msgspec.structs.replace(found, note=sealed, note_leaf=leaves[0] if leaves else "")


def see(parts: Parts, person: Person, alert: Alert) -> None:
    """Record that somebody saw an alert; where that fails, it counts as unseen, which is safe."""
    said = Filled(act=Act.SEEN, number=int(alert["number"]))
    if not parts.noticed.is_new(person.la, person.name, alert["alert_id"], said.number):
        return
    try:
        parts.recorder.record(to_record(parts.store, person, alert, said))
    except NotRecorded:
        log.warning("That an alert was seen could not be recorded.")


def what_became(store: Store, person: Person, recorded: UUID | None) -> tuple[str, str]:
    """Return what a page says of an action just recorded: heading and words; empty: nothing."""
    if recorded is None:
        return "", ""
    with store.reading(person) as reading:
        effect = effect_of(reading, str(recorded))
    if effect is None:
        words = "It shows here as soon as the platform has carried it out."
        return "Recorded", words
    return ("Done", "") if not EFFECTS.get(effect) else ("Done", EFFECTS[effect] + ".")


def stands_of(store: Store, person: Person, alert_id: str) -> Stands | None:
    """Return how an alert stands with people; None where nobody did anything about it."""
    with store.reading(person) as reading:
        return standings(reading, [alert_id]).get(alert_id)


def done_lines(done: Iterable[Done]) -> list[DoneLine]:
    """Return what people did in words, in the order in which they did it."""
    return [_done_line(one) for one in done]


def _done_line(one: Done) -> DoneLine:
    what = ACTS.get(one.act, one.act.lower())
    if one.recipient:
        what = f"{what} to {one.recipient}"
    if one.until:
        what = f"{what} until {day_text(one.until)}"
    why = OUTCOMES.get(one.outcome, "") or (reason_text(one.reason) if one.reason else "")
    lost = "What was written can no longer be opened." if one.has_note else ""
    return DoneLine(
        at=moment_text(one.kappa),
        by=one.by,
        what=what,
        why=why,
        note=lost if one.note is None else one.note,
        came_to=EFFECTS.get(one.effect, one.effect),
    )
