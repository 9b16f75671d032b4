"""An agency's event, read from Avro in the framing of a schema registry."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.request import urlopen

from fastavro import parse_schema, schemaless_reader

from benchmarks.duties import Fact, fact_of

_FRAME = 5
_OF_SOURCES = "joinedup.source"
_DAY = 86_400_000
_OF_EVERYBODY = {"UPN": "0", "NHS": "1", "ULN": "2"}


@dataclass(frozen=True, slots=True)
class Event:
    """One event, as far as the join looks into it.

    identifiers: the child's verified ones, the best first. occurred_on: days since 1970.
    recorded_at: milliseconds since 1970. fact: None where no duty looks at such an event.
    """

    id: str
    type: str
    source: str
    record_id: str
    revision: int
    retracted: bool
    identifiers: list[str]
    occurred_on: int
    recorded_at: int
    fact: Fact | None
    payload: bytes

    @property
    def record(self) -> str:
        """The record that this event is a version of."""
        return f"{self.type} {self.source} {self.record_id}"


class Events:
    """Reads events; a schema is asked for once."""

    def __init__(self, schema_of: Callable[[int], Any]) -> None:
        """Take what returns a schema by its number, such as ``registry``."""
        self._schema_of = schema_of
        self._schemas: dict[int, Any] = {}

    def read(self, payload: bytes) -> Event | None:
        """Return the event in these bytes, None where a source speaks of itself."""
        number = int.from_bytes(payload[1:_FRAME], "big")
        schema = self._schemas.get(number)
        if schema is None:
            parsed: Any = parse_schema(_bare(self._schema_of(number)))
            schema = self._schemas[number] = parsed
        space, _, kind = schema["name"].rpartition(".")
        if space == _OF_SOURCES:
            return None
        source = BytesIO(payload)
        source.seek(_FRAME)
        record: Any = schemaless_reader(source, schema, None)
        return _event(kind, record, payload)


def registry(address: str) -> Callable[[int], Any]:
    """Return what asks the registry at this address for a schema by its number."""

    def ask(number: int) -> Any:
        with urlopen(f"{address}/schemas/ids/{number}", timeout=30) as answer:
            return json.loads(json.load(answer)["schema"])

    return ask


def _event(kind: str, record: Mapping[str, Any], payload: bytes) -> Event:
    source = record["source"]
    speaker = f"{source['organisation']}/{source['system']}"
    record_id = record["source_record_id"]
    return Event(
        id=record["event_id"],
        type=kind,
        source=speaker,
        record_id=record_id,
        revision=record["revision"],
        retracted=record["retracted"],
        identifiers=_identifiers(record, speaker),
        occurred_on=record["occurred_at"] // _DAY,
        recorded_at=record["recorded_at"],
        fact=fact_of(kind, record),
        payload=payload,
    )


def _identifiers(record: Mapping[str, Any], speaker: str) -> list[str]:
    """Return the verified identifiers, the best first; a system's own ones say of which system."""
    found = []
    for one in record["identifiers"]:
        if one["status"] == "VERIFIED":
            scheme = one["scheme"]
            rank = _OF_EVERYBODY.get(scheme)
            whose = f"{rank}:{scheme}" if rank else f"3:{scheme}:{speaker}"
            found.append(f"{whose}:{one['value']}")
    return sorted(found) or [f"4:RECORD:{speaker}:{record['source_record_id']}"]


def _bare(schema: Any) -> Any:
    """Return a schema without logical types: days and moments stay numbers, which is faster."""
    if isinstance(schema, dict):
        return {name: _bare(one) for name, one in schema.items() if name != "logicalType"}
    return [_bare(one) for one in schema] if isinstance(schema, list) else schema
