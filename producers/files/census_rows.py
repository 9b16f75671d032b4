"""Rows of the School Census tables, each to its events."""

from __future__ import annotations

from collections.abc import Iterator

from producers.files.census_pupils import Pupil, TermReading, pupil
from producers.files.census_values import day, school, whole
from producers.files.codes import codes, meanings
from producers.files.outcomes import BadValue, Made, Outcome, Refused, Skipped
from producers.files.tables import Record, within

_PERMANENT, _LUNCH = "PERMANENT", "AT_LUNCH"
_YEAR_GROUPS = {"R": 0, **{str(year): year for year in range(1, 15)}}


def on_roll(reading: TermReading, record: Record, table_id: str) -> Iterator[Outcome]:
    """Yield that the pupil joined the roll, and the SEN provision recorded on census day."""
    yield from pupil(reading, record, table_id)
    found = reading.pupil_of(record, table_id)
    home, entry_on = school(record), day(reading, record, "ENTRYDATE")
    event = reading.event(
        "PupilJoinedRoll",
        reading.once(f"census/roll/{found.key}/{home}/{entry_on}", "ENTRYDATE"),
        found,
        establishment=home,
        entry_on=entry_on,
        year_group=_YEAR_GROUPS.get(record.text("NCYEARACTUAL").upper()),
    )
    yield Made(record.row, event)
    yield from _sen(reading, record, found, home)


def left_roll(reading: TermReading, record: Record, table_id: str) -> Iterator[Outcome]:
    """Yield that the pupil left the roll."""
    yield from pupil(reading, record, table_id)
    found = reading.pupil_of(record, table_id)
    home = school(record)
    entry_on = day(reading, record, "ENTRYDATE")
    left_on = day(reading, record, "LEAVINGDATE")
    if left_on < entry_on:
        raise BadValue("LEAVINGDATE", "is before ENTRYDATE")
    event = reading.event(
        "PupilRemovedFromRoll",
        reading.once(f"census/left/{found.key}/{home}/{entry_on}", "ENTRYDATE"),
        found,
        establishment=home,
        left_on=left_on,
    )
    yield Made(record.row, event)


def exclusion(reading: TermReading, record: Record, table_id: str) -> Iterator[Outcome]:
    """Yield a suspension or a permanent exclusion; an exclusion at lunchtime is not taken."""
    category = record.required("CATEGORY", "PERM, SUSP or LNCH").upper()
    kind = meanings("school_census", "exclusion").get(category)
    if kind == _LUNCH:
        yield Skipped(record.row, "exclusions at lunchtime only are not taken")
        return
    if kind is None:
        raise BadValue("CATEGORY", "is no known code; expected PERM, SUSP or LNCH")
    found = reading.pupil_of(record, table_id)
    home, start_on = school(record), day(reading, record, "STARTDATE")
    given = {
        "establishment": home,
        "reason": "+".join(filter(None, (record.text(f"REASON{n}") for n in (1, 2, 3)))) or None,
    }
    if kind == _PERMANENT:
        record_id = reading.nth(f"census/perm/{found.key}/{home}/{start_on}")
        event = reading.event(
            "PermanentExclusionRecorded", record_id, found, excluded_on=start_on, **given
        )
    else:
        record_id = reading.nth(f"census/susp/{found.key}/{home}/{start_on}")
        sessions = whole(record, "SESSIONS")
        event = reading.event(
            "SuspensionStarted", record_id, found, start_on=start_on, sessions=sessions, **given
        )
    yield Made(record.row, event)


def _sen(reading: TermReading, record: Record, found: Pupil, home: str) -> Iterator[Outcome]:
    provision = record.text("SENPROVISION").upper()
    if not provision:
        return
    if provision not in codes("school_census", "sen_provision"):
        reason = "is a code that is no longer in use; expected N, K or E"
        yield Refused(record.row, "SENPROVISION", reason)
        return
    if reading.term is None:
        reason = "has no day: name the file after its term, such as 2024_autumn_pupilonroll.csv"
        yield Refused(record.row, "SENPROVISION", reason)
        return
    from_on = within(reading.term.census_day, "SENPROVISION", reading.context.extract_day)
    record_id = f"census/sen/{found.key}/{home}/{from_on}"
    event = reading.event(
        "SenProvisionRecorded", record_id, found, provision=provision, from_on=from_on
    )
    yield Made(record.row, event)
