"""The XML twin of the looked-after children return: the same rows, child by child."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from producers.files.identities import Person
from producers.files.nodes import Node
from producers.files.outcomes import BadValue, Context, Outcome, Row, Skipped
from producers.files.ssda903_tables import Children, episodes, header, reviews
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
    seen: set[str] = set()
    for path in files:
        for position, (_, node) in enumerate(records(path, "CHILD"), start=1):
            row = Row(path.name, position)
            yield from refusing(row, partial(_child, row, node, context, seen))


def _child(row: Row, node: Node, context: Context, seen: set[str]) -> Iterator[Outcome]:
    head = next(node.everywhere("HEADER"), Node())
    child_id = head.text("CHILDID") or head.text("CHILD")
    child, person, notes = header(_record(row, head, child_id), context)
    if child in seen:
        raise BadValue("CHILDID", "is that of an earlier child of the return")
    seen.add(child)
    yield from notes
    yield from not_used(row, node, _NOT_USED)
    found = _Rows(row, node, child)
    yield from _told(found, context, {child: person})


class _Rows:
    """The rows that a child's record has, as the tables of the return would hold them."""

    def __init__(self, row: Row, node: Node, child: str) -> None:
        self.row = row
        self.episodes = [_record(row, one, child) for one in node.everywhere("EPISODE")]
        self.reviews = [_record(row, one, child) for one in node.everywhere("AREVIEW")]


def _told(found: _Rows, context: Context, people: dict[str, Person]) -> Iterator[Outcome]:
    if not found.episodes and not found.reviews:
        yield Skipped(found.row, "a child without an episode or review")
    children = Children(people)
    yield from episodes(found.episodes, context, children)
    yield from reviews(found.reviews, context, children)


def _record(row: Row, node: Node, child: str) -> Record:
    return Record(row, {"CHILD": child, **{name: node.text(name) for name in node.children}})
