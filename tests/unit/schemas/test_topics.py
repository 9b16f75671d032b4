"""Topics, their keeping, and the partition of a local authority."""

from __future__ import annotations

import pytest
from aiokafka.partitioner import murmur2 as aiokafka_murmur2
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2 as kafka_python_murmur2

from schemas.topics import TopicSet, key_of, murmur2

LIVE = TopicSet()
DEMO = TopicSet("demo.", 4)
LONG_MAX = str(2**63 - 1)


@given(st.binary(max_size=40))
def test_the_hash_is_that_of_both_kafka_clients(key: bytes) -> None:
    assert murmur2(key) == kafka_python_murmur2(key) & 0xFFFFFFFF
    assert murmur2(key) == aiokafka_murmur2(key) & 0xFFFFFFFF


def test_every_local_authority_has_the_partition_that_the_clients_choose() -> None:
    for number in range(1000):
        code = f"{number:03}"
        expected = (kafka_python_murmur2(code.encode()) & 0x7FFFFFFF) % 64
        assert LIVE.partition_of(code) == expected


def test_the_key_is_the_local_authority() -> None:
    assert key_of("330") == b"330"


def test_the_hash_agrees_with_values_of_kafkas_own_tests() -> None:
    # From org.apache.kafka.common.utils.UtilsTest.
    assert murmur2(b"21") == -973932308 & 0xFFFFFFFF
    assert murmur2(b"foobar") == -790332482 & 0xFFFFFFFF
    assert murmur2(b"a-little-bit-long-string") == -985981536 & 0xFFFFFFFF
    assert murmur2(b"abc") == 479470107


def test_a_demonstration_has_the_same_topics_under_its_prefix() -> None:
    assert DEMO.all == tuple("demo." + name for name in LIVE.all)
    assert LIVE.inputs == ("decisions", "education.events", "health.events", "social-care.events")
    assert (LIVE.journeys, LIVE.alerts, LIVE.dead_letters) == ("journeys", "alerts", "dead-letters")


@pytest.mark.parametrize(
    ("agency", "topic"),
    [
        ("education", "education.events"),
        ("health", "health.events"),
        ("social-care", "social-care.events"),
        ("governance", "decisions"),
    ],
)
def test_an_agency_writes_to_its_own_topic(agency: str, topic: str) -> None:
    assert LIVE.topic_for(agency) == topic
    assert LIVE.agency_of(topic) == agency


def test_an_agency_without_a_topic_is_named() -> None:
    with pytest.raises(ValueError, match="No topic belongs to 'joint'; name one of education"):
        LIVE.topic_for("joint")


def test_joint_events_travel_on_any_input_and_others_on_their_own() -> None:
    assert all(LIVE.carries(topic, "joint") for topic in LIVE.inputs)
    assert all(LIVE.carries(topic, "source") for topic in LIVE.inputs)
    assert LIVE.carries("health.events", "health")
    assert not LIVE.carries("health.events", "education")
    assert not LIVE.carries("journeys", "joint")
    assert not LIVE.carries("education.events", "platform")


def configs(topics: TopicSet, simulated: bool) -> dict[str, dict[str, str]]:
    return {spec.name: spec.config for spec in topics.topic_specs(simulated)}


def test_live_inputs_are_stamped_by_the_broker_and_expire() -> None:
    live = configs(LIVE, simulated=False)
    for topic in (*LIVE.inputs, LIVE.dead_letters):
        assert live[topic]["message.timestamp.type"] == "LogAppendTime"
        assert live[topic]["retention.ms"] == str(30 * 24 * 3600 * 1000)


def test_simulated_inputs_carry_their_own_time_and_stay() -> None:
    simulated = configs(DEMO, simulated=True)
    for topic in (*DEMO.inputs, DEMO.dead_letters):
        assert simulated[topic]["message.timestamp.type"] == "CreateTime"
        assert simulated[topic]["retention.ms"] == "-1"


@pytest.mark.parametrize("simulated", [True, False])
def test_the_journeys_are_kept_for_ever_at_any_time_of_their_own(simulated: bool) -> None:
    config = configs(LIVE, simulated)["journeys"]
    assert config["message.timestamp.type"] == "CreateTime"
    assert config["retention.ms"] == "-1"
    assert config["message.timestamp.before.max.ms"] == LONG_MAX
    assert config["message.timestamp.after.max.ms"] == LONG_MAX


def test_every_topic_has_the_same_number_of_partitions() -> None:
    specs = DEMO.topic_specs(simulated=True)
    assert [spec.name for spec in specs] == list(DEMO.all)
    assert {spec.partitions for spec in specs} == {4}
