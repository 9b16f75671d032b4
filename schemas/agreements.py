"""Data-sharing agreements: what an organisation may send about children, why, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from schemas.catalogue import EventType, event_types
from schemas.checks import check_of
from schemas.formats import LOCAL_AUTHORITY

RECORDED = "DataSharingAgreementRecorded"
"""The event type by which an agreement, its renewal, change or end is on record."""

USUAL_BASIS = "PUBLIC_TASK"
"""What stands where no lawful basis is named. Working Together 2023, as summarised [S81,
secondary]: sharing may rest on a public task or a legal obligation, without consent."""

LAPSED, OUTSIDE = "agreement-lapsed", "outside-agreement"
"""The reasons for which intake refuses what no agreement covers."""

_LONDON = ZoneInfo("Europe/London")
_DAYS = ("in_force_from", "in_force_until", "signed_on")


class AgreementInvalid(Exception):
    """The agreement cannot be used; the sentence names the field and what is expected."""


class NotCovered(NamedTuple):
    """Why a record is not covered by an agreement: a reason code, and a sentence."""

    reason: str
    explanation: str


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """One version of an agreement of one organisation with one local authority.

    agreement_id: the authority's own id of it. version: the highest known stands.
    agencies: in lower case, those whose event types it covers; event_types: single ones besides.
    first_day, last_day: both are in force, to midnight Europe/London.
    recorded_at: from when this version counts, ms since 1970 UTC; 0 for always.
    """

    agreement_id: str
    version: int
    local_authority: str
    organisation: str
    parties: tuple[str, ...]
    agencies: frozenset[str]
    event_types: frozenset[str]
    purposes: tuple[str, ...]
    lawful_basis: str
    first_day: date
    last_day: date
    signed_on: date
    signed_by: tuple[str, ...]
    recorded_at: int = 0

    def is_in_force(self, day: date) -> bool:
        """Return whether it is in force on this day in England; its last day is one of them."""
        return self.first_day <= day <= self.last_day

    def covers(self, kind: EventType) -> bool:
        """Return whether events of this type are in its scope.

        What a source says of itself (that it is there, that it is complete) always is.
        """
        return (
            kind.agency == "source" or kind.agency in self.agencies or kind.name in self.event_types
        )

    @property
    def shared_by(self) -> frozenset[str]:
        """The agencies any of whose event types it covers."""
        types = event_types().values()
        return self.agencies | {one.agency for one in types if one.name in self.event_types}

    def ended_on(self, day: date) -> date:
        """Return the first day, up to this one, on which it was in force no more."""
        taken_back = london_day(self.recorded_at)
        after = taken_back if self.last_day == date.min else self.last_day + timedelta(days=1)
        return min(after, day)


class Agreements:
    """All versions of all agreements, asked by the moment at which a record became known."""

    def __init__(self, versions: Iterable[Agreement] = ()) -> None:
        """Take the versions, in any order."""
        self._of: dict[tuple[str, str], list[Agreement]] = {}
        for one in versions:
            self._of.setdefault((one.local_authority, one.organisation), []).append(one)

    def __iter__(self) -> Iterator[Agreement]:
        """Go through every version."""
        return (one for versions in self._of.values() for one in versions)

    def standing(self, local_authority: str, organisation: str, moment: int) -> list[Agreement]:
        """Return the version of each agreement that stood at a moment (ms since 1970 UTC)."""
        found: dict[str, Agreement] = {}
        for one in self._recorded(local_authority, organisation, moment):
            known = found.get(one.agreement_id)
            if known is None or one.version > known.version:
                found[one.agreement_id] = one
        return sorted(found.values(), key=lambda one: (one.last_day, one.agreement_id))

    def covering(
        self, local_authority: str, organisation: str, kind: EventType, moment: int
    ) -> Agreement | None:
        """Return the agreement by which a record of this type is taken at a moment.

        Of several the one that lasts longest. None where the organisation has none yet, or none
        that covers the record.
        """
        in_force = self._in_force(local_authority, organisation, moment)
        return next((one for one in reversed(in_force) if one.covers(kind)), None)

    def objection(
        self, local_authority: str, organisation: str, kind: EventType, moment: int
    ) -> NotCovered | None:
        """Return why no agreement covers a record known at a moment (ms since 1970 UTC).

        None where one does, and where the organisation's first agreement has not begun.
        """
        if (local_authority, organisation) not in self._of:
            return None
        in_force = self._in_force(local_authority, organisation, moment)
        if any(one.covers(kind) for one in in_force):
            return None
        if in_force:
            return _outside(kind)
        recorded = self._recorded(local_authority, organisation, moment)
        begun = any(one.first_day <= london_day(moment) for one in recorded)
        return _lapsed() if begun else None

    def closed_since(
        self, local_authority: str, agency: str, organisation: str, moment: int
    ) -> date | None:
        """Return since which day no agreement lets an agency see anything, None where it may.

        agency: in lower case. organisation: whose agreements alone count; empty for every
        organisation's with the agency in its scope. An agency is bound from the first day of the
        first agreement on. moment: ms since 1970 UTC.
        """
        mine = [
            one
            for (la, name), versions in self._of.items()
            if la == local_authority and organisation in ("", name)
            for one in versions
            if one.recorded_at <= moment and (organisation or agency in one.shared_by)
        ]
        day = london_day(moment)
        names = sorted({one.organisation for one in mine if one.first_day <= day})
        standing = [one for name in names for one in self.standing(local_authority, name, moment)]
        counting = [one for one in standing if organisation or agency in one.shared_by]
        if not names or any(one.is_in_force(day) for one in counting):
            return None
        return max((one.ended_on(day) for one in counting), default=day)

    def _recorded(self, local_authority: str, organisation: str, moment: int) -> list[Agreement]:
        versions = self._of.get((local_authority, organisation), [])
        return [one for one in versions if one.recorded_at <= moment]

    def _in_force(self, local_authority: str, organisation: str, moment: int) -> list[Agreement]:
        day = london_day(moment)
        standing = self.standing(local_authority, organisation, moment)
        return [one for one in standing if one.is_in_force(day)]


def london_day(moment: int) -> date:
    """Return the day in England of a moment, ms since 1970 UTC; the last there is for any later."""
    try:
        return datetime.fromtimestamp(moment / 1000, UTC).astimezone(_LONDON).date()
    except (OverflowError, ValueError, OSError):  # a simulated record may bear any time
        return date.max if moment > 0 else date.min


def agreement_of(
    given: Mapping[str, Any], *, local_authority: str, version: int, recorded_at: int = 0
) -> Agreement:
    """Return the agreement with the fields of its event type; raises AgreementInvalid."""
    if not LOCAL_AUTHORITY.matches(local_authority):
        raise AgreementInvalid(f"local_authority: expected {LOCAL_AUTHORITY.expected}.")
    for field in event_types()[RECORDED].payload:
        _check(field.name, field.required, given.get(field.name))
    if given["in_force_until"] < given["in_force_from"]:
        raise AgreementInvalid("in_force_until: expected a day that is not before in_force_from.")
    return Agreement(
        agreement_id=given["agreement_id"],
        version=version,
        local_authority=local_authority,
        organisation=given["organisation"],
        parties=tuple(given["parties"]),
        agencies=frozenset(one.lower().replace("_", "-") for one in given.get("agencies") or ()),
        event_types=_scope(given),
        purposes=tuple(given["purposes"]),
        lawful_basis=given.get("lawful_basis") or USUAL_BASIS,
        first_day=given["in_force_from"],
        last_day=given["in_force_until"],
        signed_on=given["signed_on"],
        signed_by=tuple(given["signed_by"]),
        recorded_at=recorded_at,
    )


def payload_of(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload that was written as JSON: its days as days; raises AgreementInvalid."""
    unknown = written.keys() - set(event_types()[RECORDED].payload_names)
    if unknown:
        names = ", ".join(event_types()[RECORDED].payload_names)
        raise AgreementInvalid(f"{', '.join(sorted(unknown))}: expected no fields but {names}.")
    return {
        name: _day(name, value) if name in _DAYS else value
        for name, value in written.items()
        if value is not None
    }


def _day(name: str, value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise AgreementInvalid(f"{name}: expected a date, such as 2026-09-01.") from None


def _check(name: str, required: bool, value: object) -> None:
    fields = event_types()[RECORDED].schema["fields"]
    if value is None:
        if required:
            raise AgreementInvalid(f"{name}: expected a value: it is required.")
        return
    expected = check_of(next(one for one in fields if one["name"] == name))(value)
    if expected is not None:
        raise AgreementInvalid(f"{name}: expected {expected}.")


def _scope(given: Mapping[str, Any]) -> frozenset[str]:
    types = frozenset(given.get("event_types") or ())
    if not types and not given.get("agencies"):
        raise AgreementInvalid("agencies: expected at least one, or event_types.")
    if not types <= {one.name for one in event_types().values() if one.subject == "child"}:
        raise AgreementInvalid(
            "event_types: expected names of types about a child, as docs/schemas.md lists them."
        )
    return types


def _lapsed() -> NotCovered:
    return NotCovered(
        LAPSED,
        "No data-sharing agreement of this organisation was in force when the record arrived:"
        " have its renewal recorded (joinedup agreements record), then send the record again.",
    )


def _outside(kind: EventType) -> NotCovered:
    return NotCovered(
        OUTSIDE,
        f"The organisation's data-sharing agreement does not cover {kind.name}: have its scope"
        " widened (joinedup agreements record) and send the record again, or stop sending it.",
    )
