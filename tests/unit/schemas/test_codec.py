"""Bytes to record and back."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.catalogue import EventType, event_types
from schemas.codec import Codec, Undecodable, Unencodable
from schemas.registry import MemoryRegistry, RegistryError
from tests.unit.schemas.examples import a_record

TYPES = list(event_types().values())
ENDED = event_types()["ApPlacementEnded"]


def reason(codec: Codec, payload: bytes | None) -> str:
    with pytest.raises(Undecodable) as caught:
        codec.decode(payload)
    assert str(caught.value) == caught.value.sentence
    return caught.value.reason_code


def changed(one: EventType, *fields: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with these fields at its end."""
    schema = copy.deepcopy(one.schema)
    schema["fields"].extend(fields)
    return schema


@pytest.mark.parametrize("one", TYPES, ids=lambda one: one.name)
def test_every_type_is_read_as_it_was_written(one: EventType) -> None:
    codec, record = Codec(MemoryRegistry()), a_record(one)
    decoded = codec.decode(codec.encode(one.full_name, record))
    assert decoded.full_name == one.full_name
    assert decoded.fingerprint == one.fingerprint
    assert decoded.record == record


def test_the_frame_is_a_zero_byte_and_the_id_of_the_schema() -> None:
    registry = MemoryRegistry()
    payload = Codec(registry).encode(ENDED.full_name, a_record(ENDED))
    assert payload[0] == 0
    assert int.from_bytes(payload[1:5], "big") == registry.id_of(ENDED.full_name)


def test_a_retraction_needs_no_payload() -> None:
    codec = Codec(MemoryRegistry())
    record = a_record(ENDED, retracted=True, identifiers=[])
    for field in ENDED.payload:
        del record[field.name]
    decoded = codec.decode(codec.encode(ENDED.full_name, record))
    assert decoded.record["end_on"] is None


def test_moments_are_read_in_utc_to_the_millisecond() -> None:
    codec = Codec(MemoryRegistry())
    moment = datetime(2025, 3, 30, 0, 59, 59, 999000, tzinfo=UTC)
    payload = codec.encode(ENDED.full_name, a_record(ENDED, occurred_at=moment))
    assert codec.decode(payload).record["occurred_at"] == moment
    assert codec.decode(payload).record["occurred_at"].tzinfo == UTC


def test_a_newer_writers_unknown_field_is_left_out() -> None:
    registry = MemoryRegistry()
    newer = {"name": "extra", "type": ["null", "string"], "default": None}
    newer_id = registry.register(ENDED.full_name, changed(ENDED, newer))
    payload = Codec(MemoryRegistry()).encode(ENDED.full_name, a_record(ENDED))
    value_of_extra = b"\x02\x02x"
    decoded = Codec(registry).decode(
        b"\x00" + newer_id.to_bytes(4, "big") + payload[5:] + value_of_extra
    )
    assert decoded.record == a_record(ENDED)
    assert decoded.fingerprint != ENDED.fingerprint


def test_an_older_writers_missing_field_gets_its_default() -> None:
    registry = MemoryRegistry()
    older = copy.deepcopy(ENDED.schema)
    older["fields"].pop()
    older_id = registry.register(ENDED.full_name, older)
    payload = Codec(MemoryRegistry()).encode(ENDED.full_name, a_record(ENDED, reason_code=None))
    decoded = Codec(registry).decode(b"\x00" + older_id.to_bytes(4, "big") + payload[5:-1])
    assert decoded.record == a_record(ENDED, reason_code=None)


def test_a_schema_that_differs_in_words_only_is_read_with_our_own() -> None:
    registry = MemoryRegistry()
    reworded = copy.deepcopy(ENDED.schema)
    for field in reworded["fields"]:
        field["doc"] = "in other words"
    schema_id = registry.register(ENDED.full_name, reworded)
    payload = Codec(MemoryRegistry()).encode(ENDED.full_name, a_record(ENDED))
    decoded = Codec(registry).decode(b"\x00" + schema_id.to_bytes(4, "big") + payload[5:])
    assert decoded.record == a_record(ENDED)
    assert decoded.fingerprint == ENDED.fingerprint


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (None, "empty"),
        (b"", "empty"),
        (b"\x00\x00\x00", "not-framed"),
        (b"\x00\x00\x00\x00\x01", "not-framed"),
        (b'{"event_id": 1}', "not-framed"),
        (b"\xc3\x01 single object", "not-framed"),
        (b"\x00\xff\xff\xff\xff\x00", "unknown-schema"),
    ],
)
def test_bytes_that_are_no_message_are_refused_with_the_reason(
    payload: bytes | None, expected: str
) -> None:
    assert reason(Codec(MemoryRegistry()), payload) == expected


def test_a_type_that_is_not_ours_is_refused() -> None:
    registry = MemoryRegistry()
    foreign = {"type": "record", "name": "Order", "namespace": "shop", "fields": []}
    schema_id = registry.register("shop.Order", foreign)
    assert reason(Codec(registry), b"\x00" + schema_id.to_bytes(4, "big") + b"x") == "unknown-type"


def test_bytes_after_the_end_are_refused() -> None:
    codec = Codec(MemoryRegistry())
    payload = codec.encode(ENDED.full_name, a_record(ENDED))
    assert reason(codec, payload + b"\x00") == "trailing-bytes"


def test_every_shortened_message_is_refused() -> None:
    codec = Codec(MemoryRegistry())
    payload = codec.encode(ENDED.full_name, a_record(ENDED))
    for length in range(6, len(payload)):
        assert reason(codec, payload[:length]) == "corrupt"


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_are_read_or_refused_and_nothing_else(noise: bytes) -> None:
    registry = MemoryRegistry()
    schema_id = registry.id_of(ENDED.full_name)
    try:
        Codec(registry).decode(b"\x00" + schema_id.to_bytes(4, "big") + noise)
    except Undecodable as refused:
        assert refused.reason_code in {"corrupt", "trailing-bytes"}


def test_a_record_that_does_not_fit_is_refused_without_being_quoted() -> None:
    with pytest.raises(Unencodable) as caught:
        Codec(MemoryRegistry()).encode(ENDED.full_name, a_record(ENDED, revision="secret"))
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_an_unknown_type_cannot_be_written() -> None:
    with pytest.raises(Unencodable, match=r"no record type 'joinedup\.x\.Y'"):
        Codec(MemoryRegistry()).encode("joinedup.x.Y", {})


class SilentRegistry(MemoryRegistry):
    """A registry that cannot be reached."""

    def schema_of(self, schema_id: int) -> dict[str, Any]:
        raise RegistryError("The schema registry did not answer.")


def test_a_silent_registry_makes_no_message_undecodable() -> None:
    payload = Codec(MemoryRegistry()).encode(ENDED.full_name, a_record(ENDED))
    with pytest.raises(RegistryError):
        Codec(SilentRegistry()).decode(payload)
