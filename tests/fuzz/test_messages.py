"""Whatever stands on an input topic: it is journeyed or a dead letter, with a discreet reason."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.decode import to_event
from consumers.intake.examining import Examined, Examiner, Refused
from consumers.intake.incoming import Incoming
from consumers.intake.ledger import Ledger
from consumers.intake.scribe import DEAD_LETTER, RoundEnd, Scribe, keys_wanted
from consumers.intake.ticking import LivePace
from consumers.journeys_record import Unreadable, parse
from journey.cluster import nodes_of
from schemas.bounded import is_bounded
from schemas.catalogue import event_types
from schemas.codec import Codec, Decoded, Undecodable
from schemas.history import kept_versions
from schemas.registry import MemoryRegistry
from schemas.signature import sign
from tests.fuzz.conftest import PROFILE
from tests.fuzz.mutations import HOSTILE, NAME, broken, is_discreet
from tests.unit.consumers.messages import (
    LA,
    NOW,
    PARTITION,
    SCHOOL,
    SOURCES,
    TOKENS,
    TOPICS,
    a_message,
)
from tests.unit.consumers.messages import (
    a_record as an_event,
)
from tests.unit.schemas.examples import a_record

REGISTRY = MemoryRegistry()
CODEC = Codec(REGISTRY)
EXAMINER = Examiner(TOPICS, CODEC, SOURCES, TOKENS)
TYPES = sorted(one.full_name for one in event_types().values())
FRAME = struct.Struct(">bI")


@cache
def wire(full_name: str) -> bytes:
    """Return a message of this type as it should be, with a name where a text may stand."""
    return CODEC.encode(full_name, a_record(full_name.rpartition(".")[2]))


@st.composite
def values(draw: st.DrawFn) -> bytes | None:
    """Return a message: broken, framed with another number, of hostile lengths, or none."""
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return draw(st.sampled_from((None, b"", b"\x00", b"\x00" * 5, b"\x00" * 6)))
    good = draw(st.sampled_from(TYPES).map(wire))
    if kind == 1:
        number = draw(st.integers(0, 2**32 - 1) | st.integers(1, len(TYPES)))
        return FRAME.pack(0, number) + good[5:]
    if kind == 2:
        # Lengths and block counts as long zig-zag numbers: huge, negative, never ending.
        number = draw(st.integers(-(2**63), 2**63 - 1))
        at = draw(st.integers(5, len(good)))
        return good[:at] + zigzag(number) + good[at:]
    return good[:5] + draw(broken(st.just(good[5:])))


def zigzag(number: int) -> bytes:
    """Return a long as Avro writes it."""
    left, out = (number << 1) ^ (number >> 63), bytearray()
    left &= 2**64 - 1
    while left > 0x7F:
        out.append(left & 0x7F | 0x80)
        left >>= 7
    return bytes([*out, left])


HEADERS = st.lists(
    st.tuples(
        st.sampled_from(("x-sig", "ce_id", "schema-fp", "", NAME)) | st.text(max_size=5),
        st.none() | st.binary(max_size=70) | st.sampled_from(HOSTILE),
    ),
    max_size=4,
)
KEYS = st.just(LA.encode()) | st.none() | st.binary(max_size=5) | st.sampled_from(HOSTILE)


@st.composite
def incoming(draw: st.DrawFn, offset: int = 0) -> Incoming:
    """Return a record of an input topic: now and then rightly signed, whatever it holds."""
    value = draw(values())
    headers = draw(HEADERS)
    if draw(st.integers(0, 3)):
        name = draw(st.sampled_from(TYPES))
        signature = sign(SCHOOL.key, LA, name, value or b"").encode()
        headers = [*headers, ("x-sig", signature)]
    return Incoming(
        topic=draw(st.sampled_from(TOPICS.inputs)),
        partition=PARTITION,
        offset=offset,
        time=draw(st.integers(0, NOW)),
        key=draw(KEYS),
        value=value,
        headers=tuple(headers),
    )


TEXTS = st.sampled_from([NAME, "", " ", "\x00", "a" * 250, "a" * 70_000, "\u202e", "é", "999"])
NUMBERS = st.integers(-(2**63), 2**63 - 1)


@st.composite
def signed(draw: st.DrawFn) -> Incoming:
    """Return a record that decodes and is rightly signed, of hostile content."""
    given = {
        "source_record_id": draw(TEXTS | st.just("r1")),
        "revision": draw(NUMBERS),
        "event_id": draw(TEXTS | st.uuids().map(str)),
        "local_authority": draw(st.just(LA) | TEXTS),
        "retracted": draw(st.booleans()),
        "batch": draw(st.none() | TEXTS),
        "identifiers": draw(st.lists(st.builds(_identifier, TEXTS, TEXTS), max_size=3)),
        "occurred_at": draw(st.datetimes(timezones=st.just(UTC))),
        "held_on": draw(st.none() | st.dates()),
    }
    return a_message(an_event("ApReviewHeld", SCHOOL, **given))


def _identifier(scheme: str, value: str) -> dict[str, str]:
    return {"scheme": "UPN" if scheme == "999" else scheme, "value": value, "status": "VERIFIED"}


def assert_sound(one: Examined) -> None:
    if isinstance(one, Refused):
        assert one.explanation.endswith(".")
        assert is_discreet(one.explanation)
        assert is_discreet(str(one.field))
        return
    event = to_event(CODEC.decode(one.value), kappa=NOW, tokens=TOKENS)
    for node in nodes_of(event):
        assert bytes.fromhex(node)


def assert_accounted(records: Sequence[Incoming]) -> None:
    """Write the records down as intake does: each once, a refused one with its own bytes."""
    examined = [EXAMINER.examine(one) for one in records]
    for one in examined:
        assert_sound(one)
    wanted = keys_wanted(examined, TOKENS)
    keys = {name: bytes(64) for name in wanted}
    scribe = Scribe(PARTITION, CODEC, TOKENS, LivePace())
    ledger = Ledger(next_offsets=dict.fromkeys(TOPICS.inputs, 0))
    done = scribe.write(ledger, examined, keys, RoundEnd(None))
    assert done.ledger.read == done.ledger.journeyed + done.ledger.dead == len(records)
    refused = [one.incoming for one in examined if isinstance(one, Refused)]
    letters = [CODEC.decode(one.value) for one in done.dead_letters]
    assert [one.record["original"] for one in letters] == [one.value or b"" for one in refused]
    assert {one.full_name for one in letters} <= {DEAD_LETTER}
    assert all(parse(one.headers, one.value).la in (LA, "") for one in done.journeys)


@PROFILE
@given(st.lists(incoming(), min_size=1, max_size=5))
def test_every_broken_message_is_accounted_for(records: list[Incoming]) -> None:
    assert_accounted(records)


@PROFILE
@given(st.lists(signed(), min_size=1, max_size=3))
def test_every_signed_message_of_hostile_content_is_accounted_for(records: list[Incoming]) -> None:
    assert_accounted(records)


@PROFILE
@given(values())
def test_bytes_decode_or_are_undecodable(value: bytes | None) -> None:
    assert_decodes(value)


def assert_decodes(value: bytes | None) -> None:
    try:
        assert isinstance(CODEC.decode(value), Decoded)
    except Undecodable as fault:
        assert fault.sentence.endswith(".")
        assert is_discreet(fault.sentence)


JSON = st.recursive(
    st.sampled_from(["null", "string", "long", "record", "array", "Loop", "joinedup.x.A"])
    | st.none()
    | st.integers(0, 5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "items", "values", "name", "fields", "namespace", "size"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


class OneSchema:
    """A registry that has one schema under every number."""

    def __init__(self, schema: Any) -> None:
        self._schema = schema

    def schema_of(self, schema_id: int) -> Any:
        return self._schema

    def id_of(self, full_name: str) -> int:
        return 1


@PROFILE
@given(JSON, st.binary(max_size=30))
def test_any_schema_that_somebody_registered_decodes_or_does_not(schema: Any, body: bytes) -> None:
    assert_undecodable(schema, body)


def assert_undecodable(schema: Any, body: bytes) -> None:
    """Assert that a message is not read with this schema, nor with one that holds it."""
    named = {"name": "ApReviewHeld", "namespace": "joinedup.education"}
    for one in (schema, named | {"type": "record", "fields": [{"name": "x", "type": schema}]}):
        with pytest.raises(Undecodable):
            Codec(OneSchema(one)).decode(FRAME.pack(0, 1) + body + b"\x00")


def test_every_schema_of_ours_is_read_in_bounded_time() -> None:
    for one in event_types().values():
        assert all(is_bounded(schema) for schema in [one.schema, *kept_versions(one.full_name)])


EMPTY = {"type": "record", "name": "Empty", "fields": []}
LOOP = {"type": "record", "name": "Loop", "fields": [{"name": "x", "type": ["null", "Loop"]}]}


@pytest.mark.parametrize(
    "hostile",
    [
        {"type": "array", "items": "null"},
        {"type": "array", "items": EMPTY},
        {"type": "array", "items": {"type": "fixed", "name": "F", "size": 0}},
        LOOP,
        "Nowhere",
    ],
)
def test_a_schema_whose_messages_need_no_bound_is_not_read_with(hostile: Any) -> None:
    own = event_types()["ApReviewHeld"].schema
    schema = own | {"fields": [*own["fields"], {"name": "more", "type": hostile}]}
    count = zigzag(2**62)
    with pytest.raises(Undecodable, match="cannot be read with"):
        Codec(OneSchema(schema)).decode(wire("joinedup.education.ApReviewHeld") + count)


@PROFILE
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("format", "kind", "la", "type", "kappa", "from", "key", "record")),
            st.sampled_from((b"1", b"event", b"tick", b"gap", b"999", b"a/0/1", b"")) | st.binary(),
        )
    ),
    st.binary(),
)
def test_any_headers_of_journeys_are_parsed_or_unreadable(
    headers: list[tuple[str, bytes]], value: bytes
) -> None:
    assert_parsed(headers, value)


def assert_parsed(headers: list[tuple[str, bytes]], value: bytes) -> None:
    try:
        parse(headers, value)
    except Unreadable as fault:
        assert str(fault).endswith(".")
