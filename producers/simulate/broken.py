"""Messages that cannot be read, as a supplier's faulty client might send them."""

from __future__ import annotations

from producers.message import Message
from producers.simulate.year import BrokenMessage, Fault
from producers.speakers import Speaker
from schemas.codec import Codec
from schemas.headers import event_headers
from schemas.signature import sign
from schemas.topics import TopicSet, key_of

_NOBODYS_KEY = b"nobody's key, of which no source"
_NO_AVRO = b"\x00\x00\x00\x00\x01 this was never Avro"


def broken_message(
    what: BrokenMessage, topics: TopicSet, codec: Codec, speaker: Speaker
) -> Message:
    """Return the message with its one fault; it is all right in every other way."""
    event = what.record.event
    kind, record = event.kind, dict(event.record)
    authority = record["local_authority"]
    if what.fault is Fault.INCOMPLETE:
        required = next(field.name for field in kind.payload if field.required)
        record[required] = None
    value = _NO_AVRO if what.fault is Fault.NOISE else codec.encode(kind.full_name, record)
    key = _NOBODYS_KEY if what.fault is Fault.FORGED else speaker.key
    signature = sign(key, authority, kind.full_name, value)
    return Message(
        topic=topics.topic_for(speaker.agency),
        partition=topics.partition_of(authority),
        key=key_of(authority),
        value=value,
        headers=event_headers(kind, record, kind.fingerprint, signature),
        event_id=event.event_id,
    )
