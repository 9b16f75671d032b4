"""The records of the ``journeys`` topic: what is kept for ever (docs/journeys-format.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache

import msgspec

from consumers.sealing import seal, unseal
from schemas.headers import SIGNATURE, TRACEPARENT

FORMAT = b"1"


Headers = tuple[tuple[str, bytes], ...]


class Kind(StrEnum):
    """What a journeys record is."""

    EVENT = "event"
    CONTROL = "control"
    TICK = "tick"
    POSITION = "position"
    GAP = "gap"


class Unreadable(ValueError):
    """The headers are not those of a journeys record; the text names the header."""


class SourcePosition(msgspec.Struct, frozen=True, order=True):
    """Where on the input topics a record came from."""

    topic: str
    partition: int
    offset: int

    def text(self) -> str:
        """Return it as ``topic/partition/offset``."""
        return f"{self.topic}/{self.partition}/{self.offset}"

    @classmethod
    def parse(cls, text: str) -> SourcePosition:
        """Return the position written in ``text``; raises ValueError when it is none."""
        topic, partition, offset = text.rsplit("/", 2)
        return cls(topic, int(partition), int(offset))


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """What of an event is still known when its key is shredded: nothing about the child.

    source: ``organisation/system``. scope, batch: only of a row of a snapshot, or of a batch.
    """

    source: str
    revision: int
    retracted: bool = False
    scope: str | None = None
    batch: str | None = None


class JourneysRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One record of ``journeys``, parsed but still sealed.

    kind: what it is. EVENT is about a child and sealed; the others are plain.
    type: full record name, e.g. ``joinedup.education.ApPlacementStarted``.
    la: local authority code; empty for ticks and positions.
    kappa: known time, ms since 1970 UTC; also the record's timestamp.
    source: where it came from; None for ticks and positions.
    key_id: id of the key that sealed the value; empty when the value is plain.
    record: token of (local authority, source, source record id), or empty.
    fingerprint: hex sha256 of the writer schema's canonical form, or empty when unknown.
    trace: what is known of an EVENT without its key; None in those of the first releases.
    traceparent: W3C trace context, for whoever watches the platform at work; mostly empty.
    signature: hex, by the source's own key over its bytes: nobody else can have made it; empty
        where source and platform share a key, which proves nothing to others.
    value: the sealed or plain Confluent-framed bytes.
    """

    kind: Kind
    type: str
    la: str
    kappa: int
    source: SourcePosition | None
    key_id: str = ""
    record: str = ""
    fingerprint: str = ""
    trace: Trace | None = None
    traceparent: str = ""
    signature: str = ""
    value: bytes

    @property
    def name(self) -> str:
        """The record name without its namespace, e.g. ``ApPlacementStarted``."""
        return self.type.rpartition(".")[2]

    @property
    def key(self) -> bytes:
        """The Kafka message key: the local authority, empty for ticks and positions."""
        return self.la.encode()


def headers_of(record: JourneysRecord) -> Headers:
    """Return the Kafka headers, in the order of docs/journeys-format.md."""
    headers = (*_fixed(record.kind, record.la, record.type), ("kappa", b"%d" % record.kappa))
    if record.source is not None:
        headers += (("from", record.source.text().encode()),)
    if record.key_id:
        headers += (("key", record.key_id.encode()),)
    if record.record:
        headers += (("record", record.record.encode()),)
    if record.fingerprint:
        headers += (("schema-fp", record.fingerprint.encode()),)
    if record.trace is not None:
        headers += _traced(record.trace)
    if record.traceparent:
        headers += ((TRACEPARENT, record.traceparent.encode()),)
    if record.signature:
        headers += ((SIGNATURE, record.signature.encode()),)
    return headers


def _traced(trace: Trace) -> Headers:
    headers: Headers = (
        ("source", trace.source.encode()),
        ("revision", b"%d" % trace.revision),
        ("retracted", b"1" if trace.retracted else b"0"),
    )
    if trace.scope is not None:
        headers += (("scope", trace.scope.encode()),)
    if trace.batch is not None:
        headers += (("batch", trace.batch.encode()),)
    return headers


@lru_cache(maxsize=4096)
def _fixed(kind: Kind, la: str, type_name: str) -> Headers:
    """Return the headers that most records share with the one before."""
    return (
        ("format", FORMAT),
        ("kind", kind.encode()),
        ("la", la.encode()),
        ("type", type_name.encode()),
    )


def parse(headers: Iterable[tuple[str, bytes]], value: bytes) -> JourneysRecord:
    """Return the record written with these headers; raises Unreadable naming the header."""
    found = {name: content.decode("utf-8", "replace") for name, content in headers}
    if found.get("format") != FORMAT.decode():
        raise Unreadable("The journeys record's header 'format' is missing or newer than this.")
    try:
        return JourneysRecord(
            kind=Kind(found["kind"]),
            type=found["type"],
            la=found["la"],
            kappa=int(found["kappa"]),
            source=SourcePosition.parse(found["from"]) if "from" in found else None,
            key_id=found.get("key", ""),
            record=found.get("record", ""),
            fingerprint=found.get("schema-fp", ""),
            trace=_trace(found),
            traceparent=found.get(TRACEPARENT, ""),
            signature=found.get(SIGNATURE, ""),
            value=value,
        )
    except KeyError as missing:
        raise Unreadable(f"The journeys record lacks the header {missing}.") from None
    except ValueError:
        raise Unreadable(
            "A header of the journeys record (kind, kappa, from or revision) is wrong."
        ) from None


def _trace(found: Mapping[str, str]) -> Trace | None:
    if "source" not in found:
        return None
    return Trace(
        source=found["source"],
        revision=int(found["revision"]),
        retracted=found["retracted"] == "1",
        scope=found.get("scope"),
        batch=found.get("batch"),
    )


def bound(la: str, type_name: str, key_id: str, source: SourcePosition) -> list[bytes]:
    """Return what is bound to the sealed bytes: changing any of it makes them unreadable."""
    return [la.encode(), type_name.encode(), key_id.encode(), source.text().encode()]


def sealed_value(
    key: bytes, la: str, type_name: str, key_id: str, source: SourcePosition, value: bytes
) -> bytes:
    """Return the value of an EVENT record: the agency's bytes sealed under the leaf's key."""
    return seal(key, value, bound(la, type_name, key_id, source))


def open_value(record: JourneysRecord, key: bytes) -> bytes:
    """Return the agency's own bytes; raises sealing.Unsealable when anything was changed."""
    if not record.key_id or record.source is None:
        return record.value
    return unseal(key, record.value, bound(record.la, record.type, record.key_id, record.source))
