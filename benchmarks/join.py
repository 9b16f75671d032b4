"""The join: a table keyed by the child, one of identifiers, one of events that were seen.

Faust's tables and Quix's state both keep plain JSON values, so both use this; ``Join.java`` does
the same over the stores of Kafka Streams.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from benchmarks.duties import Fact, cases
from benchmarks.events import Event


class Table(Protocol):
    """A table of the library, by key; a value is changed only by setting it."""

    def get(self, key: str) -> Any:
        """Return the value, or None."""

    def set(self, key: str, value: Any) -> None:
        """Set the value, and so write it to the changelog."""

    def delete(self, key: str) -> None:
        """Forget the value."""


class Link(NamedTuple):
    """Whose an identifier is."""

    identifier: str
    child: str


class Alert(NamedTuple):
    """A deadline that passed; open: nothing answered it since. due: days since 1970."""

    child: str
    duty: str
    anchor: str
    due: int
    open: bool


class Happened(NamedTuple):
    """A row of the timeline."""

    event: Event


Row = Happened | Link | Alert


class Join:
    """Folds events into the tables, and says which rows come of each."""

    def __init__(self, children: Table, links: Table, seen: Table, today: int) -> None:
        """Take the tables, and the day before which a deadline has passed."""
        self._children = children
        self._links = links
        self._seen = seen
        self._today = today

    def rows(self, event: Event | None, place: str) -> list[Row]:
        """Return the rows of an event that was read at this place; none of a duplicate, or of None.

        What is read a second time after a crash stands at the place where it was seen, is no
        duplicate, and gives its rows once more: the table may be ahead of what was committed.
        """
        if event is None:
            return []
        before = self._seen.get(event.id)
        if before is None:
            self._seen.set(event.id, place)
        elif before != place:
            return []
        return list(self._taken(event, again=before is not None))

    def _taken(self, event: Event, *, again: bool) -> Iterator[Row]:
        yield Happened(event)
        known = {self._links.get(one) or one for one in event.identifiers}
        child, *others = sorted(known)
        state = self._children.get(child) or _new()
        for other in others:
            merged = self._children.get(other)
            if merged is not None:
                _merge(state, other, merged)
                self._children.delete(other)
        names = sorted({*state["names"], *event.identifiers})
        if again or others or names != state["names"]:
            state["names"] = names
            for name in names:
                self._links.set(name, child)
                yield Link(name, child)
        _fold(state, event)
        if again or others or event.fact is not None:
            yield from self._judged(child, state)
        self._children.set(child, state)

    def _judged(self, child: str, state: dict[str, Any]) -> Iterator[Row]:
        """Raise what is overdue, and close what was raised and is overdue no more."""
        found = cases(Fact(*said) for said in state["facts"].values())
        overdue = [one for one in found if not one.answered and one.due < self._today]
        raised = state["raised"]
        for one in overdue:
            raised[f"{one.duty} {one.anchor}"] = one.due
            yield Alert(child, one.duty, one.anchor, one.due, True)
        still = {f"{one.duty} {one.anchor}" for one in overdue}
        for alert, due in raised.items():
            if alert not in still:
                duty, anchor = alert.split(" ", 1)
                yield Alert(child, duty, anchor, due, False)
        for name, duty, anchor, due in state["former"]:
            yield Alert(name, duty, anchor, due, False)


def _new() -> dict[str, Any]:
    return {"facts": {}, "latest": {}, "raised": {}, "former": [], "names": []}


def _fold(state: dict[str, Any], event: Event) -> None:
    latest = state["latest"]
    latest[event.type] = max(latest.get(event.type, event.occurred_on), event.occurred_on)
    if event.fact is not None:
        _keep(state["facts"], event.record, list(event.fact))


def _merge(state: dict[str, Any], name: str, other: dict[str, Any]) -> None:
    for record, fact in other["facts"].items():
        _keep(state["facts"], record, fact)
    latest = state["latest"]
    for kind, day in other["latest"].items():
        latest[kind] = max(latest.get(kind, day), day)
    state["names"] = sorted({*state["names"], *other["names"]})
    state["former"] += other["former"]
    state["former"] += [[name, *alert.split(" ", 1), due] for alert, due in other["raised"].items()]


def _keep(facts: dict[str, list[Any]], record: str, fact: list[Any]) -> None:
    known = facts.get(record)
    if known is None or (fact[0], fact[1]) > (known[0], known[1]):
        facts[record] = fact
