"""From a decoded wire record to the core's event: the one place that knows both vocabularies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from consumers.journeys_record import Trace
from consumers.tokens import REMEMBERED, Tokens
from journey.duties.episodes import same
from journey.events import Event, Identifier
from schemas.catalogue import EventType, by_full_name
from schemas.codec import Decoded
from schemas.identifiers import SCHEMES, check

LONDON = ZoneInfo("Europe/London")
# An LA child id may be quoted by another agency; the other two are never known outside their
# system, so they say best whose record this is.
OWN_IDS = ("MIS_ID", "HEALTH_LOCAL_ID", "LA_CHILD_ID")
BOUND_TO_SOURCE = frozenset(("MIS_ID", "HEALTH_LOCAL_ID"))
STRONGEST_FIRST = ("NHS", "SUI", "UPN", "ULN")
LEAF_RANK = {scheme: rank for rank, scheme in enumerate((*OWN_IDS, *STRONGEST_FIRST))}
REFERENCES = frozenset(
    "about advice conference direction draft enquiry exclusion involvement meeting notice period "
    "placement plan referral request suspension transition".split()
)
DELIVERY = frozenset(("event_id", "recorded_at", "batch", "scope"))
PROVIDER = "provider"
IDENTITY_DECISION = "IdentityDecisionRecorded"


class Subject(msgspec.Struct, frozen=True):
    """Whom and what a wire record is about, in tokens.

    record: the record key. leaf: empty when the record is about no child; of one about a provider
        it is the authority's, whichever source says it.
    own_id: the leaf is the source system's own id for the child.
    """

    record: str
    leaf: str
    own_id: bool = False

    @property
    def sealed_under(self) -> str:
        """The token whose key seals the record: the leaf, else (a person's decision) the record."""
        return self.leaf or self.record


def subject_of(
    la: str, record: Mapping[str, Any], event_type: EventType, tokens: Tokens
) -> Subject:
    """Return whom the record is about; the leaf is empty for control and people's decisions."""
    return _subject_of(la, record, event_type, tokens, _whom_of(la, record, tokens))


def _subject_of(
    la: str, record: Mapping[str, Any], event_type: EventType, tokens: Tokens, whom: _Whom
) -> Subject:
    source = record["source"]
    organisation, system = source["organisation"], source["system"]
    record_token = tokens.record(la, organisation, system, record["source_record_id"])
    if event_type.subject == "provider" and record["provider"]:
        return Subject(
            record=record_token, leaf=tokens.leaf(la, PROVIDER, same(record["provider"]))
        )
    if event_type.subject != "child" or event_type.agency == "governance":
        return Subject(record=record_token, leaf="")
    leaf = whom.leaf or tokens.leaf(la, organisation, system, record_token)
    return Subject(record=record_token, leaf=leaf, own_id=whom.own_id)


def trace_of(record: Mapping[str, Any]) -> Trace:
    """Return what stays known of a record about a child once its key is shredded."""
    source = record["source"]
    return Trace(
        source=f"{source['organisation']}/{source['system']}",
        revision=record["revision"],
        retracted=record["retracted"],
        scope=record["scope"],
        batch=record["batch"],
    )


def to_event(decoded: Decoded, *, kappa: int, tokens: Tokens) -> Event:
    """Return the core's event for a decoded record.

    kappa: known time in ms since 1970 UTC, from the journeys record.
    """
    record = decoded.record
    event_type = by_full_name()[decoded.full_name]
    la, source = record["local_authority"], record["source"]
    whom = _whom_of(la, record, tokens)
    subject = _subject_of(la, record, event_type, tokens, whom)
    return Event(
        type=event_type.name,
        agency=event_type.agency,
        la=la,
        source=f"{source['organisation']}/{source['system']}",
        record=subject.record,
        leaf=subject.leaf,
        own_id=subject.own_id,
        event_id=record["event_id"],
        revision=record["revision"],
        retracted=record["retracted"],
        occurred_on=occurred_on(event_type, record),
        kappa=kappa,
        digest=_digest(record, event_type, tokens),
        batch=record["batch"],
        scope=record["scope"],
        identifiers=whom.identifiers,
        date_of_birth=record["date_of_birth"],
        data=_data(event_type, record, tokens),
    )


def _digest(record: Mapping[str, Any], event_type: EventType, tokens: Tokens) -> str:
    """Return a hash of what the record says, whenever and in whichever batch it was sent.

    Of a name a keyed one: who has the store may not try which name it is.
    """
    said = dict(record)
    for name in DELIVERY:
        del said[name]
    plain = sha256(msgspec.msgpack.encode(said)).hexdigest()
    is_open = event_type.kept_names == event_type.payload_names
    return (plain if is_open else tokens.of("digest", plain))[:16]


def occurred_on(event_type: EventType, record: Mapping[str, Any]) -> date:
    """Return the valid day: the field that the schema names, else the London day it happened."""
    named = record.get(event_type.occurs) if event_type.occurs else None
    if isinstance(named, date):
        return named
    moment: datetime = record["occurred_at"]
    try:
        return moment.astimezone(LONDON).date()
    except OverflowError:  # the first or last hours that a datetime can hold
        return moment.date()


class _Whom(msgspec.Struct, frozen=True):
    """Whom a record's identifiers name, in tokens.

    leaf: empty where none of them can name one. own_id: it is of the source's own id.
    identifiers: those that can tell children apart.
    """

    leaf: str
    own_id: bool
    identifiers: tuple[Identifier, ...]


_Named = tuple[tuple[str, str, str], ...]
"""Identifiers as given: scheme, value and status of each."""


def _whom_of(la: str, record: Mapping[str, Any], tokens: Tokens) -> _Whom:
    source = record["source"]
    named = tuple([(i["scheme"], i["value"], i["status"]) for i in record["identifiers"]])
    return _whom(tokens, la, source["organisation"], source["system"], named)


@lru_cache(maxsize=REMEMBERED)  # a child's identifiers come with each event about the child
def _whom(tokens: Tokens, la: str, organisation: str, system: str, named: _Named) -> _Whom:
    best = _leaf_identifier(named)
    source = {"organisation": organisation, "system": system}
    return _Whom(
        leaf="" if best is None else tokens.leaf(la, organisation, system, *best),
        own_id=best is not None and best[0] in OWN_IDS,
        identifiers=tuple(_identifiers(la, source, named, tokens)),
    )


def _leaf_identifier(named: _Named) -> tuple[str, str] | None:
    """Return (scheme, value) of the source's own id, else of the strongest identifier."""
    ranked = [one for one in named if one[0] in LEAF_RANK]
    ranked.sort(key=lambda one: LEAF_RANK[one[0]])
    for scheme, value, status in ranked:
        checked = check(scheme, value)
        if checked.usable and status != "FORMER":
            return scheme, checked.value
    return None


def _identifiers(
    la: str, source: Mapping[str, str], named: _Named, tokens: Tokens
) -> Iterator[Identifier]:
    """Yield the identifiers that can tell children apart."""
    for scheme, value, status in named:
        checked = check(scheme, value) if scheme in SCHEMES else None
        if checked is not None and checked.usable:
            owner = source if scheme in BOUND_TO_SOURCE else None
            token = identifier_token(la, scheme, checked.value, owner, tokens)
            yield Identifier(scheme=scheme, token=token, status=status)


def identifier_token(
    la: str, scheme: str, value: str, source: Mapping[str, str] | None, tokens: Tokens
) -> str:
    """Return the token of an identifier; one school's own numbers are not another school's."""
    if source is None:
        return tokens.identifier(la, scheme, value)
    return tokens.identifier(la, scheme, f"{source['organisation']}/{source['system']}/{value}")


def _data(event_type: EventType, record: Mapping[str, Any], tokens: Tokens) -> dict[str, Any]:
    """Return the payload; names and the like stay behind the seal (ADR 0028)."""
    data: dict[str, Any] = {}
    for name in event_type.kept_names:
        value = record.get(name)
        if value is not None:
            # A moment becomes ms since 1970 UTC, anything else stays as it is.
            data[name] = int(value.timestamp() * 1000) if type(value) is datetime else value
    if event_type.name == IDENTITY_DECISION:
        return _with_identifier_tokens(data, record["local_authority"], tokens)
    for name in REFERENCES & data.keys():
        data[name] = _referred(record, data[name], tokens)
    return data


def _referred(record: Mapping[str, Any], record_id: str, tokens: Tokens) -> str:
    """Return the record key of another record of the same source."""
    source = record["source"]
    return tokens.record(
        record["local_authority"], source["organisation"], source["system"], record_id
    )


def _with_identifier_tokens(data: dict[str, Any], la: str, tokens: Tokens) -> dict[str, Any]:
    for side in ("first", "second"):
        scheme, value = data.get(f"{side}_scheme"), data.pop(f"{side}_value", None)
        if scheme in SCHEMES and value is not None:
            data[side] = tokens.identifier(la, scheme, check(scheme, value).value)
    return data
