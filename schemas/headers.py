"""The headers of a message: CloudEvents attributes, fingerprint, signature and trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from schemas.catalogue import EventType

CE_SPECVERSION = "ce_specversion"
CE_ID = "ce_id"
CE_TYPE = "ce_type"
CE_SOURCE = "ce_source"
CE_TIME = "ce_time"
CONTENT_TYPE = "content-type"
FINGERPRINT = "schema-fp"
SIGNATURE = "x-sig"
TRACEPARENT = "traceparent"

_FIXED = ((CE_SPECVERSION, b"1.0"), (CONTENT_TYPE, b"application/avro"))


def event_headers(
    event_type: EventType,
    record: Mapping[str, Any],
    fingerprint: str,
    signature: str,
    traceparent: str | None = None,
) -> list[tuple[str, bytes]]:
    """Return the headers of an event; no identifier of a child is in them.

    fingerprint: hex SHA-256 of the schema's canonical form. signature: of ``signature.sign``.
    traceparent: W3C trace context, left out where there is none.
    """
    headers = [
        *_FIXED,
        (CE_ID, record["event_id"].encode()),
        (CE_TYPE, event_type.full_name.encode()),
        (CE_SOURCE, source_urn(record["source"]).encode()),
        (CE_TIME, _time(record["occurred_at"])),
        (FINGERPRINT, fingerprint.encode()),
        (SIGNATURE, signature.encode()),
    ]
    if traceparent is not None:
        headers.append((TRACEPARENT, traceparent.encode()))
    return headers


def source_urn(source: Mapping[str, str]) -> str:
    """Return the CloudEvents source of an organisation's system."""
    return f"urn:joinedup:source:{source['organisation']}:{source['system']}"


def header(headers: Iterable[tuple[str, bytes | None]], name: str) -> bytes | None:
    """Return the value of the header of this name; None where it is absent or given twice."""
    found = [value for key, value in headers if key == name]
    return found[0] if len(found) == 1 else None


def _time(moment: datetime) -> bytes:
    utc = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return utc.replace("+00:00", "Z").encode()
