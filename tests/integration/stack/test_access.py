"""Kafka lets each user do what its work needs and nothing else."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from ssl import TLSVersion
from typing import Any

import pytest
from confluent_kafka import KafkaError as Code
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaError, TopicAuthorizationFailedError

from schemas.topics import TopicSet
from stack import LocalStack
from stack.access import admit, principal_of
from stack.certificates import Certificates
from stack.kafka import options_of
from tests.integration.stack.attempts import produce
from tests.tls import NOT_AGREED, WEAK, spoken

_AUTHENTICATION = Code._AUTHENTICATION


def producer(environment: Mapping[str, str], patience: int) -> KafkaProducer:
    return KafkaProducer(
        **options_of(environment),
        acks="all",
        max_block_ms=patience,
    )


def admitted(stack: LocalStack, topics: TopicSet, **quota: int) -> dict[str, str]:
    """The environment of a new system of a health service."""
    user, password = principal_of("trust", secrets.token_hex(4)), secrets.token_hex(8)
    with stack.administrator() as admin:
        admit(admin, topics, user, password, "health", **quota)
    own = {"JOINEDUP_KAFKA_USERNAME": user, "JOINEDUP_KAFKA_PASSWORD": password}
    return stack.environment("publisher", topics.prefix) | own


def answer_to_a_load(stack: LocalStack, topics: TopicSet, **quota: int) -> dict[str, Any]:
    """What the broker answers to a hundred kilobytes at once from a system with this quota."""
    options = options_of(admitted(stack, topics, **quota))
    with KafkaAdminClient(**options) as client:
        manager = client._manager
        answer = manager.run(manager.send, produce(topics.health, b"x" * 100_000))
        return dict(answer.to_dict())


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


@pytest.mark.parametrize("other", ["education", "social_care", "decisions", "journeys"])
def test_an_agencys_system_writes_on_its_own_topic_and_on_no_other(
    stack: LocalStack, topic_set: TopicSet, other: str
) -> None:
    environment = admitted(stack, topic_set)
    publish(environment, topic_set.health)
    with pytest.raises(TopicAuthorizationFailedError):
        publish(environment, getattr(topic_set, other))


def test_who_publishes_faster_than_its_quota_is_held_back_and_loses_nothing(
    stack: LocalStack, topic_set: TopicSet
) -> None:
    slow = answer_to_a_load(stack, topic_set, bytes_per_second=1_000)
    quick = answer_to_a_load(stack, topic_set, bytes_per_second=10**9)
    assert slow["throttle_time_ms"] > 0
    assert quick["throttle_time_ms"] == 0
    kept = [answer["responses"][0]["partition_responses"][0] for answer in (slow, quick)]
    assert [(one["error_code"], one["base_offset"]) for one in kept] == [(0, 0), (0, 1)]


def test_a_client_that_does_not_speak_tls_is_not_heard(
    stack: LocalStack, topic_set: TopicSet
) -> None:
    options = {**options_of(admitted(stack, topic_set)), "security_protocol": "SASL_PLAINTEXT"}
    with pytest.raises(KafkaError):
        KafkaAdminClient(**options, bootstrap_timeout_ms=3_000)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_kafka_speaks_tls_1_2_and_1_3_with_a_new_key_for_each_connection_and_no_other(
    stack: LocalStack,
) -> None:
    at = (stack.ports.kafka, stack.layout.certificates.authority)
    for version, name in ((TLSVersion.TLSv1_2, "TLSv1.2"), (TLSVersion.TLSv1_3, "TLSv1.3")):
        said, cipher = spoken(*at, version)
        assert said == name
        # What it speaks fastest while its Java does not optimise: a client that prefers another
        # is answered so too.
        assert "CHACHA20" in cipher
    for old in (TLSVersion.TLSv1, TLSVersion.TLSv1_1):
        with pytest.raises(NOT_AGREED):
            spoken(*at, old)
    for weak in WEAK:
        with pytest.raises(NOT_AGREED):
            spoken(*at, TLSVersion.TLSv1_2, weak)


def test_a_client_does_not_speak_to_a_broker_that_its_authority_did_not_certify(
    stack: LocalStack, topic_set: TopicSet, tmp_path: Path
) -> None:
    stranger = Certificates(folder=tmp_path)
    stranger.server("stranger", ("127.0.0.1",))
    options = {**options_of(admitted(stack, topic_set)), "ssl_cafile": str(stranger.authority)}
    with pytest.raises(KafkaError):
        KafkaAdminClient(**options, bootstrap_timeout_ms=3_000)


@pytest.mark.parametrize("changed", ["KAFKA_USERNAME", "KAFKA_PASSWORD"])
def test_who_is_not_known_or_has_a_wrong_password_is_refused(
    stack: LocalStack, topic_set: TopicSet, changed: str
) -> None:
    environment = admitted(stack, topic_set)
    assert refusal(environment) is None
    assert refusal({**environment, f"JOINEDUP_{changed}": "stranger"}) == _AUTHENTICATION


def test_no_topic_appears_by_being_written_to(stack: LocalStack) -> None:
    with pytest.raises(KafkaError):
        publish(stack.environment("admin"), "never-created", patience=2_000)
    with stack.administrator() as admin:
        assert "never-created" not in admin.list_topics()
