"""Clients that nobody here wrote read our topics, and write what we read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from confluent_kafka import Consumer, Message, TopicPartition
from confluent_kafka.schema_registry import record_subject_name_strategy
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from fastavro.schema import to_parsing_canonical_form
from kafka import KafkaProducer

from schemas.catalogue import EventType, event_types
from schemas.codec import Codec
from schemas.headers import event_headers
from schemas.registry import Registry
from schemas.signature import sign, verify
from schemas.topics import TopicSet, key_of
from stack import LocalStack
from stack.kafka import options_of
from tests.integration.foreign import foreign_reader, foreign_registry
from tests.unit.schemas.examples import a_record

KEY = b"k" * 32
TYPES = [one for one in event_types().values() if one.agency in {"education", "joint"}]
SECONDS_TO_WAIT = 30.0


@pytest.fixture
def producer(stack: LocalStack, topic_set: TopicSet) -> Iterator[KafkaProducer]:
    """An idempotent producer of the schools' system."""
    settings = stack.environment("publisher", topic_set.prefix)
    client = KafkaProducer(**options_of(settings))
    yield client
    client.close()


@pytest.fixture
def foreign_consumer(stack: LocalStack, topic_set: TopicSet) -> Iterator[Consumer]:
    """A consumer of librdkafka."""
    settings = stack.environment("intake", topic_set.prefix)
    client = Consumer(
        {
            "bootstrap.servers": settings["JOINEDUP_KAFKA_BOOTSTRAP"],
            "security.protocol": settings["JOINEDUP_KAFKA_SECURITY"],
            "ssl.ca.location": settings["JOINEDUP_KAFKA_CA_FILE"],
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": settings["JOINEDUP_KAFKA_USERNAME"],
            "sasl.password": settings["JOINEDUP_KAFKA_PASSWORD"],
            "group.id": topic_set.prefix + "intake",
            "auto.offset.reset": "earliest",
        }
    )
    yield client
    client.close()


def publish(
    producer: KafkaProducer, codec: Codec, topics: TopicSet, one: EventType, record: dict[str, Any]
) -> int:
    """Publish a record as the contract says and return the partition that it went to."""
    value = codec.encode(one.full_name, record)
    authority = record["local_authority"]
    signature = sign(KEY, authority, one.full_name, value)
    headers = event_headers(one, record, one.fingerprint, signature)
    sent = producer.send(topics.education, value, key=key_of(authority), headers=headers)
    return int(sent.get(timeout=SECONDS_TO_WAIT).partition)


def read(consumer: Consumer, topics: TopicSet, authority: str, number: int) -> list[Message]:
    """Return the first messages of a local authority's partition."""
    partition = topics.partition_of(authority)
    consumer.assign([TopicPartition(topics.education, partition, 0)])
    messages = consumer.consume(number, timeout=SECONDS_TO_WAIT)
    assert [message.error() for message in messages] == [None] * number
    return messages


def as_bytes(value: str | bytes | None) -> bytes:
    """Return what must be bytes here."""
    assert isinstance(value, bytes)
    return value


def test_a_foreign_reader_decodes_our_topic(
    producer: KafkaProducer,
    foreign_consumer: Consumer,
    registry: Registry,
    registry_url: str,
    topic_set: TopicSet,
) -> None:
    codec = Codec(registry)
    sent = [a_record(one) for one in TYPES]
    for one, record in zip(TYPES, sent, strict=True):
        publish(producer, codec, topic_set, one, record)
    messages = read(foreign_consumer, topic_set, "999", len(TYPES))
    deserialize = foreign_reader(registry_url)
    context = SerializationContext(topic_set.education, MessageField.VALUE)
    assert [deserialize(message.value(), context) for message in messages] == sent


def test_the_headers_let_a_foreign_reader_check_what_it_has(
    producer: KafkaProducer,
    foreign_consumer: Consumer,
    registry: Registry,
    registry_url: str,
    topic_set: TopicSet,
) -> None:
    one = event_types()["ApPlacementStarted"]
    record = a_record(one)
    publish(producer, Codec(registry), topic_set, one, record)
    (message,) = read(foreign_consumer, topic_set, "999", 1)
    headers = {name: as_bytes(value) for name, value in list(message.headers() or [])}
    value, authority = as_bytes(message.value()), as_bytes(message.key()).decode()
    assert headers["ce_type"].decode() == one.full_name
    assert headers["ce_id"].decode() == record["event_id"]
    assert verify(KEY, authority, one.full_name, value, headers["x-sig"])
    schema_id = int.from_bytes(value[1:5], "big")
    canonical = to_parsing_canonical_form(registry.schema_of(schema_id))
    assert headers["schema-fp"].decode() == sha256(canonical.encode()).hexdigest()


def test_our_partition_is_the_one_that_the_producer_chooses(
    producer: KafkaProducer, registry: Registry, topic_set: TopicSet
) -> None:
    one, codec = event_types()["PupilJoinedRoll"], Codec(registry)
    for authority in ("330", "800", "936", "999"):
        record = a_record(one, local_authority=authority)
        assert publish(producer, codec, topic_set, one, record) == topic_set.partition_of(authority)


def test_we_read_what_a_foreign_serializer_writes(registry: Registry, registry_url: str) -> None:
    one = event_types()["LacReviewHeld"]
    serialize = AvroSerializer(
        foreign_registry(registry_url),
        conf={
            "auto.register.schemas": False,
            "use.latest.version": True,
            "subject.name.strategy": record_subject_name_strategy,
        },
        schema_str=json.dumps(one.schema),
    )
    record = a_record(one, held_on=date(2026, 2, 28))
    context = SerializationContext("social-care.events", MessageField.VALUE)
    decoded = Codec(registry).decode(serialize(record, context))
    assert (decoded.full_name, decoded.record) == (one.full_name, record)
