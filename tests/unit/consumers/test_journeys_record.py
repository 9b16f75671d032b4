"""The format of ``journeys`` is read as it was written, and shows when it was changed."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.journeys_record import (
    JourneysRecord,
    Kind,
    SourcePosition,
    Trace,
    Unreadable,
    headers_of,
    open_value,
    parse,
    sealed_value,
)
from consumers.sealing import Unsealable

KEY = bytes(range(64))
A_TRACE = Trace(source="RQ3/epr", revision=7, retracted=True, scope="list", batch="b")
HEX = st.text("0123456789abcdef", min_size=32, max_size=32)
NAMES = st.from_regex(r"[a-z][a-z.\-]{0,20}", fullmatch=True)
POSITIONS = st.builds(SourcePosition, NAMES, st.integers(0, 63), st.integers(0, 2**63 - 1))
RECORDS = st.builds(
    JourneysRecord,
    kind=st.sampled_from(Kind),
    type=NAMES,
    la=st.from_regex(r"[0-9]{3}|", fullmatch=True),
    kappa=st.integers(0, 2**62),
    source=st.none() | POSITIONS,
    key_id=HEX | st.just(""),
    record=HEX | st.just(""),
    fingerprint=HEX | st.just(""),
    trace=st.none()
    | st.builds(
        Trace,
        source=NAMES,
        revision=st.integers(-(2**63), 2**63 - 1),
        retracted=st.booleans(),
        scope=st.none() | NAMES,
        batch=st.none() | NAMES,
    ),
    value=st.binary(),
)


@given(RECORDS)
def test_a_record_is_read_as_it_was_written(record: JourneysRecord) -> None:
    assert parse(headers_of(record), record.value) == record


@given(RECORDS)
def test_the_message_key_is_the_local_authority(record: JourneysRecord) -> None:
    assert record.key == record.la.encode()


def an_event(value: bytes = b"\x00\x00\x00\x00\x07agency bytes") -> JourneysRecord:
    source = SourcePosition("health.events", 3, 41)
    key_id, name = "ab" * 16, "joinedup.health.HealthDischarged"
    return JourneysRecord(
        kind=Kind.EVENT,
        type=name,
        la="330",
        kappa=1_756_900_000_000,
        source=source,
        key_id=key_id,
        record="cd" * 16,
        fingerprint="ef" * 32,
        value=sealed_value(KEY, "330", name, key_id, source, value),
    )


@given(st.binary())
def test_a_sealed_event_gives_the_agencys_bytes_back(value: bytes) -> None:
    assert open_value(an_event(value), KEY) == value


@pytest.mark.parametrize(
    "changed",
    [
        {"la": "331"},
        {"type": "joinedup.health.HealthContactHeld"},
        {"key_id": "ac" * 16},
        {"source": SourcePosition("health.events", 3, 42)},
        {"source": SourcePosition("education.events", 3, 41)},
    ],
)
def test_changing_a_header_is_noticed_when_the_event_is_opened(changed: dict[str, object]) -> None:
    tampered = msgspec.structs.replace(an_event(), **changed)
    with pytest.raises(Unsealable):
        open_value(tampered, KEY)


def test_a_plain_record_is_its_own_value() -> None:
    tick = JourneysRecord(
        kind=Kind.TICK, type="joinedup.platform.Tick", la="", kappa=1, source=None, value=b"tick"
    )
    assert open_value(tick, KEY) == b"tick"


def test_headers_stand_in_the_order_of_the_document() -> None:
    names = [name for name, _ in headers_of(an_event())]
    expected = ["format", "kind", "la", "type", "kappa", "from", "key", "record", "schema-fp"]
    assert names == expected
    traced = msgspec.structs.replace(an_event(), trace=A_TRACE)
    names = [name for name, _ in headers_of(traced)]
    assert names == [*expected, "source", "revision", "retracted", "scope", "batch"]


def test_a_record_of_the_first_releases_is_read_without_its_trace() -> None:
    assert parse(headers_of(an_event()), b"").trace is None


@pytest.mark.parametrize("lost", ["revision", "retracted"])
def test_a_trace_that_is_not_whole_is_not_guessed_at(lost: str) -> None:
    traced = msgspec.structs.replace(an_event(), trace=A_TRACE)
    with pytest.raises(Unreadable, match=lost):
        parse([one for one in headers_of(traced) if one[0] != lost], b"")


@pytest.mark.parametrize("lost", ["format", "kind", "la", "type", "kappa"])
def test_a_missing_header_is_named(lost: str) -> None:
    headers = [one for one in headers_of(an_event()) if one[0] != lost]
    with pytest.raises(Unreadable, match=lost):
        parse(headers, b"")


@pytest.mark.parametrize(
    "wrong",
    [("kind", b"rumour"), ("kappa", b"soon"), ("from", b"nowhere"), ("format", b"2")],
)
def test_a_wrong_header_is_not_guessed_at(wrong: tuple[str, bytes]) -> None:
    headers = [wrong if one[0] == wrong[0] else one for one in headers_of(an_event())]
    with pytest.raises(Unreadable):
        parse(headers, b"")
