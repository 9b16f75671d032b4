"""A registry client that nobody here wrote, used as docs/publishing.md tells others to."""

from __future__ import annotations

from confluent_kafka.schema_registry import SchemaRegistryClient, record_subject_name_strategy
from confluent_kafka.schema_registry.avro import AvroDeserializer

SECONDS_TO_ANSWER = 10.0


def foreign_registry(url: str) -> SchemaRegistryClient:
    """Return the client, which asks again where the registry leaves it without an answer."""
    return SchemaRegistryClient({"url": url, "timeout": SECONDS_TO_ANSWER})


def foreign_reader(url: str) -> AvroDeserializer:
    """Return what decodes a value of ours and asks the registry for nothing but its schema.

    By default it would also ask what the topic is associated with. The registry knows no
    associations, and leaves about one in two hundred of those requests without any answer.
    """
    conf = {"subject.name.strategy": record_subject_name_strategy}
    return AvroDeserializer(foreign_registry(url), conf=conf)
