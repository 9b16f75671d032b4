"""Whom a FHIR resource is about: the patient it refers to, and the identifiers of that patient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from producers.event import Identifier
from producers.files.dates import iso_day
from producers.files.fhir_nodes import Resource
from producers.files.identities import Candidate, Person, usable
from producers.files.nodes import Node
from producers.files.outcomes import BadValue, Noted, Row

_NHS_SYSTEM = "https://fhir.nhs.uk/Id/nhs-number"
_STATUS_EXTENSION = "NHSNumberVerificationStatus"
_VERIFIED = frozenset(("01", "number-present-and-verified"))
_BUNDLE_ONLY = "urn:"


class Resources(Protocol):
    """Resources that others refer to."""

    def find(self, reference: str) -> Node | None:
        """Return the resource of this reference, or None where there is none."""


@dataclass(frozen=True, slots=True)
class Known:
    """Resources by the references under which others name them."""

    by_reference: dict[str, Node]

    def find(self, reference: str) -> Node | None:
        """Return the resource of this reference, or None where no file holds it."""
        return self.by_reference.get(reference) or self.by_reference.get(relative(reference))


def references_of(resources: Iterable[Resource]) -> dict[str, Node]:
    """Return these resources by full url and by ``<type>/<id>``."""
    found: dict[str, Node] = {}
    for resource in resources:
        if resource.full_url:
            found[resource.full_url] = resource.node
        if resource.node.text("id"):
            found[f"{resource.type}/{resource.node.text('id')}"] = resource.node
    return found


def subject(
    row: Row, resource: Node, local: Resources, elsewhere: Resources, last: date
) -> tuple[Person, list[Noted]]:
    """Return whom the resource is about, and the doubts about the identifiers.

    The patients of its own bundle come before those of other files.
    """
    reference = _reference(resource, local)
    patient = local.find(reference) or elsewhere.find(reference)
    candidates = [*_own_id(reference), *_numbers(resource.all("subject"))]
    born = None
    if patient is not None:
        candidates = [*_own_id(reference), *_numbers([patient])]
        born = _born(patient, last)
    taken, notes = usable(row, candidates)
    return Person(tuple(taken), born), notes


def _reference(resource: Node, local: Resources) -> str:
    found = resource.text("subject", "reference") or resource.text("patient", "reference")
    if found:
        return found
    # An appointment names who takes part in it, the place and the practitioner among them.
    actors = (one.text("actor", "reference") for one in resource.all("participant"))
    return next((one for one in actors if _is_patient(one, local)), "")


def _is_patient(reference: str, local: Resources) -> bool:
    node = local.find(reference)
    return relative(reference).startswith("Patient/") or bool(node and node.all("birthDate"))


def _own_id(reference: str) -> list[Candidate]:
    # A urn: is an address within one message, and no id of the health system's.
    found = relative(reference)
    if reference.startswith(_BUNDLE_ONLY) or not found.startswith("Patient/"):
        return []
    local_id = found.removeprefix("Patient/")
    return [Candidate("subject", Identifier("HEALTH_LOCAL_ID", local_id))]


def _numbers(holders: Sequence[Node]) -> list[Candidate]:
    return [
        Candidate("identifier", Identifier("NHS", number.text("value"), _status(number)))
        for holder in holders
        for number in holder.all("identifier")
        if number.text("system").casefold() == _NHS_SYSTEM.casefold()
    ]


def _status(number: Node) -> str:
    for extension in number.all("extension"):
        if _STATUS_EXTENSION in extension.text("url"):
            code = extension.text("valueCodeableConcept", "coding", "code")
            return "VERIFIED" if code in _VERIFIED else "UNVERIFIED"
    return "UNVERIFIED"


def _born(patient: Node, last: date) -> date | None:
    try:
        born = iso_day(patient.text("birthDate"), "birthDate")
    except BadValue:
        # FHIR allows a year or a month alone, which is no date of birth to compare by.
        return None
    return born if born <= last else None


def relative(reference: str) -> str:
    """Return a reference as ``<type>/<id>``, without the address of the system that holds it."""
    parts = reference.rstrip("/").split("/")
    return "/".join(parts[-2:]) if len(parts) > 1 else reference
