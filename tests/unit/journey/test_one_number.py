"""Three people-shaped records that others published under one NHS number: they go to review."""

from __future__ import annotations

import re
from datetime import date

from journey.events import Event, Identifier
from tests.unit.journey.streams import LA, at, event, machine
from tests.unit.journey.test_merging import told
from tests.unit.schemas.shared_data import shared_file

FILES = (
    ("health/nems", ("nems", "dev", "PDS-Change-Of-Address-ems-example.xml")),
    ("health/uk-core", ("fhir_ukcore", "dev", "UKCore-Patient-RichardSmith-Example.xml")),
    ("health/cp-is", ("cpis", "dev", "PatientFlag-AlanMann-Example.xml")),
)
NUMBER = "9912003888"


def note_of(place: int, source: str, text: str) -> Event:
    """Return a note on the person of a file: under its NHS number, with its date of birth."""
    assert NUMBER in text
    born = re.findall(r'<birthDate value="(\d{4}-\d{2}-\d{2})"', text)
    return event(
        "Note",
        at(1 + place),
        f"note-{source}",
        source=source,
        agency="health",
        leaf=f"leaf-{source}",
        own_id=True,
        identifiers=(Identifier("NHS", NUMBER, "VERIFIED"),),
        date_of_birth=date.fromisoformat(born[0]),
    )


def test_three_people_under_one_nhs_number_stay_three_and_wait_for_a_person() -> None:
    notes = [
        note_of(place, source, shared_file(*parts).read_text("utf-8"))
        for place, (source, parts) in enumerate(FILES)
    ]
    assert len({one.date_of_birth for one in notes}) == 3
    it = machine()
    told(list(notes), it)
    (cluster,) = it._shelf.find(LA, [NUMBER])
    assert len(set(cluster.identity.children.values())) == 3
    assert {one.reason for one in cluster.reviews} == {"two-dates-of-birth"}
    assert cluster.identity.doubtful == set(cluster.identity.children)
