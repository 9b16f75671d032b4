"""A pupil's attendance in the term before, as the School Census sums it up: a row for each mark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from producers.files.census_pupils import POSSIBLE, Pupil, TermReading
from producers.files.census_terms import Period
from producers.files.census_values import school, whole, whole_of
from producers.files.codes import meanings
from producers.files.kept import Kept
from producers.files.outcomes import BadValue, Made, Noted, Outcome, Row, Skipped
from producers.files.tables import Record, records

MARK, SESSIONS = "ATTENDANCEREASON", "SESSIONS"
_SUMMED = "is summed up with the pupil's other rows of the table"
_NO_PERIOD = (
    "have no period: name the file after its term, such as "
    "2024_autumn_termlysessiondetailsonroll.csv"
)


class _Part(NamedTuple):
    """What one row adds to a pupil's totals, and where the row and the pupil's own row stand."""

    number: int
    pupil: str
    home: str
    counts_as: str
    sessions: int


_PACKED = msgspec.msgpack.Encoder()
_PARTS = msgspec.msgpack.Decoder(_Part)


def term(reading: TermReading, path: Path, table_id: str) -> Iterator[Outcome]:
    """Yield each pupil's totals of the term before; of the summer term, those of its first half."""
    period = reading.term.attended if reading.term else None
    yield from _totals(reading, path, table_id, period, POSSIBLE[0])


def second_half(reading: TermReading, path: Path, table_id: str) -> Iterator[Outcome]:
    """Yield each pupil's totals of the second half of the summer term."""
    period = reading.term.attended_after if reading.term else None
    yield from _totals(reading, path, table_id, period, POSSIBLE[1])


def _totals(
    reading: TermReading, path: Path, table_id: str, period: Period | None, possible: str
) -> Iterator[Outcome]:
    with Kept() as kept:
        for record in records(path):
            try:
                _known(period, reading)
                part = _part(reading, record, table_id)
                if not _is_first(kept, record, part):
                    yield Skipped(record.row, _SUMMED)
            except BadValue as bad:
                yield bad.at(record.row)
        for packed in kept.gathered():
            assert period is not None, "no row is kept without"
            parts = sorted(map(_PARTS.decode, packed))
            yield from _summed(reading, Row(path.name, parts[0].number), parts, period, possible)


def _known(period: Period | None, reading: TermReading) -> None:
    if period is None:
        raise BadValue(SESSIONS, _NO_PERIOD)
    if period.last > reading.context.extract_day:
        raise BadValue(SESSIONS, "are of a period that ends after the extract date")


def _part(reading: TermReading, record: Record, table_id: str) -> _Part:
    reading.pupil_of(record, table_id)
    mark = record.required(MARK, "a mark of the register").upper()
    counts_as = meanings("school_census", "attendance_mark").get(mark)
    if counts_as is None:
        raise BadValue(MARK, "is no known code")
    record.required(SESSIONS, "how many there were")
    sessions = whole(record, SESSIONS) or 0
    return _Part(record.row.number, record.text(table_id), school(record), counts_as, sessions)


def _is_first(kept: Kept, record: Record, part: _Part) -> bool:
    """Keep what the row adds, and return whether it is the first of its pupil."""
    owner = f"{part.home}\x1f{part.pupil}"
    is_first = kept.is_new(owner)
    if not kept.gather(owner, record.text(MARK).upper(), _PACKED.encode(part)):
        raise BadValue(MARK, "an earlier row of this table says the same of this pupil")
    return is_first


def _summed(
    reading: TermReading, row: Row, parts: list[_Part], period: Period, possible: str
) -> Iterator[Outcome]:
    home, found = parts[0].home, reading.pupil(parts[0].pupil, parts[0].home)
    assert found is not None, "each row named a pupil that was met"
    totals = Counter[str]()
    for part in parts:
        totals[part.counts_as] += part.sessions
    limit, refusal = _limit(found, possible, row)
    event = reading.event(
        "AttendanceTotalsRecorded",
        reading.nth(f"census/attendance/{found.key}/{home}/{period.first}"),
        found,
        establishment=home,
        from_on=period.first,
        to_on=period.last,
        sessions_possible=limit,
        sessions_attended=totals.get("ATTENDED"),
        sessions_authorised=totals["AUTHORISED"],
        sessions_unauthorised=totals["UNAUTHORISED"],
        sessions_not_counted=totals["NOT_COUNTED"],
    )
    yield Made(row, event)
    yield from refusal
    if limit is not None and totals.total() - totals["NOT_COUNTED"] > limit:
        yield Noted(row, SESSIONS, "are more than the pupil could have attended: sent as they are")


def _limit(found: Pupil, column: str, row: Row) -> tuple[int | None, list[Outcome]]:
    """Return how many sessions were possible, as the pupil's own row has it, or a refusal of it."""
    try:
        return whole_of(found.possible.get(column, ""), column), []
    except BadValue as bad:
        return None, [bad.at(row)]
