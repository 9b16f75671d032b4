"""Rows of the School Census tables, each to its events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from producers.files.census_pupils import Pupil, TermReading, pupil
from producers.files.dates import blade
from producers.files.outcomes import BadValue, Made, Outcome, Refused, Skipped
from producers.files.tables import Record, within

_SEN_NOW = frozenset("NKE")
_PERMANENT, _LUNCH = "PERM", "LNCH"
_SUSPENSIONS = frozenset(("SUSP", "FIXD"))
"""FIXD is what older systems still write for a suspension."""
_MOST_DIGITS = 6
_YEAR_GROUPS = {"R": 0, **{str(year): year for year in range(1, 15)}}
_PURPOSES = {"MHN": "HEALTH", "PHN": "HEALTH", "EXR": "PREVENT_EXCLUSION"}


def on_roll(reading: TermReading, record: Record, table_id: str) -> Iterator[Outcome]:
    """Yield that the pupil joined the roll, and the SEN provision recorded on census day."""
    yield from pupil(reading, record, table_id)
    found = reading.pupil_of(record, table_id)
    school, entry_on = _school(record), _day(reading, record, "ENTRYDATE")
    event = reading.event(
        "PupilJoinedRoll",
        reading.once(f"census/roll/{found.key}/{school}/{entry_on}", "ENTRYDATE"),
        found,
        establishment=school,
        entry_on=entry_on,
        year_group=_YEAR_GROUPS.get(record.text("NCYEARACTUAL").upper()),
    )
    yield Made(record.row, event)
    yield from _sen(reading, record, found, school)


def left_roll(reading: TermReading, record: Record, table_id: str) -> Iterator[Outcome]:
    """Yield that the pupil left the roll."""
    yield from pupil(reading, record, table_id)
    found = reading.pupil_of(record, table_id)
    school = _school(record)
    entry_on = _day(reading, record, "ENTRYDATE")
    left_on = _day(reading, record, "LEAVINGDATE")
    if left_on < entry_on:
        raise BadValue("LEAVINGDATE", "is before ENTRYDATE")
    event = reading.event(
        "PupilRemovedFromRoll",
        reading.once(f"census/left/{found.key}/{school}/{entry_on}", "ENTRYDATE"),
        found,
        establishment=school,
        left_on=left_on,
    )
    yield Made(record.row, event)


def exclusion(reading: TermReading, record: Record, table_id: str) -> Iterator[Outcome]:
    """Yield a suspension or a permanent exclusion; an exclusion at lunchtime is not taken."""
    category = record.required("CATEGORY", "PERM, SUSP or LNCH").upper()
    if category == _LUNCH:
        yield Skipped(record.row, "exclusions at lunchtime only are not taken")
        return
    if category != _PERMANENT and category not in _SUSPENSIONS:
        raise BadValue("CATEGORY", "is no known code; expected PERM, SUSP or LNCH")
    found = reading.pupil_of(record, table_id)
    school, start_on = _school(record), _day(reading, record, "STARTDATE")
    given = {
        "establishment": school,
        "reason": "+".join(filter(None, (record.text(f"REASON{n}") for n in (1, 2, 3)))) or None,
    }
    if category == _PERMANENT:
        record_id = reading.nth(f"census/perm/{found.key}/{school}/{start_on}")
        event = reading.event(
            "PermanentExclusionRecorded", record_id, found, excluded_on=start_on, **given
        )
    else:
        record_id = reading.nth(f"census/susp/{found.key}/{school}/{start_on}")
        sessions = _whole(record, "SESSIONS")
        event = reading.event(
            "SuspensionStarted", record_id, found, start_on=start_on, sessions=sessions, **given
        )
    yield Made(record.row, event)


def placement(reading: TermReading, record: Record, table_id: str) -> Iterator[Outcome]:
    """Yield that a placement arranged by the school started and, where it did, ended."""
    found = reading.pupil_of(record, table_id)
    school, start_on = _school(record), _day(reading, record, "ENTRYDATE")
    provider = _provider(record)
    pattern = record.text("APATTENDANCEPATTERN").upper()
    placement_id = reading.once(
        f"census/ap/{found.key}/{school}/{provider}/{start_on}", "ENTRYDATE"
    )
    event = reading.event(
        "ApPlacementStarted",
        placement_id,
        found,
        provider=provider,
        start_on=start_on,
        # A school that was given a URN is on the register; that one is missing proves nothing.
        provider_registered=True if record.text("URN") else None,
        setting_type=record.text("APSETTINGTYPE").upper() or None,
        full_time=pattern == "FT" if pattern else None,
        sessions_per_week=_whole(record, "APSESSIONSPERWEEK"),
        commissioner=school,
        commissioner_type="SCHOOL",
        purpose=_purpose(record),
    )
    yield Made(record.row, event)
    yield from _left_placement(reading, record, found, placement_id, start_on)


def _left_placement(
    reading: TermReading, record: Record, found: Pupil, placement_id: str, start_on: date
) -> Iterator[Outcome]:
    if not record.text("LEAVINGDATE"):
        return
    end_on = _day(reading, record, "LEAVINGDATE")
    if end_on < start_on:
        raise BadValue("LEAVINGDATE", "is before ENTRYDATE")
    event = reading.event(
        "ApPlacementEnded", f"{placement_id}/left", found, placement=placement_id, end_on=end_on
    )
    yield Made(record.row, event)


def _sen(reading: TermReading, record: Record, found: Pupil, school: str) -> Iterator[Outcome]:
    provision = record.text("SENPROVISION").upper()
    if not provision:
        return
    if provision not in _SEN_NOW:
        reason = "is a code that is no longer in use; expected N, K or E"
        yield Refused(record.row, "SENPROVISION", reason)
        return
    if reading.term is None:
        reason = "has no day: name the file after its term, such as 2024_autumn_pupilonroll.csv"
        yield Refused(record.row, "SENPROVISION", reason)
        return
    from_on = within(reading.term.census_day, "SENPROVISION", reading.context.extract_day)
    record_id = f"census/sen/{found.key}/{school}/{from_on}"
    event = reading.event(
        "SenProvisionRecorded", record_id, found, provision=provision, from_on=from_on
    )
    yield Made(record.row, event)


def _school(record: Record) -> str:
    return record.required("NATIVEID", "the school")


def _day(reading: TermReading, record: Record, field: str) -> date:
    text = record.required(field, "a day")
    return within(blade(text, field), field, reading.context.extract_day)


def _whole(record: Record, field: str) -> int | None:
    text = record.text(field)
    if not text:
        return None
    digits = text.removesuffix(".0")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS):
        raise BadValue(field, "is no whole number")
    return int(digits)


def _provider(record: Record) -> str:
    urn, ukprn = record.text("URN"), record.text("UKPRN")
    if not urn and not ukprn:
        raise BadValue("URN", "is empty, and so is UKPRN: the provider is not named")
    return f"URN:{urn}" if urn else f"UKPRN:{ukprn}"


def _purpose(record: Record) -> str | None:
    reason = record.text("PLACEMENTREASON").upper()
    return _PURPOSES.get(reason, "OTHER") if reason else None
