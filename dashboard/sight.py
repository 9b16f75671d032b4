"""What of a child's record somebody may see: an agency's officer, what is their agency's own.

Our own default: of the facts those of the agency; of the duties those that a fact of the agency can
satisfy, so that what is asked of others, or of several together, is not told.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from consumers.store.reading import Alert
from consumers.store.why import Reason
from dashboard.alerts import duty_of
from dashboard.people import Person
from dashboard.roles import Role
from schemas.catalogue import event_types


def sees_agency(person: Person, agency: str) -> bool:
    """Return whether facts of this agency, such as ``social-care``, may be shown to the person."""
    return person.role is not Role.OFFICER or agency == person.agency


def sees_duty(person: Person, name: str) -> bool:
    """Return whether what comes of this duty may be shown to the person."""
    if person.role is not Role.OFFICER:
        return True
    duty = duty_of(name)
    known = event_types()
    return duty is not None and any(
        known[one].agency == person.agency for one in duty.satisfied_by if one in known
    )


def seen_alerts(person: Person, alerts: Iterable[Alert]) -> list[Alert]:
    """Return those of the alerts that may be shown to the person."""
    return [one for one in alerts if sees_duty(person, one["duty"])]


def seen_reasons(person: Person, reasons: Iterable[Reason]) -> list[Reason]:
    """Return those of the answers that may be shown to the person, with no other's facts."""
    return [_own(person, one) for one in reasons if sees_duty(person, one.duty.id)]


def _own(person: Person, reason: Reason) -> Reason:
    if person.role is not Role.OFFICER:
        return reason
    mine = {
        name: tuple(one for one in getattr(reason, name) if sees_agency(person, one.agency))
        for name in ("because", "by", "looked_at")
    }
    return msgspec.structs.replace(reason, **mine)
