"""From an event to the message that carries it: checked, routed, encoded and signed."""

from __future__ import annotations

from dataclasses import dataclass

from producers.event import Event
from producers.results import Rejected
from producers.speakers import Speaker, Speakers
from schemas.catalogue import EventType, event_types
from schemas.codec import Codec, Unencodable
from schemas.headers import event_headers
from schemas.signature import sign
from schemas.topics import TopicSet, key_of
from schemas.traces import new_traceparent
from schemas.validation import Problem, problems

_OF_EVERY_AGENCY = frozenset(("joint", "source"))


@dataclass(frozen=True, slots=True)
class Message:
    """What Kafka is given: the partition is that of the local authority, which is the key."""

    topic: str
    partition: int
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]
    event_id: str


class Messages:
    """Makes messages for one topic set."""

    def __init__(self, topics: TopicSet, codec: Codec, speakers: Speakers) -> None:
        """Take where messages go, how they are encoded, and who may speak."""
        self._topics = topics
        self._codec = codec
        self._speakers = speakers

    def of(self, event: Event, traceparent: str = "") -> Message | Rejected:
        """Return the event's message, or the fields that break the contract.

        traceparent: of what sends it; without one the event begins a trace of its own.

        Raises RegistryError where the registry cannot say which number the schema has.
        """
        found = _admitted(event, self._speakers)
        if isinstance(found, Rejected):
            return found
        return self._message(event, traceparent or new_traceparent(), *found)

    def _message(
        self, event: Event, traceparent: str, kind: EventType, speaker: Speaker
    ) -> Message | Rejected:
        record = dict(event.record)
        authority = record["local_authority"]
        try:
            value = self._codec.encode(kind.full_name, record)
        except Unencodable:
            return _rejected("record", f"values of the Avro types of {kind.full_name}")
        signature = sign(speaker.key, authority, kind.full_name, value)
        return Message(
            topic=self._topics.topic_for(speaker.agency),
            partition=self._topics.partition_of(authority),
            key=key_of(authority),
            value=value,
            headers=event_headers(kind, record, kind.fingerprint, signature, traceparent),
            event_id=record["event_id"],
        )


def objections(event: Event, speakers: Speakers) -> tuple[Problem, ...]:
    """Return what keeps an event from being sent by these speakers; empty where nothing does."""
    found = _admitted(event, speakers)
    return found.problems if isinstance(found, Rejected) else ()


def _admitted(event: Event, speakers: Speakers) -> tuple[EventType, Speaker] | Rejected:
    kind = event_types().get(event.type)
    if kind is None or not kind.has_envelope:
        return _rejected("type", "an event type of docs/schemas.md")
    found = problems(kind.full_name, event.record)
    if found:
        return Rejected(tuple(found))
    source = event.record["source"]
    speaker = speakers.speaker(source["organisation"], source["system"])
    if speaker is None:
        return _rejected("source", "a source of the sources file; ask the operator to add it")
    doubt = _may_not(speaker, kind, event)
    return Rejected((doubt,)) if doubt else (kind, speaker)


def _may_not(speaker: Speaker, kind: EventType, event: Event) -> Problem | None:
    if kind.agency != speaker.agency and kind.agency not in _OF_EVERY_AGENCY:
        return Problem("type", f"an event of {speaker.agency}, for which this source speaks")
    authorities = speaker.local_authorities
    if authorities is not None and event.record["local_authority"] not in authorities:
        return Problem("local_authority", "an authority for which this source may speak")
    return None


def _rejected(field: str, expected: str) -> Rejected:
    return Rejected((Problem(field, expected),))
