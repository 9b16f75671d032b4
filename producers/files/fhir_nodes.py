"""FHIR resources in XML or JSON as one tree, read without DTD, entities or unbounded size."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

from producers.files.nodes import Node
from producers.files.outcomes import Refused, Row, Unreadable
from producers.files.xml_records import NO_SUCH_ENCODING

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 64
MAX_NODES = 400_000
"""Elements of one file: a tree of more would take some hundred times the file's size."""
_JSON = (b"{", b"[", b'"', b"-", b"true", b"false", b"null", *(b"%d" % one for one in range(10)))
"""How a value of JSON begins. Only an object can be a resource, and what else it is is said."""
XMLNS = "http://hl7.org/fhir"


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource: its type, its tree, and the full url under which its bundle holds it."""

    type: str
    node: Node
    full_url: str = ""


def resources(path: Path) -> Iterator[Resource]:
    """Yield the file's resource, or those of its bundle; raises Unreadable."""
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable(f"{path.name} is larger than {MAX_BYTES} bytes: split the bundle.")
    content = path.read_bytes()
    begins = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    root = _from_json(content, path) if begins.startswith(_JSON) else _from_xml(content, path)
    if root.type != "Bundle":
        yield root
        return
    for entry in root.node.all("entry"):
        for name, node in _resource_in(entry):
            yield Resource(name, node, entry.text("fullUrl"))


def resources_or_refusal(path: Path) -> list[Resource] | Refused:
    """Return the file's resources, or the refusal of a file that cannot be read."""
    try:
        return list(resources(path))
    except Unreadable as fault:
        return Refused(Row(path.name), "file", str(fault))


def _resource_in(entry: Node) -> Iterator[tuple[str, Node]]:
    for holder in entry.all("resource"):
        kind = holder.text("resourceType")
        if kind:
            yield kind, holder
            continue
        for name, nodes in holder.children.items():
            yield from ((name, node) for node in nodes)


def _from_json(content: bytes, path: Path) -> Resource:
    # Each value ends with a comma or a closing bracket: those within texts only add to the count.
    if sum(map(content.count, (b",", b"}", b"]"))) > MAX_NODES:
        raise _too_many(path)
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise Unreadable(f"{path.name} is not JSON: export it again.") from None
    if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str):
        raise Unreadable(f"{path.name} is no FHIR resource: it has no resourceType.")
    return Resource(_text(found["resourceType"]), _tree(found, path, 0))


def _tree(found: Any, path: Path, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise Unreadable(f"{path.name} is nested deeper than {MAX_DEPTH} levels.")
    if not isinstance(found, dict):
        # FHIR has no list in a list: it says nothing.
        return Node(None if found is None or isinstance(found, list) else _text(str(found)))
    node = Node()
    for name, value in found.items():
        values = value if isinstance(value, list) else [value]
        node.children[_text(name)] = [_tree(one, path, depth + 1) for one in values]
    return node


def _text(text: str) -> str:
    """Return a text of JSON with ? for each half of a character, which no UTF-8 can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _too_many(path: Path) -> Unreadable:
    return Unreadable(f"{path.name} has more than {MAX_NODES} elements: split the bundle.")


class _Doctype(Exception):
    """The document declares a type: it could define entities."""


class _TooDeep(Exception):
    """The document is nested deeper than any resource is."""


class _TooMany(Exception):
    """The document has more elements than may be read."""


def _from_xml(content: bytes, path: Path) -> Resource:
    root = Node()
    stack = [root]
    left = MAX_NODES

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise _TooMany
        if len(stack) > MAX_DEPTH:
            raise _TooDeep
        node = Node(attributes.get("value"))
        # An extension's url is an attribute in XML and a member in JSON.
        if "url" in attributes:
            node.children["url"] = [Node(attributes["url"])]
        stack[-1].children.setdefault(_local(name), []).append(node)
        stack.append(node)

    def doctype(*_: object) -> None:
        raise _Doctype

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: stack.pop()
    _feed(parser, content, path)
    ((kind, (node,)),) = root.children.items()
    return Resource(kind, node)


def _feed(parser: Any, content: bytes, path: Path) -> None:
    try:
        parser.Parse(content, True)
    except _Doctype:
        raise Unreadable(f"{path.name} has a DOCTYPE, which is not read: remove it.") from None
    except _TooDeep:
        raise Unreadable(f"{path.name} is nested deeper than {MAX_DEPTH} levels.") from None
    except _TooMany:
        raise _too_many(path) from None
    except expat.ExpatError as fault:
        raise Unreadable(
            f"{path.name} is not well-formed XML (line {fault.lineno}): export it again."
        ) from None
    except NO_SUCH_ENCODING:
        raise Unreadable(
            f"{path.name} is in an encoding that is not read: export it as UTF-8."
        ) from None


def _local(name: str) -> str:
    namespace, _, local = name.rpartition(" ")
    return local if namespace in (XMLNS, "") else f"{{other}}{local}"
