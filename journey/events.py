"""What happened, as the core sees it: one fact about one child, with no identifier in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

_SCHOOLS = ("establishment", "provider")


class Identifier(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One identifier of a child, its value replaced by a keyed hash (a token).

    scheme: NHS, UPN, ULN, LA_CHILD_ID, SUI, MIS_ID or HEALTH_LOCAL_ID.
    token: hex of the keyed hash of (local authority, scheme, value); equal tokens, equal values.
    status: VERIFIED, UNVERIFIED, TEMPORARY or FORMER.
    """

    scheme: str
    token: str
    status: str


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One event from one source, decoded and pseudonymised.

    type: the record name without its namespace, e.g. ``ApPlacementStarted``.
    agency: education, health, social-care, joint (the topic tells), governance or source.
    source: ``organisation/system``.
    record: the record key, a keyed hash of (source, source record id): the thing described.
    leaf: a keyed hash of (source system, its own id for the child), else of the strongest
        identifier, else of the record key. Empty for events that are about no child.
    own_id: True where the leaf is the source system's own id for the child.
    revision: higher replaces lower for one record.
    occurred_on: Europe/London calendar day of ``occurred_at`` (valid time).
    kappa: known time, milliseconds since 1970 UTC.
    digest: hash of the content, the last tie-break between revisions.
    data: the payload, dates as ``date``; values that are absent are left out.
    """

    type: str
    agency: str
    la: str
    source: str
    record: str
    leaf: str
    own_id: bool = False
    event_id: str
    revision: int
    retracted: bool = False
    occurred_on: date
    kappa: int
    digest: str = ""
    batch: str | None = None
    scope: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    date_of_birth: date | None = None
    data: Mapping[str, Any] = {}

    @property
    def schools(self) -> tuple[str, ...]:
        """The schools and providers that it names, as written: by whose calendars to count."""
        named = (self.data.get(field) for field in _SCHOOLS)
        return tuple(name for name in named if isinstance(name, str))

    @property
    def rank(self) -> tuple[int, bool, str, str]:
        """What decides between two events of one record: the higher wins."""
        return (self.revision, self.retracted, self.event_id, self.digest)

    def day(self, name: str) -> date | None:
        """Return the payload's date field, or None where it is absent."""
        value = self.data.get(name)
        return value if isinstance(value, date) else None

    def text(self, name: str) -> str | None:
        """Return the payload's text field, or None where it is absent."""
        value = self.data.get(name)
        return value if isinstance(value, str) else None

    def flag(self, name: str) -> bool | None:
        """Return the payload's yes/no field, or None where it is absent."""
        value = self.data.get(name)
        return value if isinstance(value, bool) else None

    def number(self, name: str) -> float | None:
        """Return the payload's number, or None where it is absent."""
        value = self.data.get(name)
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
