from datetime import UTC, date, datetime

import pytest

from producers.control import Batch, complete_batch, heartbeat, join_source, open_batch
from producers.event import Source
from schemas.validation import problems

MOMENT = datetime(2025, 6, 30, 23, 30, tzinfo=UTC)
SOURCE = Source("la999", "casework")
BATCH = Batch(id="b1", local_authority="999", source=SOURCE, extracted_at=MOMENT, scope="cla")


def joined(**changes):
    fields = {
        "local_authority": "999",
        "source": SOURCE,
        "agency": "social-care",
        "event_types": ["LacReviewHeld", "BecameLookedAfter"],
        "at": MOMENT,
    }
    return join_source(**{**fields, **changes})


def all_events():
    beat = heartbeat(local_authority="999", source=SOURCE, complete_to=MOMENT)
    return [joined(), beat, open_batch(BATCH, rows=3), complete_batch(BATCH, records=2)]


@pytest.mark.parametrize("event", all_events(), ids=lambda event: event.type)
def test_every_control_event_keeps_the_contract(event):
    assert problems(event.kind.full_name, event.record) == []


def test_the_source_records_of_a_source_are_all_different():
    assert len({event.record["source_record_id"] for event in all_events()}) == 4


def test_a_source_joins_with_its_types_in_order_and_its_agency_as_the_contract_spells_it():
    record = joined().record
    assert record["event_types"] == ["BecameLookedAfter", "LacReviewHeld"]
    assert record["agency"] == "SOCIAL_CARE"


def test_it_joins_on_the_day_that_it_is_in_england():
    assert joined().record["joined_on"] == date(2025, 7, 1)


def test_a_batch_with_a_scope_is_a_snapshot_and_one_without_is_none():
    plain = Batch(id="b1", local_authority="999", source=SOURCE, extracted_at=MOMENT)
    assert open_batch(BATCH).record["snapshot"] is True
    assert open_batch(plain).record["snapshot"] is False


def test_a_batch_is_complete_to_its_extract_moment():
    assert complete_batch(BATCH, records=2).record["complete_to"] == MOMENT
