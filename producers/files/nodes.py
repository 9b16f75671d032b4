"""A tree of named elements, as XML and JSON documents are read into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Node:
    """One element: its primitive value, if it has one, and its children by name."""

    value: str | None = None
    children: dict[str, list[Node]] = field(default_factory=dict)

    def all(self, name: str) -> list[Node]:
        """Return the children of this name."""
        return self.children.get(name, [])

    def first(self, *path: str) -> Node | None:
        """Return the first node at the end of this path, or None."""
        node: Node | None = self
        for name in path:
            node = next(iter(node.all(name)), None) if node else None
        return node

    def text(self, *path: str) -> str:
        """Return the value of the first node at the end of this path, or an empty text."""
        node = self.first(*path)
        return (node.value or "").strip() if node else ""

    def everywhere(self, name: str) -> Iterator[Node]:
        """Yield the nodes of this name at any depth, outside one another, in document order."""
        for own, nodes in self.children.items():
            if own == name:
                yield from nodes
                continue
            for node in nodes:
                if node.children:  # most have none, and a call for each would be half of the cost
                    yield from node.everywhere(name)
