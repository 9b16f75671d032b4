"""XML documents as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TypeAlias
from xml.sax.saxutils import escape

Content: TypeAlias = "str | date | int | Sequence[Element] | None"
Element: TypeAlias = "tuple[str, Content]"


def xml_text(name: str, content: Content) -> str:
    """Return a document of this first element; what is None or an empty list is left out."""
    return "".join(('<?xml version="1.0" encoding="utf-8"?>\n', *_lines(name, content, 0)))


def each(name: str, contents: Iterable[Content]) -> list[Element]:
    """Return an element of this name for each content."""
    return [(name, content) for content in contents]


def _lines(name: str, content: Content, depth: int) -> Iterator[str]:
    space = " " * depth
    if content is None:
        return
    if isinstance(content, (str, date, int)):
        yield f"{space}<{name}>{escape(str(content))}</{name}>\n"
        return
    yield f"{space}<{name}>\n"
    for inner, value in content:
        yield from _lines(inner, value, depth + 1)
    yield f"{space}</{name}>\n"
