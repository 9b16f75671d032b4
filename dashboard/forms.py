"""What somebody filled in about an alert: an action, or the faults to show beside its fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

from journey.acting import longest
from journey.acting_words import OUTCOMES, REASONS
from journey.standing import Act
from journey.words import day_text

NAME_EXPECTED = "Enter who is to have it, as they sign in, such as b.lead"
LONGEST_NOTE = 1000
"""Characters; our own default."""
_LONGEST_NAME = 120


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """A form that is in order."""

    act: Act
    number: int
    recipient: str = ""
    until: date | None = None
    reason: str = ""
    outcome: str = ""
    note: str = ""


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    """A form that is not: which act it was for, and a sentence for each field at fault."""

    act: str
    fields: Mapping[str, str]
    given: Mapping[str, str]


def filled(given: Mapping[str, str], *, me: str, severity: str, today: date) -> Filled | Wrong:
    """Return what a form says. today: the day up to which things are known.

    A form with a field that its act does not have is as good: the field is not looked at.
    """
    faults: dict[str, str] = {}
    act = _act(given, faults)
    until = recipient = reason = outcome = None
    if act in (Act.ACKNOWLEDGE, Act.SNOOZE):
        until = _until(given, faults, severity, today)
    if act is Act.ASSIGN:
        recipient = _recipient(given, faults, me)
    if act is not None and act in REASONS:
        reason = _one_of(given, faults, "reason", REASONS[act], "Choose why")
    if act is Act.CLOSE:
        outcome = _one_of(given, faults, "outcome", OUTCOMES, "Choose what came of it")
    note = given.get("note", "").strip()
    if len(note) > LONGEST_NOTE:
        faults["note"] = f"Write {LONGEST_NOTE:,} characters or fewer"
    number = given.get("number", "")
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        faults["act"] = "Look at the alert again, and then decide"
    if faults or act is None:
        return Wrong(act=act or "", fields=faults, given=given)
    return Filled(
        act=act,
        number=int(number),
        recipient=recipient or "",
        until=until,
        reason=reason or "",
        outcome=outcome or "",
        note=note,
    )


def last_day(severity: str, today: date) -> date:
    """Return the last day until which an alert of this severity may be set aside."""
    return today + timedelta(days=longest(severity))


def _act(given: Mapping[str, str], faults: dict[str, str]) -> Act | None:
    try:
        return Act(given.get("act", ""))
    except ValueError:
        faults["act"] = "Choose what to do"
        return None


def _until(
    given: Mapping[str, str], faults: dict[str, str], severity: str, today: date
) -> date | None:
    last = last_day(severity, today)
    said = [given.get(name, "").strip() for name in ("year", "month", "day")]
    try:
        until = date(*(int(one) for one in said)) if any(said) else None
    except (ValueError, OverflowError):
        faults["until"] = "Enter a real day"
        return None
    if until is None:
        faults["until"] = "Enter until when"
    elif not today <= until <= last:
        faults["until"] = f"Enter a day from {day_text(today)} to {day_text(last)}"
    return until


def _recipient(given: Mapping[str, str], faults: dict[str, str], me: str) -> str | None:
    name = given.get("recipient", "").strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        faults["recipient"] = NAME_EXPECTED
    return name or me


def _one_of(
    given: Mapping[str, str],
    faults: dict[str, str],
    field: str,
    codes: Mapping[str, str],
    otherwise: str,
) -> str | None:
    code = given.get(field, "")
    if code not in codes:
        faults[field] = otherwise
        return None
    return code
