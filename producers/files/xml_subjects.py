"""Whom a record of an XML return is about, and the events that it makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from producers.files.identities import Person
from producers.files.nodes import Node
from producers.files.outcomes import Context, Made, Outcome, Row, Skipped, Unreadable
from producers.files.xml_records import records


@dataclass(frozen=True, slots=True)
class Subject:
    """A child or young person: the key that record ids are made of, and who that is.

    revision: of every event of the return; a later return of the same set has a higher one.
    """

    row: Row
    format: str
    key: str
    person: Person
    context: Context
    revision: int

    def record(self, what: str, *parts: object) -> str:
        """Return the id of a record about this person."""
        return "/".join((self.format, what, self.key, *map(str, parts)))

    def made(self, type_name: str, record_id: str, **payload: Any) -> Made:
        """Return that the row made this event."""
        event = self.context.event(
            type_name,
            record_id,
            self.person.identifiers,
            revision=self.revision,
            date_of_birth=self.person.date_of_birth,
            **payload,
        )
        return Made(self.row, event)


def in_order(files: Sequence[Path], context: Context) -> list[tuple[Path, int]]:
    """Return the returns by their reference day, each with the revision of its events."""
    ordered = sorted(files, key=_reference_day)
    return [
        (path, context.revision - later)
        for path, later in zip(ordered, range(len(ordered) - 1, -1, -1), strict=True)
    ]


def _reference_day(path: Path) -> str:
    _, header = next(records(path, "Header"), ("", Node()))
    return next((one.value or "" for one in header.everywhere("ReferenceDate")), "")


def authority_of(files: Sequence[Path]) -> str | None:
    """Return the authority that the first return's header names; raises Unreadable."""
    for path in files[:1]:
        for _, header in records(path, "Header"):
            return next((one.value for one in header.everywhere("LEA") if one.value), None)
    return None


def require_authority(path: Path, header: Node, context: Context) -> None:
    """Raise Unreadable where the return's header names another authority than is published for."""
    named = {(one.value or "").strip() for one in header.everywhere("LEA")} - {""}
    if named and context.local_authority not in named:
        raise Unreadable(
            f"{path.name} is another authority's return than --la names: "
            "give the authority of its header."
        )


def not_used(row: Row, node: Node, reasons: dict[str, str]) -> Iterator[Outcome]:
    """Yield why each of these elements is not used, where the record has it."""
    for name, reason in reasons.items():
        if any((one.value or "").strip() or one.children for one in node.everywhere(name)):
            yield Skipped(row, reason)
