"""Event messages of the national events service (FHIR STU3): who is responsible for a child."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from producers.simulate.population import Child

_STU3 = "https://fhir.nhs.uk/STU3"
_NHS = "https://fhir.nhs.uk/Id/nhs-number"
_VERIFIED = (
    "https://fhir.hl7.org.uk/STU3/StructureDefinition/"
    "Extension-CareConnect-NHSNumberVerificationStatus-1"
)


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A message about one episode: what changed (new, update or delete), when, and its state.

    sequence: a number in place of the instant, as a publisher may choose.
    """

    child: Child
    episode: str
    change: str
    sent_at: datetime
    started_on: date
    ended_on: date | None = None
    status: str = "active"
    sequence: int | None = None


@dataclass(frozen=True, kw_only=True)
class Death:
    """A message that a child died."""

    child: Child
    sent_at: datetime
    died_on: date
    change: str = "new"


def extract(messages: Iterable[Contact | Death]) -> dict[str, str]:
    """Return each message as a file, by file name, in the order of arrival."""
    return {
        f"message-{number:04d}.json": json.dumps(_bundle(one, number), indent=1) + "\n"
        for number, one in enumerate(messages, start=1)
    }


def _bundle(one: Contact | Death, number: int) -> dict[str, Any]:
    patient = _patient(one)
    resources = [patient] if isinstance(one, Death) else [patient, _episode(one)]
    header = _header(one, number, focus=f"urn:uuid:{len(resources)}")
    entries = [{"fullUrl": f"urn:uuid:{n}", "resource": r} for n, r in enumerate(resources, 1)]
    return {
        "resourceType": "Bundle",
        "type": "message",
        "entry": [{"fullUrl": "urn:uuid:0", "resource": header}, *entries],
    }


def _header(one: Contact | Death, number: int, focus: str) -> dict[str, Any]:
    kind = "pds-death-notification-1" if isinstance(one, Death) else "professional-contacts-1"
    sequence = one.sequence if isinstance(one, Contact) else None
    order = (
        {"lastUpdated": one.sent_at.isoformat()}
        if sequence is None
        else {"versionId": str(sequence)}
    )
    return {
        "resourceType": "MessageHeader",
        "id": f"{number}",
        "meta": order,
        "extension": [
            {
                "url": f"{_STU3}/StructureDefinition/Extension-RoutingDemographics-1",
                "extension": [
                    {
                        "url": "birthDateTime",
                        "valueDateTime": _moment(one.child.birth),
                    }
                ],
            },
            {
                "url": f"{_STU3}/StructureDefinition/Extension-MessageEventType-1",
                "valueCodeableConcept": {"coding": [{"code": one.change}]},
            },
        ],
        "event": {"system": f"{_STU3}/CodeSystem/EventType-1", "code": kind},
        "focus": [{"reference": focus}],
    }


def _patient(one: Contact | Death) -> dict[str, Any]:
    verified = {
        "url": _VERIFIED,
        "valueCodeableConcept": {"coding": [{"code": "01"}]},
    }
    found: dict[str, Any] = {
        "resourceType": "Patient",
        "identifier": [{"extension": [verified], "system": _NHS, "value": one.child.nhs}],
        "birthDate": one.child.birth.isoformat(),
    }
    if isinstance(one, Death):
        found["deceasedDateTime"] = one.died_on.isoformat()
    return found


def _episode(one: Contact) -> dict[str, Any]:
    period = {"start": _moment(one.started_on)}
    if one.ended_on:
        period["end"] = _moment(one.ended_on)
    return {
        "resourceType": "EpisodeOfCare",
        "identifier": [{"system": "https://wexcombe.example/episodes", "value": one.episode}],
        "status": one.status,
        "type": [{"coding": [{"code": "1078501000000104"}]}],
        "patient": {"reference": "urn:uuid:1"},
        "period": period,
    }


def _moment(day: date) -> str:
    return datetime.combine(day, time(12), UTC).isoformat()
