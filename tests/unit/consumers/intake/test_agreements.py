"""What a source may say ends with its organisation's agreement, and begins again with the next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from consumers.intake.current_sources import CurrentSources
from consumers.intake.examining import Accepted, Examiner, Refused
from consumers.intake.incoming import Incoming
from producers.agreements import keep, next_version
from producers.sources_file import read_document, replace_document
from schemas.agreements import agreement_of, payload_of
from schemas.sources import Source, SourceRegistry
from tests.unit.consumers.messages import (
    HOSPITAL,
    LA,
    LEADS,
    MOMENT,
    NOW,
    SCHOOL,
    SOURCES,
    TOKENS,
    TOPICS,
    a_message,
    a_record,
    a_review,
    codec,
)
from tests.unit.schemas.test_agreements import WRITTEN

DAY = 86_400_000
#: In force on the day of MOMENT, its last one; MOMENT is 11:00 in England.
LAST_DAY = {"in_force_from": "2025-09-01", "in_force_until": "2025-09-03"}
MIDNIGHT = NOW + 13 * 3_600_000


def agreed(source: Source = SCHOOL, **changed: Any) -> dict[str, Any]:
    own = {"organisation": source.organisation, "agencies": ["EDUCATION"], **LAST_DAY}
    return payload_of(WRITTEN | own | changed)


def told(message: Incoming, **changed: Any) -> str | None:
    """Return the reason for which it is refused under one agreement, or None."""
    agreement = agreement_of(agreed(**changed), local_authority=LA, version=1)
    sources = SourceRegistry(SOURCES, [agreement])
    found = Examiner(TOPICS, codec(), sources, TOKENS).examine(message)
    return found.reason if isinstance(found, Refused) else None


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        (NOW - 30 * DAY, None),
        (NOW, None),
        (MIDNIGHT - 1, None),
        (MIDNIGHT, "agreement-lapsed"),
        (MIDNIGHT + 30 * DAY, "agreement-lapsed"),
    ],
)
def test_an_event_is_taken_to_the_midnight_that_ends_the_last_day(
    time: int, reason: str | None
) -> None:
    assert told(a_message(time=time)) == reason


def test_a_type_that_no_agreement_covers_is_refused() -> None:
    assert told(a_message(), agencies=["HEALTH"]) == "outside-agreement"
    assert told(a_message(), agencies=None, event_types=["ApReviewHeld"]) is None


def test_another_organisation_is_not_bound_by_it() -> None:
    record = a_record("HealthContactHeld", HOSPITAL, held_on=MOMENT.date())
    message = a_message(
        record,
        name="HealthContactHeld",
        source=HOSPITAL,
        topic=TOPICS.health,
        time=MIDNIGHT,
    )
    assert told(message) is None


def test_the_gap_names_the_child_whose_record_was_refused() -> None:
    lapsed = SourceRegistry(SOURCES, [agreement_of(agreed(), local_authority=LA, version=1)])
    found = Examiner(TOPICS, codec(), lapsed, TOKENS).examine(a_message(time=MIDNIGHT))
    assert isinstance(found, Refused)
    assert found.subject is not None and found.subject.leaf
    assert "renewal recorded" in found.explanation
    assert "A1" not in found.explanation


def test_a_source_whose_agreement_lapsed_is_not_heard_so_its_silence_is_not_believed() -> None:
    for name, given in (
        ("SourceHeartbeat", {"complete_to": MOMENT}),
        ("BatchCompleted", {"batch_id": "b", "complete_to": MOMENT, "records": 1}),
    ):
        for time, reason in ((NOW, None), (MIDNIGHT, "agreement-lapsed")):
            assert told(a_message(a_record(name, **given), name=name, time=time)) == reason


def test_an_agreement_that_lapsed_does_not_keep_out_its_own_renewal() -> None:
    """Here the authority's own organisation has an agreement, and it has lapsed."""
    record = a_record("DataSharingAgreementRecorded", LEADS, **agreed(LEADS))
    message = a_message(
        record,
        name="DataSharingAgreementRecorded",
        source=LEADS,
        topic=TOPICS.decisions,
        time=MIDNIGHT,
    )
    assert told(message, source=LEADS) is None


def test_a_renewal_is_known_without_intake_being_started_again(tmp_path: Path) -> None:
    file = tmp_path / "sources.json"
    entry = {
        "organisation": SCHOOL.organisation,
        "system": SCHOOL.system,
        "agency": SCHOOL.agency,
        "local_authorities": [LA],
        "key": SCHOOL.key.hex(),
    }
    document = read_document(file)
    replace_document(file, {**document, "sources": [entry]})

    def put(**changed: Any) -> None:
        payload = agreed(**changed)
        agreement = next_version(file, LA, payload)
        assert agreement is not None
        keep(file, agreement, payload, None)

    examiner = Examiner(TOPICS, codec(), CurrentSources(file), TOKENS)
    late = a_message(a_review(), time=MIDNIGHT)
    assert isinstance(examiner.examine(late), Accepted)
    put()
    assert isinstance(examiner.examine(late), Refused)
    put(in_force_until="2025-09-04")
    assert isinstance(examiner.examine(late), Accepted)
    assert isinstance(
        Examiner(TOPICS, codec(), CurrentSources(file), TOKENS).examine(late), Accepted
    )
