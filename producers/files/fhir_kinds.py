"""Of which messages of the health service a FHIR file is: told by its beginning."""

from __future__ import annotations

from pathlib import Path

from producers.files.fhir_nodes import XMLNS

NEMS, CPIS, R4 = "nems", "cpis", "fhir"
_HEAD = 16 * 1024
_EVENT = b"https://fhir.nhs.uk/STU3/CodeSystem/EventType-1"
_FLAGS = (
    b"England-FlagCategoryPatient",
    b"StructureDefinition/England-CarePlan-Flag",
    b"StructureDefinition/England-CareTeam-Flag",
    b"StructureDefinition/England-Flag-PatientFlag",
)


def kind_of(path: Path) -> str:
    """Return nems, cpis or fhir; empty where the file does not begin as a FHIR resource does."""
    suffix = path.suffix.lower()
    if suffix not in (".xml", ".json"):
        return ""
    with path.open("rb") as opened:
        head = opened.read(_HEAD)
    if suffix == ".xml" and XMLNS.encode() not in head:
        return ""
    if _EVENT in head:
        return NEMS
    return CPIS if any(flag in head for flag in _FLAGS) else R4
