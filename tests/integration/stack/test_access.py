"""Kafka lets each user do what its work needs and nothing else."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest
from confluent_kafka import KafkaError as Code
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from kafka import KafkaProducer
from kafka.errors import KafkaError, TopicAuthorizationFailedError

from schemas.topics import TopicSet
from stack import LocalStack
from stack.kafka import options_of

_AUTHENTICATION = Code._AUTHENTICATION


def producer(environment: Mapping[str, str], patience: int) -> KafkaProducer:
    return KafkaProducer(
        **options_of(environment),
        acks="all",
        max_block_ms=patience,
    )


def publish(environment: Mapping[str, str], topic: str, patience: int = 20_000) -> None:
    publisher = producer(environment, patience)
    try:
        publisher.send(topic, key=b"999", value=b"x", partition=0).get(timeout=20)
    finally:
        publisher.close(timeout=5)


def refusal(environment: Mapping[str, str]) -> int | None:
    """The code with which the broker turns this client away, or None when it lets it in."""
    errors: list[int] = []
    client = AdminClient(
        {
            "bootstrap.servers": environment["JOINEDUP_KAFKA_BOOTSTRAP"],
            "security.protocol": "SASL_SSL",
            "ssl.ca.location": environment["JOINEDUP_KAFKA_CA_FILE"],
            "sasl.mechanisms": "SCRAM-SHA-512",
            "sasl.username": environment["JOINEDUP_KAFKA_USERNAME"],
            "sasl.password": environment["JOINEDUP_KAFKA_PASSWORD"],
            "error_cb": lambda error: errors.append(error.code()),
        }
    )
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        client.poll(0.05)
        if _AUTHENTICATION in errors:
            return _AUTHENTICATION
        try:
            client.list_topics(timeout=1)
        except KafkaException:
            continue
        return None
    raise AssertionError(f"neither let in nor refused: {errors}")


def test_an_agency_publisher_writes_on_its_own_topic(
    stack: LocalStack, topic_set: TopicSet
) -> None:
    publish(stack.environment("health-publisher", topic_set.prefix), topic_set.health)


@pytest.mark.parametrize("other", ["education", "social_care", "decisions", "journeys"])
def test_an_agency_publisher_cannot_write_on_another_topic(
    stack: LocalStack, topic_set: TopicSet, other: str
) -> None:
    environment = stack.environment("health-publisher", topic_set.prefix)
    with pytest.raises(TopicAuthorizationFailedError):
        publish(environment, getattr(topic_set, other))


@pytest.mark.parametrize("changed", ["KAFKA_USERNAME", "KAFKA_PASSWORD"])
def test_who_is_not_known_or_has_a_wrong_password_is_refused(
    stack: LocalStack, topic_set: TopicSet, changed: str
) -> None:
    environment = stack.environment("health-publisher", topic_set.prefix)
    assert refusal(environment) is None
    assert refusal({**environment, f"JOINEDUP_{changed}": "stranger"}) == _AUTHENTICATION


def test_no_topic_appears_by_being_written_to(stack: LocalStack) -> None:
    with pytest.raises(KafkaError):
        publish(stack.environment("admin"), "never-created", patience=2_000)
    with stack.administrator() as admin:
        assert "never-created" not in admin.list_topics()
