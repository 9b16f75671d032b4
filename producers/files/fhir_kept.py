"""FHIR resources that other files refer to: on disk where memory should not hold them."""

from __future__ import annotations

from collections.abc import Set

import msgspec

from producers.files.fhir_people import relative
from producers.files.kept import Kept
from producers.files.nodes import Node

PATIENT_SAYS = frozenset(("identifier", "birthDate"))
"""All that is read of a patient of another file; no name and no address is kept."""
_decoded = msgspec.msgpack.Decoder(Node).decode


class KeptResources:
    """Resources of one kind from all the files, by the names under which others refer to them."""

    def __init__(self, kept: Kept, kind: str, says: Set[str]) -> None:
        """Take where they are kept, and which of their elements are read."""
        self._kept = kept
        self._kind = kind
        self._says = says

    def keep(self, name: str, node: Node) -> None:
        """Keep a resource under this name, in place of one that was."""
        read = {own: nodes for own, nodes in node.children.items() if own in self._says}
        self._kept.say(msgspec.msgpack.encode(Node(node.value, read)), self._kind, name)

    def named(self, name: str) -> Node | None:
        """Return the resource of exactly this name, or None where no file holds it."""
        found = self._kept.said(self._kind, name)
        return None if found is None else _decoded(found)

    def find(self, reference: str) -> Node | None:
        """Return the resource of this reference, or None where no file holds it."""
        return self.named(reference) or self.named(relative(reference))
