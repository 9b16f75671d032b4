"""The mental health service's messages as FHIR R4 bundles, one a week."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from producers.simulate.life import Message
from producers.simulate.population import Child

_NHS = "https://fhir.nhs.uk/Id/nhs-number"
_VERIFICATION = (
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
)
_VERIFICATION_CODES = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus"
_CATEGORY = {"system": "https://wexcombe.example/service", "code": "CAMHS"}
_CONTACT = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}


def bundle(messages: Iterable[Message], sent_at: datetime) -> dict[str, str]:
    """Return one bundle of these messages and their patients, by file name."""
    messages = list(messages)
    patients = {message.child.number: message.child for message in messages}
    resources = [_patient(child) for child in patients.values()]
    resources += [_RESOURCES[message.kind](message) for message in messages]
    content = {
        "resourceType": "Bundle",
        "id": f"camhs-{sent_at:%Y-%m-%d}",
        "type": "collection",
        "timestamp": sent_at.isoformat(),
        "entry": [
            {
                "fullUrl": f"https://wexcombe.example/{one['resourceType']}/{one['id']}",
                "resource": one,
            }
            for one in resources
        ],
    }
    return {f"camhs-{sent_at:%Y-%m-%d}.json": json.dumps(content, indent=1) + "\n"}


def _patient(child: Child) -> dict[str, Any]:
    verified = {
        "url": _VERIFICATION,
        "valueCodeableConcept": {
            "coding": [{"system": _VERIFICATION_CODES, "code": "number-present-and-verified"}]
        },
    }
    return {
        "resourceType": "Patient",
        "id": child.clinic_id,
        "identifier": [{"extension": [verified], "system": _NHS, "value": child.nhs}],
        "gender": "male" if child.sex == "M" else "female",
        "birthDate": child.birth.isoformat(),
    }


def _base(message: Message) -> dict[str, Any]:
    updated = datetime.combine(message.sent_on, time(16, 30), UTC)
    return {
        "resourceType": message.kind,
        "id": message.id,
        "meta": {"lastUpdated": updated.isoformat()},
        "status": message.status,
        "subject": {"reference": f"Patient/{message.child.clinic_id}"},
    }


def _referral(message: Message) -> dict[str, Any]:
    return {
        **_base(message),
        "intent": "order",
        "category": [{"coding": [_CATEGORY]}],
        "authoredOn": _moment(message.on),
    }


def _care_plan(message: Message) -> dict[str, Any]:
    period = {"start": message.on.isoformat()}
    if message.until is not None:
        period["end"] = message.until.isoformat()
    return {
        **_base(message),
        "intent": "plan",
        "category": [{"coding": [_CATEGORY]}],
        "created": message.on.isoformat(),
        "period": period,
    }


def _encounter(message: Message) -> dict[str, Any]:
    found = {
        **_base(message),
        "class": _CONTACT,
        "period": {"start": _moment(message.on), "end": _moment(message.on)},
    }
    if message.discharge:
        referral = f"ServiceRequest/servicerequest-{message.child.number:04d}-1"
        found["basedOn"] = [{"reference": referral}]
        found["hospitalization"] = {"dischargeDisposition": {"coding": [{"code": "19"}]}}
    return found


_RESOURCES = {"ServiceRequest": _referral, "CarePlan": _care_plan, "Encounter": _encounter}


def _moment(day: date) -> str:
    return datetime.combine(day, time(10), UTC).isoformat()
