"""Invented children's events of three agencies, as records, in the order in which they come."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from schemas.catalogue import event_types

FIRST_DAY = date(2025, 9, 1)
DAYS = 250
SYSTEMS = {
    "education": ("the-school", "mis"),
    "social-care": ("the-council", "case-system"),
    "health": ("the-hospital", "epr"),
}
OWN_ID = {"education": "MIS_ID", "social-care": "LA_CHILD_ID", "health": "HEALTH_LOCAL_ID"}
HAPPENINGS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("PupilJoinedRoll", "entry_on", {"establishment": "100001", "year_group": 10}),
    ("ApPlacementStarted", "start_on", {"provider": "ap-1", "full_time": True}),
    ("ApReviewHeld", "held_on", {}),
    ("SessionAttendanceRecorded", "session_on", {"session": "AM", "mark": "PRESENT"}),
    ("EhcNeedsAssessmentRequested", "received_on", {}),
    ("BecameLookedAfter", "started_on", {}),
    ("LacReviewHeld", "held_on", {"participation": "PN1"}),
    ("HealthReferralReceived", "received_on", {}),
    ("HealthContactHeld", "held_on", {}),
)
JOINING = "SourceJoined"


class Told(NamedTuple):
    """A record of this type, and the moment (ms since 1970 UTC) at which it becomes known."""

    type: str
    record: dict[str, Any]
    kappa: int


def nhs_number(child: int) -> str:
    """Return a valid NHS number of the range kept for tests."""
    digits = f"999{child:06d}"
    check = 11 - sum(int(d) * (10 - i) for i, d in enumerate(digits)) % 11
    return nhs_number(child + 500_000) if check == 10 else f"{digits}{check % 11}"


def nhs_numbers(children: int) -> tuple[str, ...]:
    """Return the NHS numbers of so many children, to look for where none may stand.

    Each is looked for whole: six of its digits stand in a long hexadecimal text by chance.
    """
    return tuple(nhs_number(child) for child in range(children))


def stories(la: str, children: int, events: int, seed: int = 1) -> Iterator[Told]:
    """Yield the joining of three sources, then a year's events; one in fifty comes twice."""
    yield from joinings(la)
    chance = random.Random(f"{la}/{seed}")
    for number in range(events):
        kappa = moment_of(FIRST_DAY) + 1000 + number * DAYS * 86_400_000 // events
        told = _happening(la, chance, number, kappa, children)
        yield told
        if number % 50 == 0:
            yield told._replace(kappa=kappa + 1)


def joinings(la: str) -> Iterator[Told]:
    """Yield that the three sources join the authority."""
    return (_joined(la, agency) for agency in SYSTEMS)


def a_record(
    la: str, type_: str, system_of: str, record_id: str, /, **given: Any
) -> dict[str, Any]:
    """Return a record of this type with what is given."""
    organisation, system = SYSTEMS[system_of]
    moment = datetime.combine(given.pop("day", FIRST_DAY), datetime.min.time(), UTC)
    return {
        **{field.name: None for field in event_types()[type_].payload},
        "event_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{la}/{type_}/{record_id}")),
        "local_authority": la,
        "occurred_at": moment,
        "recorded_at": moment,
        "source": {"organisation": organisation, "system": system},
        "source_record_id": record_id,
        "revision": 1,
        "retracted": False,
        "identifiers": [],
        "date_of_birth": None,
        "batch": None,
        "scope": None,
        **given,
    }


def identifiers(agency: str, child: int) -> list[dict[str, str]]:
    """Return the child's own id in this agency's system, and the NHS number that all know."""
    return [
        {"scheme": OWN_ID[agency], "value": f"C{child}", "status": "VERIFIED"},
        {"scheme": "NHS", "value": nhs_number(child), "status": "VERIFIED"},
    ]


def _joined(la: str, agency: str) -> Told:
    record = a_record(
        la,
        JOINING,
        agency,
        f"joining-{agency}",
        agency=agency.upper().replace("-", "_"),
        mode="STREAMING",
        rhythm_hours=24 * DAYS,
        event_types=sorted(event_types()),
        joined_on=FIRST_DAY,
    )
    return Told(JOINING, record, moment_of(FIRST_DAY))


def _happening(la: str, chance: random.Random, number: int, kappa: int, children: int) -> Told:
    type_, day_field, payload = chance.choice(HAPPENINGS)
    agency = event_types()[type_].agency
    child = chance.randrange(children)
    day = datetime.fromtimestamp(kappa / 1000, UTC).date() - timedelta(days=chance.randrange(9))
    record = a_record(
        la,
        type_,
        agency,
        f"record-{number}",
        day=day,
        identifiers=identifiers(agency, child),
        date_of_birth=date(2010, 1, 1) + timedelta(days=child),
        **payload,
        **{day_field: day},
    )
    return Told(type_, record, kappa)


def moment_of(day: date) -> int:
    """Return the first moment of a day, ms since 1970 UTC."""
    return int(datetime.combine(day, datetime.min.time(), UTC).timestamp() * 1000)
