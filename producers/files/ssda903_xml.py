"""The XML twin of the looked-after children return: the same rows, child by child."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from producers.files.identities import Person
from producers.files.kept import Kept
from producers.files.nodes import Node
from producers.files.outcomes import BadValue, Context, Outcome, Row, Skipped
from producers.files.ssda903_episodes import Episode
from producers.files.ssda903_return import Return
from producers.files.ssda903_tables import care, episodes, header, reviews
from producers.files.tables import Record
from producers.files.xml_fields import refusing
from producers.files.xml_records import records, require_well_formed
from producers.files.xml_subjects import not_used

ROOT = "EXPSSDA903"
TYPES = frozenset(
    ("BecameLookedAfter", "CarePlacementChanged", "CeasedLookedAfter", "LacReviewHeld")
)
_NOTHING = "this part of a child's record says nothing that the platform takes"
_NOT_USED = dict.fromkeys(("OC2", "PERMANENCE", "AMISSING", "AD_PLACED"), _NOTHING)


def read(files: Sequence[Path], context: Context) -> Iterator[Outcome]:
    """Yield the outcome of every child's record; raises Unreadable."""
    for path in files:
        require_well_formed(path, ROOT, "looked-after children return")
    with Kept() as kept:
        known = Return(kept)
        for path in files:
            for position, (_, node) in enumerate(records(path, "CHILD"), start=1):
                row = Row(path.name, position)
                yield from refusing(row, partial(_child, row, node, context, known))


def _child(row: Row, node: Node, context: Context, known: Return) -> Iterator[Outcome]:
    head = next(node.everywhere("HEADER"), Node())
    child_id = head.text("CHILDID") or head.text("CHILD")
    child, person, notes = header(_record(row, head, child_id), context)
    if not known.kept.is_new(child):
        raise BadValue("CHILDID", "is that of an earlier child of the return")
    known.know(child, person)
    yield from notes
    yield from not_used(row, node, _NOT_USED)
    found = _Rows(row, node, child)
    yield from _told(found, context, known, person)


class _Rows:
    """The rows that a child's record has, as the tables of the return would hold them."""

    def __init__(self, row: Row, node: Node, child: str) -> None:
        self.row = row
        self.episodes = [_record(row, one, child) for one in node.everywhere("EPISODE")]
        self.reviews = [_record(row, one, child) for one in node.everywhere("AREVIEW")]


def _told(found: _Rows, context: Context, known: Return, person: Person) -> Iterator[Outcome]:
    if not found.episodes and not found.reviews:
        yield Skipped(found.row, "a child without an episode or review")
    lived: dict[date, Episode] = {}
    yield from episodes(
        found.episodes, context, lambda one: lived.setdefault(one.started_on, one) is one
    )
    yield from care(lived.values(), context, person)
    yield from reviews(found.reviews, context, known)


def _record(row: Row, node: Node, child: str) -> Record:
    return Record(row, {"CHILD": child, **{name: node.text(name) for name in node.children}})
