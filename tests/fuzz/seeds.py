"""What is broken: small files of every format as they should be, and the heads of real ones."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from random import Random

from producers.simulate.extracts import cin_census, cpis, nccis, nems, register, sen2, ssda903
from producers.simulate.life import CarePeriod
from producers.simulate.population import child

DATA = Path(__file__).parents[3] / "shared" / "data"
_LINES, _BYTES = 12, 20_000
_REAL = {
    "ssda903": ("ssda903", "*.csv"),
    "school-census": ("school_census", "*.csv"),
}
_REAL_XML = {
    "nccis": ("nccis/dev", b"</YoungPersonsRecord>"),
    "sen2": ("sen2/dev", b"</Person>"),
    "cin-census": ("cin_census/dev", b"</Child>"),
}
"""By format: the folder of real returns, and how a record of one ends."""
_REAL_FHIR = {"fhir": ("fhir_bars", "fhir_ukcore"), "nems": ("nems/dev",), "cpis": ("cpis/dev",)}

_EPISODES = (
    b"CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE\n"
    b"C1,03/09/2024,S,C2,N1,U1,PR1,10/01/2025,X1,CARPL\nC1,10/01/2025,P,C2,N1,U4,PR1,,,\n"
    b'C2,01/02/2025,S,V2,N1,"R2",PR1,05/05/2025,E4A,\n'
)
_HEADER = b"CHILD,SEX,DOB,ETHNIC,UPN\nC1,1,01/02/2012,WBRI,A330000012345\nC2,2,02/03/2010,REFU,\n"
_REVIEWS = (
    b"CHILD,DOB,REVIEW,REVIEW_CODE\nC1,01/02/2012,20/09/2024,PN1\nC2,02/03/2010,01/03/2025,PN2\n"
)
_ON_ROLL = (
    b"pupilonrolltableid,nativeid,UPN,UniqueLearnerNumber,DOB,ENTRYDATE,NCyearActual,SENprovision\n"
    b"1,3304001,H330400012345,9990000101,2012-Feb-01 00:00:00,2024-Sep-03 00:00:00,7,E\n"
    b"2,3304001,A330400012346,,2011-Feb-01,2024-Sep-03,8,K\n"
)
_PLACED = (
    b"pupilonrolltableid,nativeid,EntryDate,LeavingDate,URN,UKPRN,APattendancePattern,"
    b"APsessionsPerWeek,PlacementReason\n"
    b"1,3304001,2025-Jan-06 00:00:00,2025-Feb-06 00:00:00,100001,,FT,10,MHN\n"
    b"2,3304001,2025-Jan-06,,,10001234,PT,4.0,OTH\n"
)
_EXCLUDED = (
    b"pupilonrolltableid,nativeid,Category,StartDate,Reason1,Sessions\n"
    b"1,3304001,SUSP,2025-Mar-03 00:00:00,PB,4\n2,3304001,PERM,2025-Mar-04 00:00:00,VA,\n"
)
_PROVIDED = b"pupilonrolltableid,nativeid,PrevURN,APreason\n1,3304001,100001,MHN\n"
_BUNDLE = {
    "resourceType": "Bundle",
    "entry": [
        {
            "fullUrl": "urn:uuid:1",
            "resource": {
                "resourceType": "Patient",
                "id": "p1",
                "birthDate": "2012-02-01",
                "identifier": [
                    {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"}
                ],
            },
        },
        {
            "resource": {
                "resourceType": "ServiceRequest",
                "id": "s1",
                "status": "active",
                "authoredOn": "2025-03-01T10:00:00+00:00",
                "subject": {"reference": "urn:uuid:1"},
                "category": [{"coding": [{"code": "camhs"}]}],
            }
        },
        {
            "resource": {
                "resourceType": "Encounter",
                "id": "e1",
                "status": "finished",
                "class": {"code": "AMB"},
                "subject": {"reference": "Patient/p1"},
                "period": {"start": "2025-04-01", "end": "2025-04-01T12:00:00Z"},
            }
        },
    ],
}
_PLAN = (
    b'<?xml version="1.0"?><CarePlan xmlns="http://hl7.org/fhir"><id value="c1"/>'
    b'<status value="active"/><subject><reference value="Patient/p1"/></subject>'
    b'<category><coding><code value="736268003"/></coding></category>'
    b'<period><start value="2025-02-01"/><end value="2025-08-01"/></period></CarePlan>'
)
_EVENTS = b"\n".join(
    json.dumps(one).encode()
    for one in (
        {
            "type": "ApReviewHeld",
            "source_record_id": "r1",
            "held_on": "2025-03-01",
            "identifiers": [{"scheme": "UPN", "value": "A330000012345"}],
        },
        {
            "type": "SchoolCalendarPublished",
            "source_record_id": "c1",
            "academic_year": "2025-26",
            "from_on": "2025-09-01",
            "to_on": "2026-07-20",
            "closed": [{"first": "2025-10-27", "last": "2025-10-31"}],
        },
        {"type": "HealthContactHeld", "source_record_id": "h1", "held_on": "2025-03-04",
         "occurred_at": "2025-03-04T10:00:00+00:00", "revision": 3},
    )
)  # fmt: skip

_PUPIL = child(1, 12, Random(1), set())
_NCCIS = nccis.extract(
    (
        nccis.Tracked(
            child=_PUPIL, code="210", started_on=date(2025, 7, 1), verified_on=date(2025, 7, 15)
        ),
        nccis.Tracked(
            child=child(2, 12, Random(2), {"full_plan"}),
            code="619",
            started_on=date(2025, 6, 1),
            verified_on=date(2025, 6, 15),
            neet_since=date(2025, 5, 1),
            lapsed_on=date(2025, 8, 1),
        ),
    ),
    date(2025, 8, 31),
)

_SEN2 = sen2.extract(
    (
        sen2.Request(
            child=_PUPIL,
            received_on=date(2024, 9, 3),
            to_assess="Y",
            decided_on=date(2024, 10, 1),
            to_plan="Y",
            plan_on=date(2025, 1, 20),
            meeting_on=date(2025, 6, 2),
            review_on=date(2025, 6, 20),
            review="A",
            draft_on=date(2025, 6, 21),
            transfer_due_on=date(2025, 3, 31),
            transfer_on=date(2025, 3, 3),
        ),
        sen2.Request(
            child=child(2, 4, Random(2), set()),
            received_on=date(2025, 2, 3),
            to_assess="N",
            decided_on=date(2025, 3, 1),
        ),
    ),
    date(2025, 8, 31),
)

_CIN = cin_census.extract(
    (
        cin_census.Need(
            child=_PUPIL,
            referred_on=date(2024, 4, 8),
            closed_on=date(2025, 2, 28),
            assessment=(date(2024, 4, 9), date(2024, 5, 20)),
            plan=(date(2024, 5, 28), None),
            enquiry=(date(2024, 6, 10), date(2024, 6, 24)),
            protection=(date(2024, 6, 24), date(2025, 1, 10)),
            reviews=(date(2024, 9, 20), date(2024, 12, 20)),
        ),
        cin_census.Need(child=child(2, 4, Random(2), set()), referred_on=date(2025, 2, 3)),
    ),
    date(2025, 3, 31),
)

_CARE = ssda903.extract_xml(
    (
        CarePeriod(
            child=_PUPIL,
            started_on=date(2024, 9, 3),
            ceased_on=date(2025, 3, 3),
            placements=((date(2024, 9, 3), "U4", "C2"), (date(2024, 12, 3), "K2", "C2")),
            reviews=(date(2024, 9, 20), date(2024, 12, 20)),
        ),
    ),
    date(2025, 8, 1),
)

_REGISTER = register.extract(
    (
        register.Placed(child=_PUPIL, start_on=date(2025, 3, 3), end_on=date(2025, 6, 6)),
        register.Placed(child=_PUPIL, start_on=date(2025, 7, 3), in_error=True),
    )
)

_CONTACT = nems.Contact(
    child=_PUPIL,
    episode="E1",
    change="new",
    sent_at=datetime(2025, 3, 3, 12, tzinfo=UTC),
    started_on=date(2025, 3, 1),
)
_NEMS = nems.extract(
    (
        _CONTACT,
        replace(
            _CONTACT,
            change="update",
            sent_at=datetime(2025, 4, 3, 12, tzinfo=UTC),
            ended_on=date(2025, 4, 1),
            status="finished",
        ),
    )
)
_CPIS = cpis.extract(
    (
        cpis.Plan(child=_PUPIL, id="p1", started_on=date(2025, 3, 3), ended_on=date(2025, 6, 2)),
        cpis.Plan(child=_PUPIL, id="p2", started_on=date(2025, 7, 3), code=cpis.LOOKED_AFTER),
    )
)

OURS: dict[str, dict[str, bytes]] = {
    "ssda903": {"header.csv": _HEADER, "episodes.csv": _EPISODES, "reviews.csv": _REVIEWS},
    "school-census": {
        "2024_autumn_pupilonroll.csv": _ON_ROLL,
        "2024_autumn_schoolarrangedapdetailonroll.csv": _PLACED,
        "2024_autumn_termlyexclusionsonroll.csv": _EXCLUDED,
        "2024_autumn_approvisiondetailonroll.csv": _PROVIDED,
    },
    "fhir": {"bundle.json": json.dumps(_BUNDLE).encode(), "plan.xml": _PLAN},
    "events": {"events.jsonl": _EVENTS},
    "ssda903/xml": {name: text.encode() for name, text in _CARE.items()},
    "csv": {name: text.encode() for name, text in _REGISTER.items()},
    "nems": {name: text.encode() for name, text in _NEMS.items()},
    "cpis": {name: text.encode() for name, text in _CPIS.items()},
    "cin-census": {name: text.encode() for name, text in _CIN.items()},
    "sen2": {name: text.encode() for name, text in _SEN2.items()},
    "nccis": {name: text.encode() for name, text in _NCCIS.items()},
}
"""By format, and where it has two forms by its form: the files of one small delivery."""


@cache
def seeds(form: str, name: str) -> list[bytes]:
    """Return what a file of this name may hold: ours, then the heads of real ones, if there."""
    ours = OURS[form][name]
    if form in _REAL_FHIR:
        return [ours, *_real_fhir(form, Path(name).suffix)]
    if form in _REAL_XML:
        return [ours, *_real_xml(*_REAL_XML[form])]
    return [ours, *(_real_csv(form, name) if form in _REAL else [])]


def _real_csv(form: str, name: str) -> list[bytes]:
    found = sorted((DATA / _REAL[form][0]).rglob("*.csv"))
    same = [one for one in found if _table(one) == _table(Path(name))]
    return [b"".join(one.read_bytes().splitlines(True)[:_LINES]) for one in same[:4]]


def _table(path: Path) -> str:
    """Return what a file is a table of: the names of some begin with a year and a term."""
    return path.stem.lower().rpartition("_")[2]


def _real_xml(folder: str, end: bytes) -> list[bytes]:
    found = sorted((DATA / folder).glob("*.xml"))
    return [_first_records(one.read_bytes(), end) for one in found[:4]]


def _first_records(content: bytes, end: bytes, count: int = 3) -> bytes:
    """Return a return with its first records alone, whole."""
    *kept, rest = content.split(end)
    return b"".join(one + end for one in kept[:count]) + rest


def _real_fhir(form: str, suffix: str) -> list[bytes]:
    folders = [DATA / name for name in _REAL_FHIR[form]]
    found = sorted(one for folder in folders for one in folder.rglob(f"*{suffix}"))
    small = [one for one in found if one.stat().st_size < _BYTES]
    return [one.read_bytes() for one in small[:12]]
