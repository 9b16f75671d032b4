"""One record of an XML return: where it stands, and its values, checked as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from producers.files.dates import iso_day
from producers.files.nodes import Node
from producers.files.outcomes import BadValue, Outcome, Row
from producers.files.tables import within


@dataclass(frozen=True, slots=True)
class Element:
    """A record or a part of one; ``last`` is the latest day that the file can know."""

    row: Row
    node: Node
    last: date

    def of(self, node: Node) -> Element:
        """Return a part of the same record."""
        return Element(self.row, node, self.last)

    def parts(self, name: str) -> Iterator[Element]:
        """Yield the parts of this name, wherever in the record they stand."""
        return (self.of(node) for node in self.node.everywhere(name))

    def part(self, name: str) -> Element:
        """Return the first part of this name, an empty one where there is none."""
        return self.of(next(self.node.everywhere(name), Node()))

    def each(self, name: str) -> Iterator[Element]:
        """Yield the parts that have one of this element's values of this name each."""
        return (self.of(Node(children={name: [node]})) for node in self.node.all(name))

    def text(self, *path: str) -> str:
        """Return the value at the end of the path; empty where it is absent."""
        return self.node.text(*path)

    def required(self, name: str, expected: str) -> str:
        """Return the value; raises BadValue where it is empty."""
        value = self.text(name)
        if not value:
            raise BadValue(name, f"is empty; expected {expected}")
        return value

    def day(self, name: str) -> date | None:
        """Return the day, or None where it is absent; raises BadValue, also after ``last``."""
        text = self.text(name)
        return within(iso_day(text, name), name, self.last) if text else None

    def planned_day(self, name: str) -> date | None:
        """Return a day that may lie ahead, or None where it is absent; raises BadValue."""
        text = self.text(name)
        return iso_day(text, name) if text else None

    def required_day(self, name: str) -> date:
        """Return the day; raises BadValue where there is none."""
        found = self.day(name)
        if found is None:
            raise BadValue(name, "is empty; expected a day")
        return found


def refusing(
    row: Row, make: Callable[[], Iterator[Outcome]], within: str = ""
) -> Iterator[Outcome]:
    """Yield what a part of a record gives, and in place of what it cannot a refusal.

    ``within`` is the part's name, by which the refused field is told from others.
    """
    try:
        yield from make()
    except BadValue as bad:
        refused = bad.at(row)
        yield replace(refused, field=f"{within}.{bad.field}") if within else refused
