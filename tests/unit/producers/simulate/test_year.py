"""An invented year is whole, in order, valid, and the same whenever it is made."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

from producers.simulate import LA, SOURCES, Year, simulate
from producers.simulate.school_year import HORIZON
from producers.simulate.sources import CALENDARS, CLINIC, COUNTS
from producers.simulate.year import SILENCE
from schemas.catalogue import event_types
from schemas.topics import TopicSet
from schemas.validation import problems
from tests.unit.producers.simulate.told import Told

SOME = 60


def _bytes(year: Year) -> bytes:
    records = [(one.known_at, one.source.name, dict(one.event.record)) for one in year.records]
    files = [(one.known_at, one.folder, dict(one.files)) for one in year.deliveries]
    broken = [(one.fault, dict(one.record.event.record)) for one in year.broken]
    return json.dumps([records, files, broken], default=str).encode()


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert _bytes(simulate(5, SOME)) == _bytes(simulate(5, SOME))


def test_another_seed_gives_another_year() -> None:
    assert _bytes(simulate(5, SOME)) != _bytes(simulate(6, SOME))


def test_every_event_keeps_the_contract(year: Year) -> None:
    for record in year.records:
        assert problems(record.event.kind.full_name, record.event.record) == []


def test_records_and_files_are_in_order_of_time_and_end_at_the_horizon(year: Year) -> None:
    moments = [item.known_at for item in year.items]

    assert moments == sorted(moments)
    assert moments[-1] <= datetime(HORIZON.year, HORIZON.month, HORIZON.day, 23, 59, tzinfo=UTC)


def test_nothing_is_known_before_it_happened(year: Year) -> None:
    for record in year.records:
        assert not record.child or record.event.record["occurred_at"] <= record.known_at


def test_the_year_is_large_enough_to_be_believed_and_small_enough_for_a_demo(year: Year) -> None:
    rows = sum(text.count("\n") for one in year.deliveries for text in one.files.values())

    assert 12_000 <= len(year.records) <= 20_000
    assert rows < 40_000


def test_each_source_speaks_only_of_what_its_agency_may(year: Year) -> None:
    topics = TopicSet()
    for record in year.records:
        topic = topics.topic_for(record.source.agency)
        assert topics.carries(topic, event_types()[record.event.type].agency)


def test_each_source_joins_and_tells_only_types_that_it_announced(told: Told) -> None:
    announced = {source.name: set(source.event_types) for source in SOURCES}
    said: dict[str, set[str]] = {}
    for _, event in told.events:
        source = event.record["source"]
        said.setdefault(f"{source['organisation']}/{source['system']}", set()).add(event.type)
    control = {"SourceJoined", "SourceHeartbeat", "BatchOpened", "BatchCompleted"}

    for name, types in said.items():
        assert types - control <= announced[name] | {"ApPlacementStarted", "ApPlacementEnded"}
        assert "SourceJoined" in types or name in (CALENDARS.name, COUNTS.name)


def test_the_clinic_says_nothing_while_its_line_is_down(year: Year) -> None:
    down, up = SILENCE

    assert not any(
        record.source is CLINIC and down <= record.known_at < up for record in year.records
    )


def test_every_record_is_of_the_invented_authority(told: Told) -> None:
    assert {event.record["local_authority"] for _, event in told.events} == {LA}


def test_every_row_of_every_file_is_accepted(told: Told) -> None:
    counted = Counter(event.type for _, event in told.events)

    assert told.sent.files > len(told.year.deliveries)
    assert told.sent.messages == len(told.events) + len(told.year.broken)
    for name in (
        "BecameLookedAfter",
        "LacReviewHeld",
        "PupilJoinedRoll",
        "SenProvisionRecorded",
        "SuspensionStarted",
        "HealthReferralReceived",
        "HealthCarePlanAgreed",
        "HealthContactHeld",
        "HealthDischarged",
    ):
        assert counted[name] > 0, name
