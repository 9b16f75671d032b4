"""What each FHIR R4 resource says: that it happened, when, and a coded category, no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from producers.event import milliseconds
from producers.files.dates import fhir_day, instant
from producers.files.fhir_people import Resources
from producers.files.nodes import Node
from producers.files.outcomes import BadValue, Context
from producers.files.tables import within
from schemas.formats import CODE


@dataclass(frozen=True, slots=True)
class Message:
    """One file's resources, and the patients of the other files."""

    local: Resources
    elsewhere: Resources
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


@dataclass(frozen=True, slots=True)
class Fact:
    """One event of a resource.

    part: what is added to the resource's record id. fault: a part of the resource that it goes
    without. With ``retracted`` the payload may be empty.
    """

    type: str
    payload: Mapping[str, Any]
    part: str = ""
    fault: BadValue | None = None
    retracted: bool = False


ResourceReader: TypeAlias = Callable[[Node, Message, bool], Iterator[Fact]]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a resource is read, and what each of its statuses means.

    withdrawn: it is taken back. not_yet: it has not taken place. standing: it has.
    never: it did not and will not, and nothing is taken back.
    """

    reader: ResourceReader
    standing: frozenset[str]
    not_yet: frozenset[str]
    withdrawn: frozenset[str] = frozenset(("entered-in-error", "cancelled", "revoked"))
    never: frozenset[str] = field(default_factory=frozenset)


def code_of(coding: Node | None) -> str | None:
    """Return the code of a coding, or None where it is none that may travel."""
    code = coding.text("code") if coding else ""
    return code if CODE.matches(code) else None


def _referral(node: Node, message: Message, retracted: bool) -> Iterator[Fact]:
    payload: dict[str, Any] = {"category": code_of(node.first("category", "coding"))}
    if not retracted:
        payload["received_on"] = message.day(node, "authoredOn")
        payload["urgency"] = _URGENCIES.get(node.text("priority"))
    yield Fact("HealthReferralReceived", payload, retracted=retracted)


def _care_plan(node: Node, message: Message, retracted: bool) -> Iterator[Fact]:
    payload: dict[str, Any] = {"category": code_of(node.first("category", "coding"))}
    fault = None
    if not retracted:
        agreed_on = _agreed_on(node, message)
        payload["agreed_on"] = agreed_on
        try:
            payload["end_on"] = _plan_end(node, agreed_on)
        except BadValue as bad:
            fault = bad
    yield Fact("HealthCarePlanAgreed", payload, fault=fault, retracted=retracted)


def _agreed_on(node: Node, message: Message) -> date:
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


def _encounter(node: Node, message: Message, retracted: bool) -> Iterator[Fact]:
    payload: dict[str, Any] = {"category": code_of(node.first("class"))}
    payload["referral"] = _referral_of(node)
    if node.first("hospitalization", "dischargeDisposition"):
        if not retracted:
            payload["discharged_on"] = message.day(node, "period.end")
        yield Fact("HealthDischarged", payload, retracted=retracted)
        return
    if not retracted:
        payload["held_on"] = message.day(node, "period.start")
    yield Fact("HealthContactHeld", payload, retracted=retracted)


def _appointment(node: Node, message: Message, retracted: bool) -> Iterator[Fact]:
    payload: dict[str, Any] = {
        "category": code_of(node.first("serviceCategory", "coding")),
        "referral": _referral_of(node),
    }
    if not retracted:
        payload["held_on"] = message.day(node, "start")
    yield Fact("HealthContactHeld", payload, retracted=retracted)


def episode_of_care(node: Node, message: Message, retracted: bool) -> Iterator[Fact]:
    """Yield that the health service became involved with the child and, where it did, ended."""
    if retracted:
        yield Fact("AgencyInvolvementStarted", {}, retracted=True)
        yield Fact("AgencyInvolvementEnded", {}, part="ended", retracted=True)
        return
    service = code_of(node.first("type", "coding"))
    started_on = message.day(node, "period.start")
    payload = {"agency": "HEALTH", "started_on": started_on, "service": service}
    yield Fact("AgencyInvolvementStarted", payload)
    if node.text("period", "end"):
        ended_on = message.day(node, "period.end")
        if ended_on < started_on:
            raise BadValue("period.end", "is before period.start")
        ended = {"agency": "HEALTH", "ended_on": ended_on, "service": service}
        yield Fact("AgencyInvolvementEnded", ended, part="ended")
    elif node.text("status") == "finished":
        raise BadValue("period.end", "is empty, although the episode is finished")


def _referral_of(node: Node) -> str | None:
    parts = node.text("basedOn", "reference").rstrip("/").split("/")
    return "/".join(parts[-2:]) if parts[-2:-1] == ["ServiceRequest"] else None


_URGENCIES = {"routine": "ROUTINE", "urgent": "URGENT", "asap": "URGENT", "stat": "URGENT"}
_PLANNED = frozenset(("planned", "waitlist"))
_DRAFT = frozenset(("draft",))

EPISODE = Reading(episode_of_care, frozenset(("active", "onhold", "finished")), _PLANNED)
READINGS: Mapping[str, Reading] = {
    "ServiceRequest": Reading(_referral, frozenset(("active", "on-hold", "completed")), _DRAFT),
    "CarePlan": Reading(_care_plan, frozenset(("active", "on-hold", "completed")), _DRAFT),
    "Encounter": Reading(
        _encounter,
        frozenset(("finished",)),
        frozenset(("planned", "arrived", "triaged", "in-progress", "onleave")),
    ),
    "EpisodeOfCare": EPISODE,
    "Appointment": Reading(
        _appointment,
        frozenset(("fulfilled",)),
        frozenset(("proposed", "pending", "booked", "arrived", "checked-in", "waitlist")),
        withdrawn=frozenset(("entered-in-error",)),
        never=frozenset(("cancelled", "noshow")),
    ),
}
