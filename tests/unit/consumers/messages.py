"""Messages as invented sources send them, signed; the smallest valid example of each thing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from consumers.intake.incoming import Incoming
from consumers.tokens import Tokens
from schemas.catalogue import EventType, event_types
from schemas.codec import Codec
from schemas.headers import event_headers
from schemas.registry import MemoryRegistry
from schemas.signature import sign
from schemas.sources import Source, SourceRegistry
from schemas.topics import TopicSet

LA = "330"
TOPICS = TopicSet("", 4)
PARTITION = TOPICS.partition_of(LA)
MOMENT = datetime(2025, 9, 3, 10, 0, tzinfo=UTC)
NOW = int(MOMENT.timestamp() * 1000)
TOKENS = Tokens(b"a pseudonym key for tests")

SCHOOL = Source(
    organisation="330-4001",
    system="mis",
    agency="education",
    local_authorities=frozenset({LA}),
    key=b"the school's key",
)
HOSPITAL = Source(
    organisation="RQ3",
    system="epr",
    agency="health",
    local_authorities=frozenset({LA}),
    key=b"the hospital's key",
)
COUNCIL = Source(
    organisation="la-330",
    system="care",
    agency="social-care",
    local_authorities=frozenset({LA}),
    key=b"the council's key",
)
LEADS = Source(
    organisation="la-330",
    system="dashboard",
    agency="governance",
    local_authorities=frozenset({LA}),
    key=b"the leads' key...",
)
SOURCES = SourceRegistry([SCHOOL, HOSPITAL, COUNCIL, LEADS])


@cache
def codec() -> Codec:
    """The codec of all tests, its registry in memory."""
    return Codec(MemoryRegistry())


def event_type(name: str) -> EventType:
    return event_types()[name]


def a_record(name: str, source: Source = SCHOOL, **given: Any) -> dict[str, Any]:
    """Return a record of this type with what is required and what is given."""
    kind = event_type(name)
    envelope: dict[str, Any] = {
        "event_id": str(uuid.uuid4()),
        "local_authority": LA,
        "occurred_at": MOMENT,
        "recorded_at": MOMENT,
        "source": {"organisation": source.organisation, "system": source.system},
        "source_record_id": "record-1",
        "revision": 1,
        "retracted": False,
        "identifiers": [],
        "date_of_birth": None,
        "batch": None,
        "scope": None,
    }
    return envelope | {field.name: None for field in kind.payload} | given


def a_review(source: Source = SCHOOL, **given: Any) -> dict[str, Any]:
    """Return a review of a placement: an event about a child with one required field."""
    given.setdefault("held_on", date(2025, 9, 3))
    given.setdefault("identifiers", [identifier("MIS_ID", "A1")])
    return a_record("ApReviewHeld", source, **given)


def identifier(scheme: str, value: str, status: str = "VERIFIED") -> dict[str, str]:
    return {"scheme": scheme, "value": value, "status": status}


def a_message(
    record: dict[str, Any] | None = None,
    *,
    name: str = "ApReviewHeld",
    source: Source = SCHOOL,
    topic: str = TOPICS.education,
    offset: int = 0,
    time: int = NOW,
    la: str = LA,
    partition: int = PARTITION,
    by: Codec | None = None,
) -> Incoming:
    """Return a signed message of this record as it stands on an input topic."""
    record = record or a_review(source)
    kind = event_type(name)
    value = (by or codec()).encode(kind.full_name, record)
    signature = sign(source.key, la, kind.full_name, value)
    return Incoming(
        topic=topic,
        partition=partition,
        offset=offset,
        time=time,
        key=la.encode(),
        value=value,
        headers=tuple(event_headers(kind, record, kind.fingerprint, signature)),
    )


def messages(times: Sequence[int], topic: str = TOPICS.education) -> list[Incoming]:
    """Return one message for each append time, in this order of offsets."""
    return [a_message(topic=topic, offset=at, time=time) for at, time in enumerate(times)]
