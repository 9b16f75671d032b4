"""The School Census (COLLECT Blade, CSV): rolls, SEN, exclusions, attendance, placements in AP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from producers.files import census_attendance as attendance
from producers.files import census_rows as rows
from producers.files.census_placements import placement, provision
from producers.files.census_pupils import TermReading
from producers.files.census_terms import Table, by_term, table_of
from producers.files.kept import Kept
from producers.files.outcomes import BadValue, Context, Outcome, Row, Skipped, Unreadable
from producers.files.tables import Record, records, require_headings, row_count

ON, OFF = "PUPILONROLLTABLEID", "PUPILNOLONGERONROLLTABLEID"
_NOT_USED = "this table says nothing that the platform takes"
_RowReader: TypeAlias = Callable[[TermReading, Record, str], Iterator[Outcome]]
_TableReader: TypeAlias = Callable[[TermReading, Path, str], Iterator[Outcome]]


def _each(reader: _RowReader) -> _TableReader:
    """Return what reads a table of which each row says something by itself."""

    def reading_each(reading: TermReading, path: Path, table_id: str) -> Iterator[Outcome]:
        for record in records(path):
            try:
                yield from reader(reading, record, table_id)
            except BadValue as bad:
                yield bad.at(record.row)

    return reading_each


@dataclass(frozen=True, slots=True)
class _Reading:
    """How one table is read.

    table_id: the column that names the pupil. columns: others that it cannot do without.
    types: the event types that it gives.
    """

    reader: _TableReader
    table_id: str
    columns: tuple[str, ...]
    types: tuple[str, ...]

    @property
    def needed(self) -> frozenset[str]:
        """The columns that the table must have."""
        return frozenset((self.table_id, "NATIVEID", *self.columns))


_JOINED = ("PupilJoinedRoll", "SenProvisionRecorded")
_LEFT = ("PupilRemovedFromRoll",)
_EXCLUDED = ("SuspensionStarted", "PermanentExclusionRecorded")
_PLACED = ("ApPlacementStarted", "ApPlacementEnded")
_ATTENDED = ("AttendanceTotalsRecorded",)
_SUMMED = (attendance.MARK, attendance.SESSIONS)


# The rolls come first: the other tables name their pupils by them.
_TABLES: Mapping[str, _Reading] = {
    "pupilonroll": _Reading(_each(rows.on_roll), ON, ("UPN", "ENTRYDATE"), _JOINED),
    "pupilnolongeronroll": _Reading(
        _each(rows.left_roll), OFF, ("UPN", "ENTRYDATE", "LEAVINGDATE"), _LEFT
    ),
    "termlyexclusionsonroll": _Reading(
        _each(rows.exclusion), ON, ("STARTDATE", "CATEGORY"), _EXCLUDED
    ),
    "termlyexclusionsoffroll": _Reading(
        _each(rows.exclusion), OFF, ("STARTDATE", "CATEGORY"), _EXCLUDED
    ),
    "schoolarrangedapdetailonroll": _Reading(_each(placement), ON, ("ENTRYDATE",), _PLACED),
    "schoolarrangedapdetailoffroll": _Reading(_each(placement), OFF, ("ENTRYDATE",), _PLACED),
    "approvisiondetailonroll": _Reading(_each(provision), ON, (), _PLACED),
    "approvisiondetailoffroll": _Reading(_each(provision), OFF, (), _PLACED),
    "termlysessiondetailsonroll": _Reading(attendance.term, ON, _SUMMED, _ATTENDED),
    "termlysessiondetailsoffroll": _Reading(attendance.term, OFF, _SUMMED, _ATTENDED),
    "summerhalfterm2sessiondetailsonroll": _Reading(attendance.second_half, ON, _SUMMED, _ATTENDED),
    "summerhalfterm2sessiondetailsoffroll": _Reading(
        attendance.second_half, OFF, _SUMMED, _ATTENDED
    ),
}


def read(files: Sequence[Path], context: Context) -> Iterator[Outcome]:
    """Yield the outcome of every row, term by term; raises Unreadable without a roll."""
    terms = by_term(files)
    if not any(
        table.name in ("pupilonroll", "pupilnolongeronroll") for _, t in terms for table in t
    ):
        raise Unreadable(
            "No pupilonroll.csv or pupilnolongeronroll.csv is among the files: "
            "give the folder of the census export."
        )
    for position, (term, tables) in enumerate(terms):
        later = len(terms) - 1 - position
        with Kept() as kept:
            reading = TermReading(context, term, context.revision - later, kept)
            yield from _read_term(reading, tables)


def types_in(files: Sequence[Path]) -> frozenset[str]:
    """Return the event types of the tables that are there: no others can be missed."""
    names = {table_of(path).name for path in files}
    return frozenset(one for name, how in _TABLES.items() if name in names for one in how.types)


def recognises(files: Sequence[Path]) -> bool:
    """Return whether these files are a census export, by their names."""
    return any(table_of(path).name in _TABLES for path in files)


def _read_term(reading: TermReading, tables: Sequence[Table]) -> Iterator[Outcome]:
    by_name: dict[str, list[Path]] = {}
    for table in tables:
        by_name.setdefault(table.name, []).append(table.path)
    for name, how in _TABLES.items():
        for path in by_name.pop(name, []):
            require_headings(path, how.needed)
            yield from how.reader(reading, path, how.table_id)
    for paths in by_name.values():
        for path in paths:
            yield Skipped(Row(path.name), _NOT_USED, row_count(path))
