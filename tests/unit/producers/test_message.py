from datetime import UTC, date, datetime

import pytest

from producers.control import heartbeat
from producers.event import Event, Identifier, Source, new_event
from producers.message import Message, Messages
from producers.results import Rejected
from producers.speakers import RegisteredSpeakers
from schemas.codec import Codec
from schemas.registry import MemoryRegistry
from schemas.signature import verify
from schemas.sources import Source as Registered
from schemas.sources import SourceRegistry
from schemas.topics import TopicSet
from schemas.traces import parent_of

MOMENT = datetime(2025, 6, 10, tzinfo=UTC)
KEY = bytes(range(32))
CODEC = Codec(MemoryRegistry())


@pytest.fixture
def messages():
    sources = [
        Registered(
            organisation="la999",
            system="casework",
            agency="social-care",
            local_authorities=frozenset(["999"]),
            key=KEY,
        )
    ]
    speakers = RegisteredSpeakers(SourceRegistry(sources))
    return Messages(TopicSet("t.", 4), CODEC, speakers)


def referral(**changes):
    fields = {
        "local_authority": "999",
        "source": Source("la999", "casework"),
        "source_record_id": "r1",
        "revision": 7,
        "recorded_at": MOMENT,
        "identifiers": [Identifier("LA_CHILD_ID", "c1")],
        "received_on": date(2025, 6, 9),
    }
    return new_event("ReferralReceived", **{**fields, **changes})


def test_a_message_goes_to_its_agencys_topic_under_the_authoritys_key(messages):
    message = messages.of(referral())
    assert isinstance(message, Message)
    assert message.topic == "t.social-care.events"
    assert message.key == b"999"
    assert message.partition == TopicSet("t.", 4).partition_of("999")


def test_its_value_decodes_to_the_record_and_its_signature_is_the_sources(messages):
    message = messages.of(referral())
    decoded = CODEC.decode(message.value)
    assert decoded.full_name == "joinedup.social_care.ReferralReceived"
    assert decoded.record["received_on"] == date(2025, 6, 9)
    signature = dict(message.headers)["x-sig"]
    assert verify(KEY, "999", decoded.full_name, message.value, signature)


def test_it_has_the_cloudevents_headers_the_fingerprint_and_a_trace(messages):
    event = referral()
    headers = dict(messages.of(event).headers)
    assert headers["ce_id"] == event.event_id.encode()
    assert headers["ce_type"] == b"joinedup.social_care.ReferralReceived"
    assert headers["ce_source"] == b"urn:joinedup:source:la999:casework"
    assert headers["schema-fp"] == event.kind.fingerprint.encode()
    assert parent_of(headers["traceparent"].decode()) is not None


def test_each_event_begins_a_trace_of_its_own_by_chance_unless_it_is_within_one(messages):
    event = referral()
    contexts = {dict(messages.of(event).headers)["traceparent"] for _ in range(10)}
    assert len({context[3:35] for context in contexts}) == 10
    assert not any(event.event_id.replace("-", "")[16:].encode() in one for one in contexts)
    given = f"00-{'ab' * 16}-{'cd' * 8}-01"
    assert dict(messages.of(event, given).headers)["traceparent"] == given.encode()


def test_a_control_event_goes_to_the_topic_of_the_sources_agency(messages):
    beat = heartbeat(local_authority="999", source=Source("la999", "casework"), complete_to=MOMENT)
    assert messages.of(beat).topic == "t.social-care.events"


def fields(rejected):
    assert isinstance(rejected, Rejected)
    return [problem.field for problem in rejected.problems]


def test_a_wrong_field_is_a_value_that_names_it(messages):
    rejected = messages.of(referral(received_on="yesterday", occurred_at=MOMENT))
    assert fields(rejected) == ["received_on"]
    assert "date" in str(rejected)


def test_a_type_that_is_no_event_is_rejected(messages):
    assert fields(messages.of(Event("Tick", {}))) == ["type"]
    assert fields(messages.of(Event("NoSuch", {}))) == ["type"]


def test_a_source_that_is_not_known_is_rejected(messages):
    assert fields(messages.of(referral(source=Source("la999", "other")))) == ["source"]


def test_another_authority_is_rejected(messages):
    assert fields(messages.of(referral(local_authority="998"))) == ["local_authority"]


def test_another_agencys_event_is_rejected(messages):
    event = new_event(
        "HealthReferralReceived",
        local_authority="999",
        source=Source("la999", "casework"),
        source_record_id="r1",
        revision=1,
        recorded_at=MOMENT,
        received_on=date(2025, 6, 9),
    )
    assert fields(messages.of(event)) == ["type"]


def test_a_rejection_holds_no_value_of_the_record(messages):
    rejected = messages.of(referral(need_code="not a code at all"))
    assert "not a code" not in repr(rejected) + str(rejected)


def test_a_joint_event_travels_on_the_topic_of_whoever_sends_it(messages):
    event = new_event(
        "JointPlanAgreed",
        local_authority="999",
        source=Source("la999", "casework"),
        source_record_id="j1",
        revision=1,
        recorded_at=MOMENT,
        agreed_on=date(2025, 6, 9),
        contributors=["EDUCATION", "SOCIAL_CARE"],
    )
    assert messages.of(event).topic == "t.social-care.events"
