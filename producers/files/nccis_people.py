"""Whom a record of an NCCIS return is about, held to the return's own error rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from producers.event import Identifier
from producers.files.dates import iso_day
from producers.files.identities import Candidate, Person, usable
from producers.files.kept import Kept
from producers.files.nodes import Node
from producers.files.outcomes import BadValue, Context, Made, Outcome, Refused, Row
from producers.files.tables import within
from producers.files.xml_fields import Element

_ID_DIGITS = 13
_YOUNGEST, _OLDEST = 15, 25
_SEPTEMBER = 9


@dataclass(frozen=True, slots=True)
class Header:
    """What a return says of itself: the period's last day, its databases and authorities."""

    period_end: date
    databases: frozenset[str]
    authorities: frozenset[str]


@dataclass(frozen=True, slots=True)
class About:
    """Whom a record is about, and how an event of it is made.

    age: in years on the 31 August before the academic year in which the period ends.
    """

    row: Row
    key: str
    person: Person
    age: int
    period_end: date
    context: Context

    def made(self, type_name: str, what: str, day: date, **payload: Any) -> Made:
        """Return that the row made an event; ``what`` and the day tell its record from others."""
        event = self.context.event(
            type_name,
            f"nccis/{what}/{self.key}/{day}",
            self.person.identifiers,
            date_of_birth=self.person.date_of_birth,
            **payload,
        )
        return Made(self.row, event)


def header(node: Node, last: date) -> Header:
    """Return the header of a return; raises BadValue where its period has no end."""
    period_end = within(iso_day(node.text("PeriodEnd"), "PeriodEnd"), "PeriodEnd", last)
    return Header(
        period_end, frozenset(_values(node, "DatabaseID")), frozenset(_values(node, "LEACode"))
    )


def lead(details: Element, about: Header) -> str:
    """Return the authority that leads; raises BadValue."""
    found = details.required("LeadLEA", "the authority that leads (rule 14)")
    if about.authorities and found not in about.authorities:
        raise BadValue("LeadLEA", "is not among the authorities of the file's header (rule 26)")
    return found


def young_person(
    details: Element, period: Header, context: Context, seen: Kept
) -> tuple[About, list[Outcome]]:
    """Return whom the record is about, and the doubts about it; raises BadValue."""
    key = _key(details, period, seen)
    born = details.day("DOB")
    if born is None:
        raise BadValue("DOB", "is empty; expected a day (rule 8)")
    age = _age(born, period.period_end)
    taken, notes = usable(details.row, list(_candidates(details, key)))
    learners, doubts = _learner(details.row, taken, seen)
    person = Person(tuple(learners), born)
    about = About(details.row, key, person, age, period.period_end, context)
    return about, [*notes, *doubts]


def _key(details: Element, period: Header, seen: Kept) -> str:
    key = details.text("YoungPersonsID")
    if not (key.isascii() and key.isdigit() and len(key) == _ID_DIGITS):
        raise BadValue("YoungPersonsID", "is not 13 digits (rule 1)")
    if period.databases and not key.startswith(tuple(period.databases)):
        raise BadValue("YoungPersonsID", "is of no database of the file's header (rule 903)")
    if not seen.is_new("person", key):
        raise BadValue("YoungPersonsID", "is that of an earlier record (rule 902)")
    return key


def _age(born: date, period_end: date) -> int:
    begins = period_end.year - (period_end.month < _SEPTEMBER)
    age = begins - born.year - ((born.month, born.day) > (8, 31))
    if age > _OLDEST:
        raise BadValue("DOB", "makes the young person older than 25 (rule 9)")
    if age + 1 < _YOUNGEST:
        raise BadValue("DOB", "makes the young person younger than 15 (rule 10)")
    return age


def _candidates(details: Element, key: str) -> Iterator[Candidate]:
    # Their system's own number means nothing in another system.
    yield Candidate("YoungPersonsID", Identifier("MIS_ID", key))
    former = Identifier("MIS_ID", details.text("PreviousYPIDIdentifier"), "FORMER")
    yield Candidate("PreviousYPIDIdentifier", former)
    yield Candidate("UniquePupilNumber", Identifier("UPN", details.text("UniquePupilNumber")))
    yield Candidate("UniqueLearnerNo", Identifier("ULN", details.text("UniqueLearnerNo")))


def _learner(
    row: Row, taken: list[Identifier], seen: Kept
) -> tuple[list[Identifier], list[Outcome]]:
    number = next((one.value for one in taken if one.scheme == "ULN"), None)
    if number is None:
        return taken, []
    if not seen.is_new("learner", number):
        reason = "is that of an earlier young person: left out (rule 907)"
        kept = [one for one in taken if one.scheme != "ULN"]
        return kept, [Refused(row, "UniqueLearnerNo", reason)]
    return taken, []


def _values(node: Node, name: str) -> Iterator[str]:
    found = ((one.value or "").strip() for one in node.everywhere(name))
    return (one for one in found if one)
