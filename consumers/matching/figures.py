"""How good the shipped numbers are, on sets of invented people whose truth others wrote down."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from pathlib import Path

import msgspec

from consumers.matching.details import Details, details_of
from consumers.matching.model import Weighed, weigh

Pair = tuple[str, str]
FAMILY_CONTEXT = Path("linked_children/family_context/dev")
FEBRL = Path("record_linkage_febrl/dev")
_PERSON = re.compile(r"rec-(\d+)-")


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one set at a threshold.

    found: pairs put forward. right: those that are one person. truth: pairs that there are.
    """

    name: str
    records: int
    truth: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """Which part of what is put forward is one person."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Which part of those who are one person is put forward."""
        return self.right / self.truth if self.truth else 1.0


class LinkedSet(msgspec.Struct, frozen=True, kw_only=True):
    """Records, and which pairs of them are one person."""

    name: str
    people: list[Details]
    truth: frozenset[Pair]


def linked_sets(data: Path) -> Iterator[LinkedSet]:
    """Yield the linked sets under a folder of foreign data; raises OSError where one is missing."""
    yield _family_context(data / FAMILY_CONTEXT)
    yield _febrl("FEBRL dataset 1", data / FEBRL / "dataset1.csv")
    yield _febrl("FEBRL dataset 4", data / FEBRL / "dataset4a.csv", data / FEBRL / "dataset4b.csv")


def figures_of(one: LinkedSet, threshold: float) -> Figures:
    """Return what the shipped numbers find in a set at this threshold."""
    return figures(one, weigh(one.people, threshold))


def figures(one: LinkedSet, weighed: Iterable[Weighed]) -> Figures:
    """Return how right these pairs are for the set."""
    found = {(pair.first, pair.second) for pair in weighed}
    return Figures(
        name=one.name,
        records=len(one.people),
        truth=len(one.truth),
        found=len(found),
        right=len(found & one.truth),
    )


def _rows(file: Path) -> Iterator[Mapping[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, skipinitialspace=True)


def _family_context(folder: Path) -> LinkedSet:
    """Return the exports of social care and education; the postcode is an address's last line."""
    people = [
        details_of(
            f"{system}-{row['Cms Id']}",
            given_name=row["First Name"],
            family_name=row["Last Name"],
            born=row["Date Of Birth"],
            postcode=row["Address"].strip().splitlines()[-1],
        )
        for system in ("csc", "education")
        for row in _rows(folder / f"{system}.csv")
    ]
    truth = {
        _pair(f"csc-{row['csc_cms_id']}", f"education-{row['education_cms_id']}")
        for row in _rows(folder / "truth.csv")
    }
    return LinkedSet(name="family_context", people=people, truth=frozenset(truth))


def _febrl(name: str, *files: Path) -> LinkedSet:
    """Return a set of FEBRL: whose records are one person is said by their ids."""
    people: list[Details] = []
    of_person: dict[str, list[str]] = {}
    for file in files:
        for row in _rows(file):
            key = row["rec_id"].strip()
            born = row["date_of_birth"].strip()
            people.append(
                details_of(
                    key,
                    given_name=row["given_name"],
                    family_name=row["surname"],
                    born=f"{born[:4]}-{born[4:6]}-{born[6:]}" if len(born) == 8 else None,
                    postcode=row["postcode"],
                )
            )
            person = _PERSON.match(key)
            of_person.setdefault(person.group(1) if person else key, []).append(key)
    pairs = (pair for keys in of_person.values() for pair in combinations(keys, 2))
    return LinkedSet(name=name, people=people, truth=frozenset(_pair(*pair) for pair in pairs))


def _pair(one: str, other: str) -> Pair:
    first, second = sorted((one, other))
    return first, second
