"""Who a School Census row is about: the pupil's row of the same term, found by its table id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from producers.event import Event, Identifier
from producers.files.census_terms import Term
from producers.files.dates import blade
from producers.files.identities import Candidate, Person, usable
from producers.files.kept import Kept
from producers.files.outcomes import BadValue, Context, Noted
from producers.files.tables import Record, within

POSSIBLE = ("TERMLYSESSIONSPOSSIBLE", "SUMMERHALFTERM2SESSIONSPOSSIBLE")
"""The columns of how many sessions could be attended: in the term, in the rest of the summer."""
_NO_UPN = (
    "is no UPN (a letter, eleven digits, a digit or letter); if these are a test file's keys, "
    "--opaque-upn keeps them as the school system's own ids"
)


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil: the key that record ids are made of, and who that is.

    entered, left: the roll's days as its row has them, for the tables that have none of their own.
    possible: how many sessions could be attended, as the roll's row has it, by column.
    """

    key: str
    person: Person
    entered: str = ""
    left: str = ""
    possible: Mapping[str, str] = field(default_factory=dict)


_PACKED = msgspec.msgpack.Encoder()
_PUPILS = msgspec.msgpack.Decoder(Pupil)


@dataclass(frozen=True, slots=True)
class TermReading:
    """The reading of one term's tables.

    revision: of every event of the term; a later term of the same set has a higher one.
    kept: its pupils by table id and school, and the record ids that were met.
    """

    context: Context
    term: Term | None
    revision: int
    kept: Kept

    def event(self, type_name: str, record_id: str, pupil: Pupil, **payload: Any) -> Event:
        """Return an event about this pupil."""
        return self.context.event(
            type_name,
            record_id,
            pupil.person.identifiers,
            revision=self.revision,
            date_of_birth=pupil.person.date_of_birth,
            **payload,
        )

    def once(self, record_id: str, field_name: str) -> str:
        """Return the record id; raises BadValue where an earlier row of the term has it."""
        if not self.kept.is_new("once", record_id):
            raise BadValue(field_name, "an earlier row of this term says the same of this pupil")
        return record_id

    def nth(self, record_id: str) -> str:
        """Return the record id with its number among the rows of the term that share it."""
        return f"{record_id}/{self.kept.times('nth', record_id)}"

    def pupil_of(self, record: Record, table_id: str) -> Pupil:
        """Return the pupil whose row this one names; raises BadValue where there is none."""
        found = self.pupil(record.text(table_id), record.text("NATIVEID"))
        if found is None:
            raise BadValue(table_id, "names a pupil whose own row is absent or was refused")
        return found

    def pupil(self, table_key: str, home: str) -> Pupil | None:
        """Return the pupil of this table id in the census of this school, None where unknown."""
        found = self.kept.said(table_key, home)
        return _PUPILS.decode(found) if found is not None else None


def pupil(reading: TermReading, record: Record, table_id: str) -> Iterator[Noted]:
    """Keep the pupil of a roll's row, yielding each doubt; raises BadValue without a key."""
    context = reading.context
    text = record.text("DOB")
    born = within(blade(text, "DOB"), "DOB", context.extract_day) if text else None
    taken, notes = usable(record.row, _candidates(record, context.opaque_upn))
    main = "MIS_ID" if context.opaque_upn else "UPN"
    key = next((one.value for one in taken if one.scheme == main), None)
    if key is None:
        raise BadValue("UPN", _NO_UPN)
    found = Pupil(
        key,
        Person(tuple(taken), born),
        record.text("ENTRYDATE"),
        record.text("LEAVINGDATE"),
        {column: record.text(column) for column in POSSIBLE if record.text(column)},
    )
    reading.kept.say(_PACKED.encode(found), record.text(table_id), record.text("NATIVEID"))
    yield from notes


def _candidates(record: Record, opaque: bool) -> list[Candidate]:
    learner = Candidate(
        "UNIQUELEARNERNUMBER", Identifier("ULN", record.text("UNIQUELEARNERNUMBER"))
    )
    if opaque:
        return [Candidate("UPN", Identifier("MIS_ID", record.text("UPN"))), learner]
    former = Identifier("UPN", record.text("FORMERUPN"), "FORMER")
    return [
        Candidate("UPN", Identifier("UPN", record.text("UPN"))),
        Candidate("FORMERUPN", former),
        learner,
    ]
