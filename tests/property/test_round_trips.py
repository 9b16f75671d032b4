"""What a system knows of its children comes back from the files it makes: all of it, and no more.

The files are those of the project's own generator, in each format; what is expected of a child is
written here, as days after its first one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producers.event import Event, Source
from producers.files import FORMATS, Context, Made, Refused
from producers.simulate.extracts.histories import EXTRACTED_ON, FILES, child
from producers.simulate.numbers import LA
from tests.lengths import in_full

AT = datetime.combine(EXTRACTED_ON, datetime.min.time(), UTC)
CONTEXT = Context(local_authority=LA, source=Source("a", "b"), extracted_at=AT, recorded_at=AT)
FIRST = date(2024, 8, 5)
CENSUS_DAY, YEAR_END = date(2025, 1, 16), date(2025, 4, 30)
TERM_END = date(2024, 12, 31)

PLACED = {"ApPlacementStarted": [0], "ApPlacementEnded": [120]}
CARED_FOR = {
    "BecameLookedAfter": [0],
    "CarePlacementChanged": [60, 130],
    "CeasedLookedAfter": [200],
    "LacReviewHeld": [19, 100, 190],
}
EXPECTED: Mapping[str, Mapping[str, list[int]]] = {
    "events": {**PLACED, "ApReviewHeld": [40]},
    "csv": PLACED,
    "ssda903": CARED_FOR,
    "ssda903/xml": CARED_FOR,
    "school-census": {"SuspensionStarted": [60]},
    "sen2": {
        "EhcNeedsAssessmentRequested": [0],
        "EhcAssessmentDecisionIssued": [30],
        "EhcPlanFinalised": [130],
        "EhcReviewMeetingHeld": [200],
        "EhcReviewCompleted": [210],
        "EhcReviewDecisionNotified": [210],
    },
    "nccis": {"ActivityStatusChanged": [30], "ActivityConfirmed": [200]},
    "cin-census": {
        "ReferralReceived": [0],
        "AssessmentStarted": [1],
        "AssessmentAuthorised": [42],
        "CinPlanAgreed": [50],
        "Section47Started": [60],
        "IcpcHeld": [74],
        "CpPlanStarted": [74],
        "CinPlanEnded": [80],
        "ReviewConferenceHeld": [150, 230],
        "CpPlanEnded": [240],
        "ReferralClosed": [250],
    },
    "nems": {"AgencyInvolvementStarted": [0], "AgencyInvolvementEnded": [90]},
    "fhir": {
        "HealthReferralReceived": [0],
        "HealthCarePlanAgreed": [30],
        "HealthContactHeld": [60],
    },
    "cpis": {"CpPlanStarted": [0], "CpPlanEnded": [90]},
}
"""By format: the event types of one child, and how many days after its first day each is."""
IN_CENSUS_PLACEMENT = {"ApPlacementStarted": [70], "ApPlacementEnded": [110]}

numbers = st.lists(st.integers(0, 300_000), min_size=1, max_size=12, unique=True)


class Told(NamedTuple):
    """Whom an event is about (any one identifier), its type, and the day that it says."""

    identifier: str
    type: str
    day: date


def expected(name: str, number: int) -> list[tuple[str, date]]:
    """Return what a format's files tell of the child of this number, and when."""
    first = FIRST + timedelta(days=number % 28)
    told = dict(EXPECTED[name])
    if name == "school-census" and number % 10 == 0:
        told |= IN_CENSUS_PLACEMENT
    found = [(type_, first + timedelta(days=one)) for type_, days in told.items() for one in days]
    if name == "school-census":
        found.append(("PupilJoinedRoll", entered(number)))
        found.append(("SenProvisionRecorded", CENSUS_DAY))
        found.append(("AttendanceTotalsRecorded", TERM_END))
    if name == "nccis":
        found.append(("SenProvisionRecorded", YEAR_END))
    return found


def entered(number: int) -> date:
    """Return the day on which the child's roll was entered, at primary or secondary school."""
    year = child(number).year_group
    return date(2024 - (year - (7 if year >= 7 else 1)), 9, 3)


def told(event: Event) -> list[Told]:
    """Return the event by each identifier that it names."""
    day = event.record[event.kind.occurs or ""]
    return [Told(one["value"], event.type, day) for one in event.record["identifiers"]]


def test_every_format_is_expected() -> None:
    assert set(EXPECTED) == set(FILES)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=in_full(1_250, otherwise=24), deadline=None)
@given(numbers=numbers)
def test_all_that_is_known_of_each_child_comes_back_and_no_more(
    name: str, numbers: list[int]
) -> None:
    children = [child(number) for number in numbers]
    with TemporaryDirectory() as folder:
        for file, text in FILES[name](children).items():
            (Path(folder) / file).write_text(text, encoding="utf-8")
        form = FORMATS[name.partition("/")[0]]
        outcomes = list(form.read(sorted(Path(folder).iterdir()), CONTEXT))
    assert [one for one in outcomes if isinstance(one, Refused)] == []
    events = [one.event for one in outcomes if isinstance(one, Made)]
    found = Counter(one for event in events for one in told(event))
    for one in children:
        by = next(own for own in (one.upn, one.nhs, one.la_child_id) if has(found, own))
        mine = Counter((got.type, got.day) for got in found.elements() if got.identifier == by)
        assert mine == Counter(expected(name, one.number))
    assert len(events) == sum(len(expected(name, one)) for one in numbers)


def has(found: Mapping[Told, int], identifier: str) -> bool:
    return any(one.identifier == identifier for one in found)
