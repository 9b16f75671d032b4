"""Within a topic that several sources share, each speaks for itself and for nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import msgspec
import pytest

from consumers.intake.examining import Accepted, Examiner, Refused
from consumers.intake.incoming import Incoming
from schemas.headers import SIGNATURE
from schemas.signature import sign
from schemas.sources import Source, SourceRegistry
from tests.unit.consumers.messages import (
    COUNCIL,
    HOSPITAL,
    LA,
    MOMENT,
    PARTITION,
    SCHOOL,
    TOKENS,
    TOPICS,
    a_message,
    a_record,
    codec,
    event_type,
)

NEIGHBOUR = next(
    code
    for code in map(str, range(331, 400))
    if code != LA and TOPICS.partition_of(code) == PARTITION
)
SCHOOL_NEXT_DOOR = Source(
    organisation="331-4001",
    system="mis",
    agency="education",
    local_authorities=frozenset({NEIGHBOUR}),
    key=b"another school's key",
)
SAME_SCHOOL_OTHER_SYSTEM = Source(
    organisation=SCHOOL.organisation,
    system="attendance",
    agency="education",
    local_authorities=frozenset({LA}),
    key=b"the register's key",
)
REGISTERED = (SCHOOL, SAME_SCHOOL_OTHER_SYSTEM, SCHOOL_NEXT_DOOR, HOSPITAL, COUNCIL)
STRANGER = Source(
    organisation="stranger",
    system="none",
    agency="education",
    local_authorities=frozenset({LA, NEIGHBOUR}),
    key=b"a key nobody gave",
)
EXAMINER = Examiner(TOPICS, codec(), SourceRegistry(REGISTERED), TOKENS)


def said(signer: Source, named: Source, topic: str, key_la: str, said_la: str) -> Incoming:
    """A heartbeat, which any source may send, that this signer wrote in this name."""
    kind = event_type("SourceHeartbeat")
    record = a_record("SourceHeartbeat", named, complete_to=MOMENT, local_authority=said_la)
    message = a_message(record, name="SourceHeartbeat", source=named, topic=topic, la=key_la)
    signature = sign(signer.key, key_la, kind.full_name, message.value or b"").encode()
    headers = tuple(header for header in message.headers if header[0] != SIGNATURE)
    return msgspec.structs.replace(message, headers=(*headers, (SIGNATURE, signature)))


def every_way() -> Iterator[tuple[Source, Source, str, str, str]]:
    everybody = (*REGISTERED, STRANGER)
    authorities = (LA, NEIGHBOUR)
    return product(everybody, everybody, TOPICS.inputs, authorities, authorities)


def is_honest(signer: Source, named: Source, topic: str, key_la: str, said_la: str) -> bool:
    return (
        signer is named
        and named in REGISTERED
        and topic == TOPICS.topic_for(named.agency)
        and key_la == said_la
        and key_la in named.local_authorities
    )


def test_a_record_is_accepted_only_from_its_own_source_on_its_topic_for_its_authority() -> None:
    ways = list(every_way())
    accepted = [way for way in ways if isinstance(EXAMINER.examine(said(*way)), Accepted)]
    assert accepted == [way for way in ways if is_honest(*way)]
    assert len(accepted) == len(REGISTERED)


@pytest.mark.parametrize(
    ("signer", "named", "reason"),
    [
        (SCHOOL_NEXT_DOOR, SCHOOL, "wrong-signature"),
        (SAME_SCHOOL_OTHER_SYSTEM, SCHOOL, "wrong-signature"),
        (STRANGER, SCHOOL, "wrong-signature"),
        (STRANGER, STRANGER, "unknown-source"),
        (SCHOOL_NEXT_DOOR, SCHOOL_NEXT_DOOR, "not-entitled"),
    ],
)
def test_who_speaks_in_anothers_name_or_authority_is_refused_with_the_reason(
    signer: Source, named: Source, reason: str
) -> None:
    found = EXAMINER.examine(said(signer, named, TOPICS.education, LA, LA))
    assert isinstance(found, Refused)
    assert found.reason == reason
    assert found.subject is None, "a forged record must not point at a child"
