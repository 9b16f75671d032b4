"""The authority's records for child protection information sharing (FHIR R4)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from producers.simulate.population import Child

_PROFILE = "https://fhir.nhs.uk/England/StructureDefinition/England-"
PROTECTION, LOOKED_AFTER, UNBORN = "342191000000101", "764841000000100", "818901000000100"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A plan, or a period of being looked after, and the flag that health sees of it.

    code: of the national value set. flag_ends_on: the last day of the flag alone.
    """

    child: Child
    id: str
    started_on: date
    code: str = PROTECTION
    ended_on: date | None = None
    flag_ends_on: date | None = None
    status: str = "active"
    updated_at: datetime | None = None


def extract(plans: Iterable[Plan]) -> dict[str, str]:
    """Return a bundle of the plans, their flags and patients, by file name."""
    resources: list[dict[str, Any]] = []
    for plan in plans:
        resources += [_patient(plan.child), _care_plan(plan), _flag(plan)]
    entries = [{"fullUrl": f"urn:uuid:{n}", "resource": one} for n, one in enumerate(resources)]
    content = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return {"cpis.json": json.dumps(content, indent=1) + "\n"}


def _patient(child: Child) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": f"child-{child.number}",
        "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": child.nhs}],
        "birthDate": child.birth.isoformat(),
    }


def _care_plan(plan: Plan) -> dict[str, Any]:
    return {
        "resourceType": "CarePlan",
        "id": plan.id,
        "meta": {"profile": [f"{_PROFILE}CarePlan-Flag"], **_updated(plan)},
        "status": plan.status,
        "intent": "plan",
        "category": [{"coding": [{"system": "http://snomed.info/sct", "code": plan.code}]}],
        "subject": {"reference": f"Patient/child-{plan.child.number}"},
        "period": _period(plan.started_on, plan.ended_on),
    }


def _flag(plan: Plan) -> dict[str, Any]:
    return {
        "resourceType": "Flag",
        "id": f"flag-{plan.id}",
        "meta": {"profile": [f"{_PROFILE}Flag-PatientFlag"], **_updated(plan)},
        "status": "inactive" if plan.flag_ends_on else "active",
        "code": {"coding": [{"code": "child-protection-information-system-flag"}]},
        "subject": {"reference": f"Patient/child-{plan.child.number}"},
        "period": _period(plan.started_on, plan.flag_ends_on),
        "extension": [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/flag-detail",
                "valueReference": {"reference": f"CarePlan/{plan.id.upper()}"},
            }
        ],
    }


def _updated(plan: Plan) -> dict[str, str]:
    return {"lastUpdated": plan.updated_at.isoformat()} if plan.updated_at else {}


def _period(start: date, end: date | None) -> dict[str, str]:
    found = {"start": datetime.combine(start, time(9), UTC).isoformat()}
    if end:
        found["end"] = datetime.combine(end, time(9), UTC).isoformat()
    return found
