"""FHIR R4 (BaRS messages and UK Core resources): referrals, care plans, contacts, discharges.

Only that it happened, when, and a coded category is taken: no clinical code and no text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from producers.event import milliseconds
from producers.files.dates import fhir_day, instant
from producers.files.fhir_nodes import XMLNS, Resource, resources
from producers.files.fhir_people import Known, references_of, subject
from producers.files.nodes import Node
from producers.files.outcomes import (
    BadValue,
    Context,
    Made,
    Outcome,
    Refused,
    Row,
    Skipped,
    Unreadable,
)
from producers.files.tables import within
from producers.files.xml_records import head
from schemas.formats import CODE

_TYPES = frozenset(
    ("HealthReferralReceived", "HealthCarePlanAgreed", "HealthContactHeld", "HealthDischarged")
)
SUFFIXES = frozenset((".xml", ".json"))
_WITHDRAWN = frozenset(("revoked", "entered-in-error", "cancelled"))
_NOT_YET = frozenset(("draft", "planned", "arrived", "triaged", "in-progress", "onleave"))
_NO_SUBJECT = "names no patient with a usable NHS number or an id of the health system"
_STANDING = frozenset(("active", "on-hold", "completed", "finished"))
_Fact: TypeAlias = tuple[str, dict[str, Any], list[BadValue]]
"""The event type, its payload, and the parts of the resource that it goes without."""


@dataclass(frozen=True, slots=True)
class _Message:
    """One file's resources, and the patients of the other files."""

    local: Known
    elsewhere: Known
    context: Context

    def day(self, node: Node, *paths: str) -> date:
        """Return the day of the first of these fields that is filled; raises BadValue."""
        for path in paths:
            text = node.text(*path.split("."))
            if text:
                return within(fhir_day(text, path), path, self.context.extract_day)
        raise BadValue(" or ".join(paths), "is empty: the day is not known")

    def revision(self, node: Node) -> int:
        """Return when the resource was last updated, else the extract moment, in ms."""
        text = node.text("meta", "lastUpdated")
        if not text:
            return self.context.revision
        updated = instant(text, "meta.lastUpdated")
        if updated > self.context.extracted_at:
            raise BadValue("meta.lastUpdated", "is after the extract date")
        return milliseconds(updated)


_Reader: TypeAlias = Callable[[Node, _Message, bool], _Fact]


def read(files: Sequence[Path], context: Context) -> Iterator[Outcome]:
    """Yield the outcome of every resource; patients are found across all the files."""
    elsewhere = Known(_patients(files))
    for path in files:
        try:
            found = list(resources(path))
        except Unreadable as fault:
            yield Refused(Row(path.name), "file", str(fault))
            continue
        message = _Message(Known(references_of(found)), elsewhere, context)
        for position, resource in enumerate(found, start=1):
            yield from _outcomes(Row(path.name, position), resource, message)


def types_in(files: Sequence[Path]) -> frozenset[str]:
    """Return the event types that a health system's messages hold, whichever came today."""
    return _TYPES


def recognises(files: Sequence[Path]) -> bool:
    """Return whether these files may hold FHIR resources: XML of its namespace, or JSON."""
    return any(_may_hold(path) for path in files)


def _may_hold(path: Path) -> bool:
    suffix = path.suffix.lower()
    return suffix == ".json" or (suffix == ".xml" and head(path).namespace == XMLNS)


def _patients(files: Sequence[Path]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for path in files:
        # What cannot be read is refused when its own turn comes.
        with suppress(Unreadable):
            patients = (one for one in resources(path) if one.type == "Patient")
            found.update(references_of(patients))
    # A urn: is an address within one message, and means nothing outside it.
    return {name: node for name, node in found.items() if not name.startswith("urn:")}


def _outcomes(row: Row, resource: Resource, message: _Message) -> Iterator[Outcome]:
    status = resource.node.text("status")
    reader = _READERS.get(resource.type)
    if reader is None:
        yield Skipped(row, f"{resource.type} says nothing that the platform takes")
        return
    if status in _NOT_YET:
        yield Skipped(row, f"this {resource.type} has not taken place yet")
        return
    try:
        yield from _of_person(row, resource, message, reader)
    except BadValue as bad:
        yield Refused(row, f"{resource.type}.{bad.field}", bad.reason)


def _of_person(
    row: Row, resource: Resource, message: _Message, reader: _Reader
) -> Iterator[Outcome]:
    node, context = resource.node, message.context
    retracted = _is_retracted(node.text("status"))
    person, notes = subject(row, node, message.local, message.elsewhere, context.extract_day)
    yield from notes
    if not person.identifiers:
        raise BadValue("subject", _NO_SUBJECT)
    type_name, payload, refusals = reader(node, message, retracted)
    event = context.event(
        type_name,
        f"{resource.type}/{_id(resource)}",
        person.identifiers,
        revision=message.revision(node),
        date_of_birth=person.date_of_birth,
        retracted=retracted,
        **payload,
    )
    yield Made(row, event)
    yield from (Refused(row, f"{resource.type}.{bad.field}", bad.reason) for bad in refusals)


def _is_retracted(status: str) -> bool:
    if status in _WITHDRAWN:
        return True
    if status not in _STANDING:
        raise BadValue("status", "is no status of FHIR R4 that says whether it took place")
    return False


def _referral(node: Node, message: _Message, retracted: bool) -> _Fact:
    payload: dict[str, Any] = {"category": _code(node.first("category", "coding"))}
    if not retracted:
        payload["received_on"] = message.day(node, "authoredOn")
    return "HealthReferralReceived", payload, []


def _care_plan(node: Node, message: _Message, retracted: bool) -> _Fact:
    payload: dict[str, Any] = {"category": _code(node.first("category", "coding"))}
    if retracted:
        return "HealthCarePlanAgreed", payload, []
    agreed_on = _agreed_on(node, message)
    payload["agreed_on"] = agreed_on
    try:
        payload["end_on"] = _plan_end(node, agreed_on)
    except BadValue as bad:
        return "HealthCarePlanAgreed", payload, [bad]
    return "HealthCarePlanAgreed", payload, []


def _agreed_on(node: Node, message: _Message) -> date:
    # FHIR: the encounter during which the plan was created.
    encounter = message.local.find(node.text("encounter", "reference"))
    if not node.text("created") and not node.text("period", "start") and encounter:
        return message.day(encounter, "period.end", "period.start")
    return message.day(node, "created", "period.start")


def _plan_end(node: Node, agreed_on: date) -> date | None:
    text = node.text("period", "end")
    end_on = fhir_day(text, "period.end") if text else None
    if end_on is not None and end_on < agreed_on:
        raise BadValue("period.end", "is before the plan was agreed")
    return end_on


def _encounter(node: Node, message: _Message, retracted: bool) -> _Fact:
    payload: dict[str, Any] = {"category": _code(node.first("class"))}
    if node.first("hospitalization", "dischargeDisposition"):
        payload["referral"] = _referral_of(node)
        if not retracted:
            payload["discharged_on"] = message.day(node, "period.end")
        return "HealthDischarged", payload, []
    if not retracted:
        payload["held_on"] = message.day(node, "period.start")
    return "HealthContactHeld", payload, []


def _referral_of(node: Node) -> str | None:
    parts = node.text("basedOn", "reference").rstrip("/").split("/")
    return "/".join(parts[-2:]) if parts[-2:-1] == ["ServiceRequest"] else None


def _code(coding: Node | None) -> str | None:
    code = coding.text("code") if coding else ""
    return code if CODE.matches(code) else None


def _id(resource: Resource) -> str:
    found = (
        resource.node.text("id")
        or resource.full_url.removeprefix("urn:uuid:").rstrip("/").rpartition("/")[2]
        or resource.node.text("identifier", "value")
    )
    if not found:
        raise BadValue("id", "is empty: a resource needs an id or an identifier")
    return found


_READERS: Mapping[str, _Reader] = {
    "ServiceRequest": _referral,
    "CarePlan": _care_plan,
    "Encounter": _encounter,
}
