"""From the identifiers that a file gives to those that may travel, each doubt noted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from producers.event import Identifier
from producers.files.outcomes import Noted, Row
from schemas.identifiers import check


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the rows are about: the identifiers that are usable, and the date of birth."""

    identifiers: tuple[Identifier, ...]
    date_of_birth: date | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An identifier as a file holds it, empty where the file has none."""

    field: str
    identifier: Identifier


def usable(row: Row, candidates: Sequence[Candidate]) -> tuple[list[Identifier], list[Noted]]:
    """Return the identifiers that may travel, and a note for each doubt or one left out."""
    taken: list[Identifier] = []
    notes: list[Noted] = []
    for candidate in candidates:
        given = candidate.identifier
        if not given.value:
            continue
        checked = check(given.scheme, given.value)
        notes.extend(
            Noted(row, candidate.field, _sentence(given.scheme, flag, checked.usable))
            for flag in checked.flags
        )
        if checked.usable:
            status = "TEMPORARY" if "temporary" in checked.flags else given.status
            taken.append(Identifier(given.scheme, checked.value, status))
    return taken, notes


def _sentence(scheme: str, flag: str, kept: bool) -> str:
    ending = "sent with that doubt" if kept else "left out"
    return f"the {_NAMES.get(scheme, scheme)} {_FLAGS.get(flag, flag)}: {ending}"


_NAMES = {"NHS": "NHS number"}
_FLAGS = {
    "bad-check-digit": "has a wrong check character",
    "bad-format": "is not in the shape of its scheme",
    "dummy": "is a dummy number",
    "missing-reason": "is a code for why there is none",
    "temporary": "is a temporary one",
    "test-range": "is of the range kept for tests",
    "unissued-range": "is of a range that is not issued in England",
    "unknown-area": "names no known local authority",
}
