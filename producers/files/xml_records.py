"""XML returns read as a stream: one record at a time, without entities or unbounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.parsers import expat

from producers.files.nodes import Node
from producers.files.outcomes import Unreadable

SUFFIXES = frozenset((".xml",))
MAX_DEPTH = 64
MAX_ELEMENTS = 100_000
"""Elements of one record; a child's longest history has some thousand."""
MAX_TEXT = 1_000_000
"""Characters in the values of one record."""
MAX_PIECE = 4 * 1024 * 1024
"""Bytes of one tag or comment."""
NO_SUCH_ENCODING = (ValueError, LookupError)
"""What expat raises where a document names an encoding that Python lacks, or no plain one."""
_CHUNK = 64 * 1024
_HEAD = 16 * 1024


@dataclass(frozen=True, slots=True)
class Head:
    """How a document begins: its first element, that one's namespace, and names that follow."""

    root: str = ""
    namespace: str = ""
    names: frozenset[str] = frozenset()


def head(path: Path) -> Head:
    """Return how the document begins; an empty head where the file is no XML at all."""
    seen: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        seen.append(name)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EntityDeclHandler = _declares_entity
    with path.open("rb") as document:
        try:
            parser.Parse(document.read(_HEAD), False)
        except (expat.ExpatError, _Hostile, *NO_SUCH_ENCODING):
            pass  # the reading itself will say so
    if not seen:
        return Head()
    namespace, _, root = seen[0].rpartition(" ")
    return Head(root, namespace, frozenset(_local(name) for name in seen[1:]))


def require_well_formed(path: Path, root: str, title: str) -> None:
    """Raise Unreadable where the file is not one whole document of this first element.

    A return that was cut short is found out here, before anything of it is sent.
    """
    _parse(path, _Structure())
    if head(path).root != root:
        raise Unreadable(
            f"{path.name} is no {title}: its first element is not {root}. "
            "Give the file as its system exported it."
        )


def records(path: Path, *names: str) -> Iterator[tuple[str, Node]]:
    """Yield the elements of these names, each with its own, as they end; raises Unreadable.

    Elements of these names within one another are part of the outer one.
    """
    found = _Records(frozenset(names))
    for _ in _chunks(path, found):
        yield from found.done
        found.done.clear()


class _Hostile(Exception):
    """The document declares entities, or is out of proportion; args are the rest of a sentence."""


@dataclass(slots=True)
class _Structure:
    """Counts the depth of a document and builds nothing."""

    depth: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Hostile(f"is nested deeper than {MAX_DEPTH} levels")

    def end(self, name: str) -> None:
        self.depth -= 1

    def text(self, value: str) -> None:
        """Take no text."""


@dataclass(slots=True)
class _Records:
    """Builds the elements of some names, and forgets each once it is taken."""

    names: frozenset[str]
    done: list[tuple[str, Node]] = field(default_factory=list)
    _stack: list[tuple[str, Node]] = field(default_factory=list)
    _depth: int = 0
    _elements: int = 0
    _characters: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _Hostile(f"is nested deeper than {MAX_DEPTH} levels")
        local = _local(name)
        if self._stack:
            self._elements += 1
            if self._elements > MAX_ELEMENTS:
                raise _Hostile(f"has a record of more than {MAX_ELEMENTS} elements")
            node = Node()
            self._stack[-1][1].children.setdefault(local, []).append(node)
            self._stack.append((local, node))
        elif local in self.names:
            self._elements = self._characters = 0
            self._stack.append((local, Node()))

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._stack:
            done = self._stack.pop()
            if not self._stack:
                self.done.append(done)

    def text(self, value: str) -> None:
        if not self._stack:
            return
        self._characters += len(value)
        if self._characters > MAX_TEXT:
            raise _Hostile(f"has a record of more than {MAX_TEXT} characters")
        node = self._stack[-1][1]
        node.value = value if node.value is None else node.value + value


def _parse(path: Path, handlers: _Structure | _Records) -> None:
    for _ in _chunks(path, handlers):
        pass


def _chunks(path: Path, handlers: _Structure | _Records) -> Iterator[None]:
    parser = _parser(handlers)
    with path.open("rb") as document:
        fed = 0
        while True:
            chunk = document.read(_CHUNK)
            _feed(parser, chunk, path)
            fed += len(chunk)
            # What the parser holds back is a tag or comment that has not ended.
            if chunk and fed - parser.CurrentByteIndex > MAX_PIECE:
                raise Unreadable(
                    f"{path.name} has a tag or comment of more than {MAX_PIECE} bytes."
                )
            yield
            if not chunk:
                return


def _feed(parser: Any, chunk: bytes, path: Path) -> None:
    try:
        parser.Parse(chunk, not chunk)
    except _Hostile as fault:
        raise Unreadable(f"{path.name} {fault}: export it again from its system.") from None
    except expat.ExpatError as fault:
        raise Unreadable(
            f"{path.name} is not well-formed XML (line {fault.lineno}): export it again."
        ) from None
    except NO_SUCH_ENCODING:
        raise Unreadable(
            f"{path.name} is in an encoding that is not read: export it as UTF-8."
        ) from None


def _parser(handlers: _Structure | _Records) -> Any:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = handlers.start
    parser.EndElementHandler = handlers.end
    if isinstance(handlers, _Records):
        parser.CharacterDataHandler = handlers.text
    parser.StartDoctypeDeclHandler = _doctype
    parser.EntityDeclHandler = _declares_entity
    return parser


def _doctype(name: str, system: str | None, public: str | None, has_subset: bool) -> None:
    # Returns name their type and declare nothing, which is harmless.
    if system or public or has_subset:
        raise _Hostile("has a DOCTYPE that declares something")


def _declares_entity(*_: object) -> None:
    raise _Hostile("declares entities")


@lru_cache(maxsize=1024)
def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def recogniser(root: str, *needed: str) -> Callable[[Sequence[Path]], bool]:
    """Return what tells whether XML files begin with this element and hold one of these."""

    def recognises(files: Sequence[Path]) -> bool:
        heads = [head(path) for path in files if path.suffix.lower() in SUFFIXES]
        return any(
            one.root == root and (not needed or one.names.intersection(needed)) for one in heads
        )

    return recognises
