"""The AsyncAPI document says what the topics and schemas are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.asyncapi import AVSC, PAGE, document, schema_file, text
from schemas.catalogue import event_types
from schemas.headers import event_headers
from schemas.topics import TopicSet
from tests.unit.consumers.messages import a_review, event_type


def references(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        if "$ref" in found:
            yield found["$ref"]
        for one in found.values():
            yield from references(one)
    elif isinstance(found, list):
        for one in found:
            yield from references(one)


def test_the_document_in_the_repository_is_current() -> None:
    assert PAGE.read_text("utf-8") == text(), "run python -m schemas.document"


def test_every_topic_is_a_channel_and_every_record_type_a_message() -> None:
    made = document()
    assert {one["address"] for one in made["channels"].values()} == set(TopicSet().all)
    assert set(made["components"]["messages"]) == set(event_types())
    used = {name for one in made["channels"].values() for name in one["messages"]}
    assert used == set(event_types()), "each travels somewhere"


def test_every_reference_leads_somewhere() -> None:
    made = document()
    for reference in references(made):
        place, _, inside = reference.partition("#/")
        if place:
            assert (PAGE.parent / place).resolve().is_file(), reference
            continue
        found: Any = made
        for step in inside.split("/"):
            found = found[step]


@pytest.mark.parametrize("name", event_types())
def test_a_message_has_the_schema_of_its_type(name: str) -> None:
    one = event_types()[name]
    assert json.loads((AVSC / schema_file(one)).read_text("utf-8"))["name"] == name


def test_the_headers_are_those_that_a_publisher_sets() -> None:
    trait = document()["components"]["messageTraits"]["event"]["headers"]["properties"]
    kind, record = event_type("ApReviewHeld"), a_review()
    written = event_headers(kind, record, kind.fingerprint, "signature", "trace")
    assert set(trait) == {name for name, _ in written}
