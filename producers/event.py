"""An event as an agency's programmer builds it: its type, and the record that goes on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from schemas.catalogue import EventType, event_types

LONDON = ZoneInfo("Europe/London")
_SAID_OF_THEMSELVES: Mapping[str, Mapping[str, Any]] = {
    # A calendar moves what was counted before it came; those of older publishers did not.
    "SchoolCalendarPublished": {"counts_again": True}
}
"""What events of a type say unless their programmer says otherwise."""
_NAMESPACE = uuid5(NAMESPACE_URL, "urn:joinedup:event")


@dataclass(frozen=True, slots=True)
class Source:
    """The system that speaks: the organisation that runs it, and its name there."""

    organisation: str
    system: str

    def as_record(self) -> dict[str, str]:
        """Return the source as the envelope holds it."""
        return {"organisation": self.organisation, "system": self.system}


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier of a child; it is never shown, so that no log can hold it.

    scheme: NHS, UPN, ULN, LA_CHILD_ID, SUI, MIS_ID or HEALTH_LOCAL_ID.
    status: VERIFIED, UNVERIFIED, TEMPORARY or FORMER.
    """

    scheme: str
    value: str = field(repr=False)
    status: str = "VERIFIED"

    def as_record(self) -> dict[str, str]:
        """Return the identifier as the envelope holds it."""
        return {"scheme": self.scheme, "value": self.value, "status": self.status}


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its short type name and its wire record, which is never shown."""

    type: str
    record: Mapping[str, Any] = field(repr=False)

    @property
    def kind(self) -> EventType:
        """The type's entry in the catalogue; KeyError where the catalogue has no such type."""
        return event_types()[self.type]

    @property
    def event_id(self) -> str:
        """The id by which a repeated event is recognised."""
        return str(self.record.get("event_id", ""))


def new_event(
    type_name: str,
    *,
    local_authority: str,
    source: Source,
    source_record_id: str,
    revision: int,
    recorded_at: datetime,
    occurred_at: datetime | None = None,
    retracted: bool = False,
    identifiers: Sequence[Identifier] = (),
    date_of_birth: date | None = None,
    batch: str | None = None,
    scope: str | None = None,
    **payload: Any,
) -> Event:
    """Return the event, its envelope filled in; payload fields that are None are left out.

    ``revision`` is the source's version of its record, else its last-updated or extract moment
    in ms. ``occurred_at`` is by default London midnight of the type's own date field. The event
    id follows from source, record id and revision, so publishing again makes a duplicate that
    changes nothing. Raises KeyError where the catalogue has no such type.
    """
    kind = event_types()[type_name]
    record: dict[str, Any] = {
        "event_id": event_id(local_authority, source, source_record_id, revision, retracted),
        "local_authority": local_authority,
        "occurred_at": occurred_at or _occurred_at(kind, payload) or recorded_at,
        "recorded_at": recorded_at,
        "source": source.as_record(),
        "source_record_id": source_record_id,
        "revision": revision,
        "retracted": retracted,
        "identifiers": [identifier.as_record() for identifier in identifiers],
        "date_of_birth": date_of_birth,
        "batch": batch,
        "scope": scope,
    }
    said = {**_SAID_OF_THEMSELVES.get(type_name, {}), **payload}
    record.update((name, value) for name, value in said.items() if value is not None)
    return Event(type_name, record)


def event_id(
    local_authority: str, source: Source, source_record_id: str, revision: int, retracted: bool
) -> str:
    """Return the event's uuid: the same for the same revision of the same source record."""
    parts = (
        local_authority,
        source.organisation,
        source.system,
        source_record_id,
        str(revision),
        "retracted" if retracted else "",
    )
    # Half a surrogate pair cannot be encoded; that it is in no text is for the contract to say.
    name = "\x1f".join(parts).encode("utf-8", "backslashreplace").decode()
    return str(uuid5(_NAMESPACE, name))


def milliseconds(moment: datetime) -> int:
    """Return the moment in whole milliseconds since 1970 UTC."""
    seconds = int(moment.timestamp() // 1)
    return seconds * 1000 + moment.microsecond // 1000


@lru_cache(maxsize=4096)
def london_midnight(day: date) -> datetime:
    """Return the first moment of this day in England, in UTC."""
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)


def _occurred_at(kind: EventType, payload: Mapping[str, Any]) -> datetime | None:
    day = payload.get(kind.occurs) if kind.occurs else None
    return london_midnight(day) if isinstance(day, date) else None
