"""From a decoded wire record to the core's event: the one place that knows both vocabularies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from consumers.tokens import Tokens
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
IDENTITY_DECISION = "IdentityDecisionRecorded"


class Subject(msgspec.Struct, frozen=True):
    """Whom and what a wire record is about, in tokens.

    record: the record key. leaf: empty when the record is about no child.
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
    """Return whom the record is about; the leaf is empty for control and governance records."""
    source = record["source"]
    organisation, system = source["organisation"], source["system"]
    record_token = tokens.record(la, organisation, system, record["source_record_id"])
    if event_type.subject != "child" or event_type.agency == "governance":
        return Subject(record=record_token, leaf="")
    named = _leaf_identifier(record)
    if named is None:
        return Subject(
            record=record_token, leaf=tokens.leaf(la, organisation, system, record_token)
        )
    leaf = tokens.leaf(la, organisation, system, *named)
    return Subject(record=record_token, leaf=leaf, own_id=named[0] in OWN_IDS)


def to_event(decoded: Decoded, *, kappa: int, tokens: Tokens) -> Event:
    """Return the core's event for a decoded record.

    kappa: known time in ms since 1970 UTC, from the journeys record.
    """
    record = decoded.record
    event_type = by_full_name()[decoded.full_name]
    la, source = record["local_authority"], record["source"]
    subject = subject_of(la, record, event_type, tokens)
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
        digest=_digest(record),
        batch=record["batch"],
        scope=record["scope"],
        identifiers=tuple(_identifiers(la, record, tokens)),
        date_of_birth=record["date_of_birth"],
        data=_data(event_type, record, tokens),
    )


def _digest(record: Mapping[str, Any]) -> str:
    """Return a hash of what the record says, whenever and in whichever batch it was sent."""
    said = {name: value for name, value in record.items() if name not in DELIVERY}
    return sha256(msgspec.msgpack.encode(said)).hexdigest()[:16]


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


def _leaf_identifier(record: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return (scheme, value) of the source's own id, else of the strongest identifier."""
    ranked = [one for one in record["identifiers"] if one["scheme"] in LEAF_RANK]
    ranked.sort(key=lambda one: LEAF_RANK[one["scheme"]])
    for identifier in ranked:
        checked = check(identifier["scheme"], identifier["value"])
        if checked.usable and identifier["status"] != "FORMER":
            return identifier["scheme"], checked.value
    return None


def _usable(record: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield (scheme, normalised value, status) of the identifiers that can tell children apart."""
    for identifier in record["identifiers"]:
        scheme = identifier["scheme"]
        checked = check(scheme, identifier["value"]) if scheme in SCHEMES else None
        if checked is not None and checked.usable:
            yield scheme, checked.value, identifier["status"]


def _identifiers(la: str, record: Mapping[str, Any], tokens: Tokens) -> Iterator[Identifier]:
    for scheme, value, status in _usable(record):
        owner = record["source"] if scheme in BOUND_TO_SOURCE else None
        token = identifier_token(la, scheme, value, owner, tokens)
        yield Identifier(scheme=scheme, token=token, status=status)


def identifier_token(
    la: str, scheme: str, value: str, source: Mapping[str, str] | None, tokens: Tokens
) -> str:
    """Return the token of an identifier; one school's own numbers are not another school's."""
    if source is None:
        return tokens.identifier(la, scheme, value)
    return tokens.identifier(la, scheme, f"{source['organisation']}/{source['system']}/{value}")


def _data(event_type: EventType, record: Mapping[str, Any], tokens: Tokens) -> dict[str, Any]:
    data = {
        field.name: _plain(value)
        for field in event_type.payload
        if (value := record.get(field.name)) is not None
    }
    if event_type.name == IDENTITY_DECISION:
        return _with_identifier_tokens(data, record["local_authority"], tokens)
    for name in REFERENCES & data.keys():
        data[name] = _referred(record, data[name], tokens)
    return data


def _plain(value: Any) -> Any:
    """Return a moment as ms since 1970 UTC, anything else as it is."""
    return int(value.timestamp() * 1000) if isinstance(value, datetime) else value


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
