"""CP-IS records (FHIR R4): that a child is subject to a protection plan, or looked after.

The authority sends them; health sees them as a flag. What is told is the authority's own fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from producers.files.codes import code_lists
from producers.files.dates import fhir_day
from producers.files.fhir import id_of
from producers.files.fhir_kept import PATIENT_SAYS, KeptResources
from producers.files.fhir_kinds import CPIS, kind_of
from producers.files.fhir_nodes import Resource, resources, resources_or_refusal
from producers.files.fhir_people import Known, references_of, subject
from producers.files.fhir_readers import Message
from producers.files.identities import Person
from producers.files.kept import Kept
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
from producers.files.xml_fields import refusing

_TYPES = frozenset(("CpPlanStarted", "CpPlanEnded", "BecameLookedAfter", "CeasedLookedAfter"))
SUFFIXES = frozenset((".xml", ".json"))
_FLAG_SAYS = frozenset(("meta", "status", "period"))
"""All that is read of a flag, but which plan it points to."""
_WITHDRAWN = frozenset(("entered-in-error", "revoked"))
_STANDING = frozenset(("active", "on-hold", "completed"))
_STARTS = {
    "PROTECTION": ("CpPlanStarted", "started_on"),
    "LOOKED_AFTER": ("BecameLookedAfter", "started_on"),
}
_ENDS = {
    "PROTECTION": ("CpPlanEnded", "ended_on", "plan"),
    "LOOKED_AFTER": ("CeasedLookedAfter", "ceased_on", "period"),
}


@dataclass(frozen=True, slots=True)
class _Flagged:
    """What the flags of all the files say of the plans that they point to, by the plan's id.

    Ids are compared without regard to case: published examples differ in it.
    """

    flags: KeptResources
    plans: KeptResources
    patients: KeptResources


def read(files: Sequence[Path], context: Context) -> Iterator[Outcome]:
    """Yield the outcome of every resource; plans, flags and patients are found across the files."""
    with Kept() as kept:
        flagged = _flagged(files, kept)
        for path in files:
            found = resources_or_refusal(path)
            if isinstance(found, Refused):
                yield found
                continue
            message = Message(Known(references_of(found)), flagged.patients, context)
            for position, resource in enumerate(found, start=1):
                row = Row(path.name, position)
                given = partial(_resource, row, resource, message, flagged)
                yield from refusing(row, given, resource.type if resource.type in _READ else "")


def types_in(files: Sequence[Path]) -> frozenset[str]:
    """Return the event types of the records, whichever came today."""
    return _TYPES


def recognises(files: Sequence[Path]) -> bool:
    """Return whether CP-IS records are among these files."""
    return any(kind_of(path) == CPIS for path in files)


def _resource(
    row: Row, resource: Resource, message: Message, flagged: _Flagged
) -> Iterator[Outcome]:
    if resource.type == "CarePlan":
        yield from _plan(row, resource, message, flagged)
    elif resource.type == "Flag":
        yield _flag(row, resource, flagged)
    else:
        yield Skipped(row, "tells who, for the plans and flags of the other files")


_READ = ("CarePlan", "Flag")


def _flag(row: Row, resource: Resource, flagged: _Flagged) -> Outcome:
    if flagged.plans.named(_plan_of(resource.node)) is None:
        raise BadValue(
            "extension", "points to a plan that is not among the files: give it with them"
        )
    return Skipped(row, "the plan that a flag points to says what it is")


def _plan(row: Row, resource: Resource, message: Message, flagged: _Flagged) -> Iterator[Outcome]:
    node, context = resource.node, message.context
    lists = code_lists("cpis")
    code = node.text("category", "coding", "code")
    if code in lists["unborn"]:
        yield Skipped(row, "a plan for an unborn child is on its mother's record")
        return
    kind = next((name for name, known in lists["kind"].items() if code in known), None)
    if kind is None:
        raise BadValue("category", "is neither a protection plan nor being looked after")
    flag = flagged.flags.named(id_of(resource).casefold())
    person, notes = subject(row, node, message.local, message.elsewhere, context.extract_day)
    yield from notes
    if not person.identifiers:
        raise BadValue("subject", "names no patient with an NHS number that can be used")
    yield from _told(row, resource, message, flag, kind, person)


def _told(
    row: Row,
    resource: Resource,
    message: Message,
    flag: Node | None,
    kind: str,
    person: Person,
) -> Iterator[Outcome]:
    node, record = resource.node, f"cpis/{id_of(resource)}"
    revision = max(message.revision(one) for one in (node, flag) if one is not None)
    retracted = _is_withdrawn(node, flag)

    def made(type_name: str, record_id: str, **payload: Any) -> Made:
        event = message.context.event(
            type_name,
            record_id,
            person.identifiers,
            revision=revision,
            date_of_birth=person.date_of_birth,
            retracted=retracted,
            **payload,
        )
        return Made(row, event)

    start, field = _STARTS[kind]
    end, ended_field, belongs = _ENDS[kind]
    if retracted:
        yield made(start, record)
        yield made(end, f"{record}/ended")
        return
    started_on = message.day(node, "period.start")
    yield made(start, record, **{field: started_on})
    ended_on = _end(node, flag, message.context.extract_day)
    if ended_on is None:
        if node.text("status") == "completed":
            raise BadValue("period.end", "is empty, although the plan is completed")
        return
    if ended_on < started_on:
        raise BadValue("period.end", "is before period.start")
    yield made(end, f"{record}/ended", **{ended_field: ended_on, belongs: record})


def _is_withdrawn(node: Node, flag: Node | None) -> bool:
    status = node.text("status")
    if status in _WITHDRAWN or (flag and flag.text("status") in _WITHDRAWN):
        return True
    if status not in _STANDING:
        raise BadValue("status", "is no status that says whether the plan stands")
    return False


def _end(node: Node, flag: Node | None, last: date) -> date | None:
    """Return the plan's last day, or that of its flag."""
    for one in (node, flag):
        text = one.text("period", "end") if one else ""
        if text:
            return within(fhir_day(text, "period.end"), "period.end", last)
    return None


def _flagged(files: Sequence[Path], kept: Kept) -> _Flagged:
    found = _Flagged(
        flags=KeptResources(kept, "flag", _FLAG_SAYS),
        plans=KeptResources(kept, "plan", frozenset()),
        patients=KeptResources(kept, "patient", PATIENT_SAYS),
    )
    for path in files:
        # What cannot be read is refused when its own turn comes.
        with suppress(Unreadable):
            for one in resources(path):
                _keep(one, found)
    return found


def _keep(one: Resource, found: _Flagged) -> None:
    if one.type == "Flag":
        found.flags.keep(_plan_of(one.node), one.node)
    elif one.type == "CarePlan":
        # A plan without an id is refused in its own turn; what follows it is kept all the same.
        with suppress(BadValue):
            found.plans.keep(id_of(one).casefold(), one.node)
    elif one.type == "Patient":
        for name, node in references_of([one]).items():
            found.patients.keep(name, node)


def _plan_of(flag: Node) -> str:
    for extension in flag.all("extension"):
        reference = extension.text("valueReference", "reference")
        if reference:
            return reference.rstrip("/").rpartition("/")[2].casefold()
    return ""
