"""FHIR R4 (BaRS messages and UK Core resources): referrals, care plans, contacts, involvement.

Only that it happened, when, and a coded category is taken: no clinical code and no text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from producers.files.codes import codes
from producers.files.fhir_kept import PATIENT_SAYS, KeptResources
from producers.files.fhir_kinds import R4, kind_of
from producers.files.fhir_nodes import Resource, resources, resources_or_refusal
from producers.files.fhir_people import Known, references_of, subject
from producers.files.fhir_readers import READINGS, Message, Reading
from producers.files.kept import Kept
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

_TYPES = frozenset(
    (
        "HealthReferralReceived",
        "HealthCarePlanAgreed",
        "HealthContactHeld",
        "HealthDischarged",
        "AgencyInvolvementStarted",
        "AgencyInvolvementEnded",
    )
)
SUFFIXES = frozenset((".xml", ".json"))
_NO_SUBJECT = "names no patient with a usable NHS number or an id of the health system"


def read(files: Sequence[Path], context: Context) -> Iterator[Outcome]:
    """Yield the outcome of every resource; patients are found across all the files."""
    yield from read_with(READINGS, files, context)


def read_with(
    readings: Mapping[str, Reading], files: Sequence[Path], context: Context
) -> Iterator[Outcome]:
    """Yield the outcome of every resource, read in these ways."""
    with Kept() as kept:
        elsewhere = _patients(files, kept)
        for path in files:
            found = resources_or_refusal(path)
            if isinstance(found, Refused):
                yield found
                continue
            message = Message(Known(references_of(found)), elsewhere, context)
            for position, resource in enumerate(found, start=1):
                row = Row(path.name, position)
                yield from outcomes(row, resource, message, readings.get(resource.type))


def types_in(files: Sequence[Path]) -> frozenset[str]:
    """Return the event types that a health system's messages hold, whichever came today."""
    return _TYPES


def recognises(files: Sequence[Path]) -> bool:
    """Return whether these files hold FHIR resources, and none of a narrower format."""
    kinds = {kind_of(path) for path in files} - {""}
    return kinds == {R4}


def outcomes(
    row: Row, resource: Resource, message: Message, reading: Reading | None
) -> Iterator[Outcome]:
    """Yield what becomes of a resource that is read in this way, None where it is in none."""
    status = resource.node.text("status")
    if reading is None:
        is_known = resource.type in codes("fhir", "beside")
        name = resource.type if is_known else "a resource of another type"
        yield Skipped(row, f"{name} says nothing that the platform takes")
        return
    if status in reading.not_yet:
        yield Skipped(row, f"this {resource.type} has not taken place yet")
        return
    if status in reading.never:
        yield Skipped(row, f"this {resource.type} did not take place")
        return
    try:
        yield from _of_person(row, resource, message, reading)
    except BadValue as bad:
        yield Refused(row, f"{resource.type}.{bad.field}", bad.reason)


def _patients(files: Sequence[Path], kept: Kept) -> KeptResources:
    found = KeptResources(kept, "patient", PATIENT_SAYS)
    for path in files:
        # What cannot be read is refused when its own turn comes.
        with suppress(Unreadable):
            patients = (one for one in resources(path) if one.type == "Patient")
            for name, node in references_of(patients).items():
                # A urn: is an address within one message, and means nothing outside it.
                if not name.startswith("urn:"):
                    found.keep(name, node)
    return found


def _of_person(
    row: Row, resource: Resource, message: Message, reading: Reading
) -> Iterator[Outcome]:
    node, context = resource.node, message.context
    retracted = _is_retracted(node.text("status"), reading)
    person, notes = subject(row, node, message.local, message.elsewhere, context.extract_day)
    yield from notes
    if not person.identifiers:
        raise BadValue("subject", _NO_SUBJECT)
    record, revision = f"{resource.type}/{id_of(resource)}", message.revision(node)
    for fact in reading.reader(node, message, retracted):
        event = context.event(
            fact.type,
            f"{record}/{fact.part}" if fact.part else record,
            person.identifiers,
            revision=revision,
            date_of_birth=person.date_of_birth,
            retracted=fact.retracted,
            **_linked(fact.type, record, fact.payload),
        )
        yield Made(row, event)
        if fact.fault:
            yield Refused(row, f"{resource.type}.{fact.fault.field}", fact.fault.reason)


def _linked(type_name: str, record: str, payload: Mapping[str, object]) -> dict[str, object]:
    """Return the payload, with what an end is the end of."""
    ends = type_name == "AgencyInvolvementEnded" and payload
    return {**payload, "involvement": record} if ends else dict(payload)


def _is_retracted(status: str, reading: Reading) -> bool:
    if status in reading.withdrawn:
        return True
    if status not in reading.standing:
        raise BadValue("status", "is no status of FHIR R4 that says whether it took place")
    return False


def id_of(resource: Resource) -> str:
    """Return the resource's id, else that of its address or identifier; raises BadValue."""
    found = (
        resource.node.text("id")
        or resource.full_url.removeprefix("urn:uuid:").rstrip("/").rpartition("/")[2]
        or resource.node.text("identifier", "value")
    )
    if not found:
        raise BadValue("id", "is empty: a resource needs an id or an identifier")
    return found
