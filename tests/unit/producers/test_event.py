from datetime import UTC, date, datetime

import pytest

from producers.event import Identifier, Source, milliseconds, new_event
from schemas.validation import problems

MOMENT = datetime(2025, 6, 10, 12, 30, 15, 250_000, tzinfo=UTC)
SOURCE = Source("la999", "casework")


def referral(**changes):
    fields = {
        "local_authority": "999",
        "source": SOURCE,
        "source_record_id": "r1",
        "revision": 7,
        "recorded_at": MOMENT,
        "identifiers": [Identifier("LA_CHILD_ID", "c1")],
        "received_on": date(2025, 6, 9),
    }
    return new_event("ReferralReceived", **{**fields, **changes})


def test_a_new_event_keeps_the_contract():
    event = referral()
    assert problems(event.kind.full_name, event.record) == []


def test_publishing_the_same_revision_again_makes_the_same_event_id():
    assert referral().event_id == referral(recorded_at=datetime(2025, 7, 1, tzinfo=UTC)).event_id


@pytest.mark.parametrize(
    "change",
    [
        {"revision": 8},
        {"source_record_id": "r2"},
        {"source": Source("la999", "other")},
        {"local_authority": "998"},
        {"retracted": True},
    ],
)
def test_another_revision_record_source_or_retraction_has_another_event_id(change):
    assert referral(**change).event_id != referral().event_id


def test_it_occurred_at_london_midnight_of_its_own_date():
    assert referral().record["occurred_at"] == datetime(2025, 6, 8, 23, 0, tzinfo=UTC)


def test_a_moment_that_is_given_stands():
    assert referral(occurred_at=MOMENT).record["occurred_at"] == MOMENT


def test_payload_that_is_none_is_left_out():
    assert "need_code" not in referral(need_code=None).record


def test_a_type_that_does_not_exist_is_a_key_error():
    with pytest.raises(KeyError):
        new_event(
            "NoSuchThing",
            local_authority="999",
            source=SOURCE,
            source_record_id="r1",
            revision=1,
            recorded_at=MOMENT,
        )


def test_neither_an_event_nor_an_identifier_shows_a_child():
    shown = repr(referral()) + repr(Identifier("NHS", "9990000018"))
    assert "c1" not in shown
    assert "9990000018" not in shown


def test_milliseconds_are_exact():
    assert milliseconds(MOMENT) == 1_749_558_615_250
