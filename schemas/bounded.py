"""Which writers' schemas are safe to read with: the work must be bounded by the message's size."""

from __future__ import annotations

from typing import Any

_COMPLEX = ("record", "error", "enum", "fixed")
_MOST_LEVELS = 32


def is_bounded(schema: Any) -> bool:
    """Return whether every message written with this schema is read in bounded time and depth.

    A list of values that take no byte (null, an empty record) may say that it has a quintillion
    of them; a type that holds itself may nest as deep as the message is long.
    """
    try:
        _width(schema, {}, 0)
    except (_Unbounded, KeyError, TypeError, AttributeError):
        return False
    return True


class _Unbounded(Exception):
    """Some message of this schema would take work without bound."""


def _width(schema: Any, named: dict[str, int | None], level: int) -> int:
    """Return the fewest bytes that a value takes: 0 or 1."""
    if level > _MOST_LEVELS:
        raise _Unbounded
    if isinstance(schema, list):
        for one in schema:
            _width(one, named, level + 1)
        return 1
    if isinstance(schema, str):
        return _width_of_name(schema, named)
    kind = schema["type"]
    if kind in ("array", "map"):
        items = _width(schema["items" if kind == "array" else "values"], named, level + 1)
        if items == 0 and kind == "array":
            raise _Unbounded
        return 1
    if kind not in _COMPLEX:
        return _width(kind, named, level + 1)
    return _width_of_complex(schema, named, level)


def _width_of_name(name: str, named: dict[str, int | None]) -> int:
    short = name.rpartition(".")[2]
    if short not in named:
        return 0 if name == "null" else 1
    width = named[short]
    if width is None:
        raise _Unbounded  # it is not yet at its end: it holds itself
    return width


def _width_of_complex(schema: Any, named: dict[str, int | None], level: int) -> int:
    short = str(schema["name"]).rpartition(".")[2]
    if schema["type"] == "enum":
        width = 1
    elif schema["type"] == "fixed":
        width = min(int(schema["size"]), 1)
    else:
        named[short] = None
        width = max([_width(f["type"], named, level + 1) for f in schema["fields"]], default=0)
    named[short] = width
    return width
