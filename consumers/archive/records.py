"""Records of a topic in an Avro object container file, which any Avro reader opens."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from fastavro import parse_schema, reader, writer

BATCH = 2_000

_SCHEMA = parse_schema(
    {
        "type": "record",
        "name": "ArchivedRecord",
        "namespace": "joinedup.archive",
        "doc": "One committed record of a Kafka topic, as it was read.",
        "fields": [
            {"name": "offset", "type": "long"},
            {"name": "timestamp", "type": "long", "doc": "ms since 1970 UTC"},
            {"name": "key", "type": "bytes"},
            {"name": "value", "type": "bytes"},
            {
                "name": "headers",
                "type": {
                    "type": "array",
                    "items": {
                        "type": "record",
                        "name": "Header",
                        "fields": [
                            {"name": "name", "type": "string"},
                            {"name": "value", "type": "bytes"},
                        ],
                    },
                },
            },
        ],
    }
)


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A record of a topic; timestamp in ms since 1970 UTC."""

    offset: int
    timestamp: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


def write_records(path: Path, records: Iterable[Record]) -> None:
    """Write the records to a new file; the same records always give the same bytes."""
    mark = hashlib.md5(path.name.encode(), usedforsecurity=False).digest()
    with path.open("xb") as opened:
        writer(opened, _SCHEMA, map(_outward, records), codec="deflate", sync_marker=mark)


def read_records(path: Path) -> Iterator[list[Record]]:
    """Yield the records of a file, batch by batch."""
    with path.open("rb") as opened:
        records = map(_inward, reader(opened))
        while batch := list(islice(records, BATCH)):
            yield batch


def _outward(record: Record) -> dict[str, Any]:
    headers = [{"name": name, "value": value} for name, value in record.headers]
    return {**msgspec.structs.asdict(record), "headers": headers}


def _inward(fields: Any) -> Record:
    headers = tuple((one["name"], one["value"]) for one in fields["headers"])
    return Record(**{**fields, "headers": headers})
