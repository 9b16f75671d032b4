"""The AsyncAPI document of the topics, written from the schemas: ``python -m schemas.document``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from schemas import headers
from schemas.catalogue import EventType, event_types
from schemas.topics import TopicSet

PAGE = Path(__file__).parent.parent / "docs" / "asyncapi.json"
AVSC = Path(__file__).parent / "avsc"
VERSION = "3.0.0"
_AVRO = "application/vnd.apache.avro+json;version=1.12.0"
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
_ABOUT = (
    "What travels on JoinedUp's topics. A message is Avro in the Confluent format (a zero byte, "
    "the registry's schema id, Avro binary); its key is the three digits of the local authority, "
    "its partition murmur2 of the key. docs/publishing.md says how to publish, docs/schemas.md "
    "what each field means. Written by `python -m schemas.document`."
)
_LIVE = TopicSet()
_OURS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    _LIVE.journeys: (
        "The one ordered stream from which all follows; agencies' bytes are sealed "
        "(docs/journeys-format.md).",
        ("Gap", "Position", "Tick"),
    ),
    _LIVE.alerts: ("Every alert transition, for other programs.", ("AlertTransition",)),
    _LIVE.deliveries: (
        "What became of each notice of an alert; no address and no name.",
        ("DeliveryStep",),
    ),
    _LIVE.checkpoints: ("The signed heads of the hash chains.", ("Checkpoint",)),
    _LIVE.dead_letters: ("Refused messages, with the reasons.", ("DeadLetter",)),
}
"""The topics that the platform writes, and the records that stand there in clear."""
_HEADERS: Mapping[str, str] = {
    headers.CE_SPECVERSION: "CloudEvents: 1.0",
    headers.CE_ID: "CloudEvents: the event's id, a UUID",
    headers.CE_TYPE: "CloudEvents: the full name of the record type",
    headers.CE_SOURCE: "CloudEvents: urn:joinedup:source:ORGANISATION:SYSTEM",
    headers.CE_TIME: "CloudEvents: when it happened, RFC 3339",
    headers.CONTENT_TYPE: "application/avro",
    headers.FINGERPRINT: "hex SHA-256 of the canonical form of the schema",
    headers.SIGNATURE: "hex HMAC-SHA256 of authority, type and value, joined by 0x1F, under the "
    "source's key, or its Ed25519 signature by the source's own",
    headers.TRACEPARENT: "W3C trace context; may be absent",
}


def document() -> dict[str, Any]:
    """Return the document: channels, operations and messages of a live topic set."""
    channels = {**_inputs(), **_outputs()}
    return {
        "asyncapi": VERSION,
        "info": {
            "title": "JoinedUp topics",
            "version": "1.0.0",
            "description": _ABOUT,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/avro",
        "channels": {_key(address): channel for address, channel in channels.items()},
        "operations": {_key(address): _operation(address) for address in channels},
        "components": {
            "messages": {one.name: _message(one) for one in event_types().values()},
            "messageTraits": {"event": {"headers": _headers()}},
        },
    }


def text() -> str:
    """Return the document as it stands in docs."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def schema_file(one: EventType) -> str:
    """Return the name of the .avsc file that a record type is read from."""
    return _CAPITAL.sub("_", one.name).lower() + ".avsc"


def _inputs() -> dict[str, dict[str, Any]]:
    found = {}
    for topic in _LIVE.inputs:
        agency = _LIVE.agency_of(topic)
        types = [one for one in event_types().values() if _LIVE.carries(topic, one.agency)]
        about = f"What sources of {agency} send; intake reads it."
        found[topic] = _channel(topic, about, (one.name for one in types))
    return found


def _outputs() -> dict[str, dict[str, Any]]:
    return {topic: _channel(topic, about, names) for topic, (about, names) in _OURS.items()}


def _channel(topic: str, about: str, names: Iterable[str]) -> dict[str, Any]:
    specs = {one.name: one for one in _LIVE.topic_specs(simulated=False)}
    config = specs[topic].config
    return {
        "address": topic,
        "description": about,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {
            "kafka": {
                "topic": topic,
                "partitions": _LIVE.partitions,
                "topicConfiguration": {
                    "cleanup.policy": [config["cleanup.policy"]],
                    "retention.ms": int(config["retention.ms"]),
                },
            }
        },
    }


def _operation(topic: str) -> dict[str, Any]:
    # As one who speaks with the platform sees it: agencies send, other programs receive.
    return {
        "action": "send" if topic in _LIVE.inputs else "receive",
        "channel": {"$ref": f"#/channels/{_key(topic)}"},
    }


def _message(one: EventType) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": one.full_name,
        "summary": one.doc,
        "contentType": "application/avro",
        "payload": {
            "schemaFormat": _AVRO,
            "schema": {"$ref": f"../schemas/avsc/{schema_file(one)}"},
        },
        "bindings": {"kafka": {"key": {"type": "string", "pattern": r"^\d{3}$"}}},
    }
    if one.has_envelope:
        found["traits"] = [{"$ref": "#/components/messageTraits/event"}]
    return found


def _headers() -> dict[str, Any]:
    fields = {name: {"type": "string", "description": said} for name, said in _HEADERS.items()}
    return {"type": "object", "required": [headers.SIGNATURE], "properties": fields}


def _key(topic: str) -> str:
    return topic.replace(".", "-")


def main() -> None:
    """Write the document."""
    PAGE.write_text(text(), "utf-8")


if __name__ == "__main__":
    main()
