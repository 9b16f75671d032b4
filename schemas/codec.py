"""Bytes to record and back, in the Confluent format that any Avro reader of Kafka knows."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any, NamedTuple

from fastavro import parse_schema, schemaless_reader, schemaless_writer

from schemas.bounded import is_bounded
from schemas.canonical import fingerprint_of
from schemas.catalogue import event_type
from schemas.registry import SchemaIds, UnknownSchema

_FRAME = struct.Struct(">bI")
_MAGIC = 0
#: Magic byte, and a writer of one field at least.
_SMALLEST = _FRAME.size + 1


class Decoded(NamedTuple):
    """A record as read: its full type name, its fields, and the schema it was written with.

    record: keyed by field name; dates are ``date``, timestamps are aware ``datetime`` in UTC.
    schema_id: the registry's number of the writer's schema.
    fingerprint: hex SHA-256 of the canonical form of the writer's schema.
    """

    full_name: str
    record: dict[str, Any]
    schema_id: int
    fingerprint: str


class Undecodable(Exception):
    """A message could not be read. Its reason code and sentence hold nothing of its content.

    reason_code: empty, not-framed, unknown-schema, unknown-type, corrupt or trailing-bytes.
    """

    def __init__(self, reason_code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason_code = reason_code
        self.sentence = sentence


class Unencodable(Exception):
    """A record does not fit its schema; validate it first, to be told which field is wrong."""


class _Writer(NamedTuple):
    """How to write one record type."""

    frame: bytes
    schema: Any


class _Reader(NamedTuple):
    """How to read what was written with one schema id."""

    full_name: str
    fingerprint: str
    writer: Any
    reader: Any


class Codec:
    """Encodes and decodes records; keeps the parsed schemas of every id that it has met."""

    def __init__(self, registry: SchemaIds) -> None:
        """Take the registry that numbers the schemas."""
        self._registry = registry
        self._writers: dict[str, _Writer] = {}
        self._readers: dict[int, _Reader] = {}

    def encode(self, full_name: str, record: dict[str, Any]) -> bytes:
        """Return the framed bytes of a record; raises Unencodable where it does not fit."""
        writer = self._writers.get(full_name) or self._writer(full_name)
        out = BytesIO()
        out.write(writer.frame)
        try:
            schemaless_writer(out, writer.schema, record)
        except Exception:
            # The cause is cut off: its message would quote the record.
            raise Unencodable(
                f"The record does not fit {full_name}; validate it first, to see which field."
            ) from None
        return out.getvalue()

    def decode(self, payload: bytes | None) -> Decoded:
        """Return the record in these bytes, as our schema of its type has it.

        Raises Undecodable where the bytes are at fault, and lets RegistryError through where
        the registry is: the message may be good.
        """
        if not payload:
            raise Undecodable("empty", "The message has no value; publish a retraction instead.")
        schema_id = _schema_id(payload)
        known = self._readers.get(schema_id) or self._reader(schema_id)
        source = BytesIO(payload)
        source.seek(_FRAME.size)
        try:
            record: Any = schemaless_reader(source, known.writer, known.reader)
        except Exception:
            raise Undecodable(
                "corrupt", f"The bytes are not those of a {known.full_name}; send it again."
            ) from None
        if source.tell() != len(payload):
            raise Undecodable(
                "trailing-bytes",
                f"More bytes follow after the end of the {known.full_name}; send it again.",
            )
        return Decoded(known.full_name, record, schema_id, known.fingerprint)

    def _writer(self, full_name: str) -> _Writer:
        found = event_type(full_name)
        if found is None:
            raise Unencodable(f"There is no record type {full_name!r}; see docs/schemas.md.")
        frame = _FRAME.pack(_MAGIC, self._registry.id_of(full_name))
        writer = _Writer(frame, _parsed(found.schema))
        self._writers[full_name] = writer
        return writer

    def _reader(self, schema_id: int) -> _Reader:
        try:
            schema = self._registry.schema_of(schema_id)
        except UnknownSchema:
            raise Undecodable(
                "unknown-schema",
                f"The registry has no schema {schema_id}; register it before publishing.",
            ) from None
        reader = _resolved(schema)
        self._readers[schema_id] = reader
        return reader


def _schema_id(payload: bytes) -> int:
    if len(payload) < _SMALLEST or payload[0] != _MAGIC:
        raise Undecodable(
            "not-framed",
            "The value does not begin with a zero byte and a schema id; "
            "use a serializer of the Confluent format.",
        )
    return int.from_bytes(payload[1:5], "big")


def _resolved(schema: Any) -> _Reader:
    """Return how to read with this schema, which anybody may have registered."""
    try:
        if isinstance(schema, dict) and is_bounded(schema):
            return _resolve(schema)
    except Undecodable:
        raise
    except Exception:
        pass  # whatever is wrong with it, it is not a schema that we can read with
    raise Undecodable(
        "unknown-type",
        "The schema that it was written with cannot be read with; publish with ours.",
    )


def _resolve(schema: dict[str, Any]) -> _Reader:
    full_name = _full_name(schema)
    ours = event_type(full_name)
    if ours is None:
        raise Undecodable(
            "unknown-type",
            "The schema that it was written with is of no type of ours; see docs/schemas.md.",
        )
    fingerprint = fingerprint_of(schema)
    if fingerprint == ours.fingerprint:
        # The same layout: ours is read directly, its logical types with it.
        return _Reader(full_name, fingerprint, _parsed(ours.schema), None)
    return _Reader(full_name, fingerprint, _parsed(schema), _parsed(ours.schema))


def _full_name(schema: dict[str, Any]) -> str:
    name = str(schema.get("name", ""))
    return name if "." in name else f"{schema.get('namespace', '')}.{name}"


def _parsed(schema: dict[str, Any]) -> Any:
    # An own name table: Source and Identifier are defined anew in every schema.
    return parse_schema(schema, named_schemas={})
