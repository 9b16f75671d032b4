"""Placements in alternative provision of the School Census: arranged by a school, or at a provider.

A school tells of those that it arranged; a provider, in its own census, of its own pupils.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from producers.files.census_pupils import Pupil, TermReading
from producers.files.census_values import day, school, whole
from producers.files.codes import codes, meanings
from producers.files.dates import blade
from producers.files.outcomes import BadValue, Made, Outcome, Refused
from producers.files.tables import Record, within


def placement(reading: TermReading, record: Record, table_id: str) -> Iterator[Outcome]:
    """Yield that a placement arranged by the school started and, where it did, ended."""
    found = reading.pupil_of(record, table_id)
    home, start_on = school(record), day(reading, record, "ENTRYDATE")
    provider = _provider(record)
    setting, attendance, purpose, refusals = _coded(record)
    placement_id = reading.once(f"census/ap/{found.key}/{home}/{provider}/{start_on}", "ENTRYDATE")
    event = reading.event(
        "ApPlacementStarted",
        placement_id,
        found,
        provider=provider,
        start_on=start_on,
        # A school that was given a URN is on the register; that one is missing proves nothing.
        provider_registered=True if record.text("URN") else None,
        setting_type=setting,
        full_time=attendance in codes("school_census", "full_time") if attendance else None,
        sessions_per_week=whole(record, "APSESSIONSPERWEEK"),
        commissioner=home,
        commissioner_type="SCHOOL",
        purpose=purpose,
    )
    yield Made(record.row, event)
    yield from refusals
    if record.text("LEAVINGDATE"):
        end_on = day(reading, record, "LEAVINGDATE")
        yield _ended(reading, record, found, placement_id, start_on, end_on)


def provision(reading: TermReading, record: Record, table_id: str) -> Iterator[Outcome]:
    """Yield that the pupil is placed at the provider whose census it is, as long as on its roll."""
    found = reading.pupil_of(record, table_id)
    provider = school(record)
    start_on = _roll_day(reading, found.entered, "ENTRYDATE")
    purpose, refusals = _meaning(record, "APREASON", "ap_reason")
    placement_id = reading.once(f"census/provision/{found.key}/{provider}/{start_on}", table_id)
    event = reading.event(
        "ApPlacementStarted",
        placement_id,
        found,
        provider=provider,
        start_on=start_on,
        # Only registered schools make a census.
        provider_registered=True,
        purpose=purpose,
    )
    yield Made(record.row, event)
    yield from refusals
    if found.left:
        end_on = _roll_day(reading, found.left, "LEAVINGDATE")
        yield _ended(reading, record, found, placement_id, start_on, end_on)


def _ended(
    reading: TermReading,
    record: Record,
    found: Pupil,
    placement_id: str,
    start_on: date,
    end_on: date,
) -> Made:
    if end_on < start_on:
        raise BadValue("LEAVINGDATE", "is before ENTRYDATE")
    event = reading.event(
        "ApPlacementEnded", f"{placement_id}/left", found, placement=placement_id, end_on=end_on
    )
    return Made(record.row, event)


def _coded(record: Record) -> tuple[str | None, str | None, str | None, list[Refused]]:
    """Return setting, attendance and purpose, and a refusal for each that is of no list."""
    setting, first = _listed(record, "APSETTINGTYPE", "setting_type")
    attendance, second = _listed(record, "APATTENDANCEPATTERN", "attendance")
    purpose, third = _meaning(record, "PLACEMENTREASON", "placement_reason")
    return setting, attendance, purpose, [*first, *second, *third]


def _listed(record: Record, column: str, name: str) -> tuple[str | None, list[Refused]]:
    code = record.text(column).upper()
    if not code or code in codes("school_census", name):
        return code or None, []
    return None, [BadValue(column, "is no known code").at(record.row)]


def _meaning(record: Record, column: str, name: str) -> tuple[str | None, list[Refused]]:
    code, known = record.text(column).upper(), meanings("school_census", name)
    if not code or code in known:
        return known.get(code), []
    return None, [BadValue(column, "is no known code").at(record.row)]


def _roll_day(reading: TermReading, text: str, field: str) -> date:
    if not text:
        raise BadValue(field, "of the pupil's own row is empty")
    return within(blade(text, field), field, reading.context.extract_day)


def _provider(record: Record) -> str:
    for column, prefix in (("URN", "URN"), ("UKPRN", "UKPRN"), ("COMPANYNUMBER", "COMPANY")):
        if record.text(column):
            return f"{prefix}:{record.text(column)}"
    raise BadValue("URN", "is empty, and so are UKPRN and COMPANYNUMBER: the provider is not named")
