"""Checks of single values, built from a field's Avro type and attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Any

from schemas.formats import BY_CONTENT, TextFormat

#: Says in a sentence what was expected of a value, or None where it is as it should be.
Check = Callable[[Any], str | None]

_INT = (-(2**31), 2**31 - 1)
_LONG = (-(2**63), 2**63 - 1)
#: More would be a mistake of the source, and a way to make one message cost much.
_MOST_ITEMS = 400


def check_of(field: Mapping[str, Any]) -> Check:
    """Return the check of a field's values; null is not among them."""
    return _check(field["type"], field)


def _check(avro_type: Any, field: Mapping[str, Any]) -> Check:
    if isinstance(avro_type, list):
        return _check(next(one for one in avro_type if one != "null"), field)
    if avro_type == "string":
        return _text(field)
    if isinstance(avro_type, str):
        return _PRIMITIVE[avro_type]
    if "logicalType" in avro_type:
        return _LOGICAL[avro_type["logicalType"]]
    return _COMPOUND[avro_type["type"]](avro_type, field)


def _text(field: Mapping[str, Any]) -> Check:
    if "codes" in field:
        return _one_of(field["codes"])
    if field.get("content") in BY_CONTENT:
        return _matching(BY_CONTENT[field["content"]])
    return _any_text


def _one_of(codes: list[str]) -> Check:
    allowed = frozenset(codes)
    expected = "one of " + ", ".join(codes)

    def check(value: Any) -> str | None:
        return None if isinstance(value, str) and value in allowed else expected

    return check


def _matching(text_format: TextFormat) -> Check:
    matches, expected = text_format.pattern.fullmatch, text_format.expected

    def check(value: Any) -> str | None:
        return None if isinstance(value, str) and matches(value) else expected

    return check


def _array(avro_type: Mapping[str, Any], field: Mapping[str, Any]) -> Check:
    check_item = _check(avro_type["items"], field)

    def check(value: Any) -> str | None:
        if not isinstance(value, (list, tuple)) or len(value) > _MOST_ITEMS:
            return f"a list of at most {_MOST_ITEMS}"
        for item in value:
            expected = check_item(item)
            if expected is not None:
                return "in each item " + expected
        return None

    return check


def _record(avro_type: Mapping[str, Any], _: Mapping[str, Any]) -> Check:
    checks = [(field["name"], _nested(field)) for field in avro_type["fields"]]
    size = len(checks)
    names = ", ".join(name for name, _ in checks)

    def check(value: Any) -> str | None:
        if not isinstance(value, dict) or len(value) != size:
            return f"a record of {names}"
        for name, check_field in checks:
            expected = check_field(value.get(name))
            if expected is not None:
                return f"as {name} {expected}"
        return None

    return check


def _nested(field: Mapping[str, Any]) -> Check:
    """Return the check of a field of a nested record, where null is allowed if its type says so."""
    check, nullable = check_of(field), isinstance(field["type"], list)
    return lambda value: None if nullable and value is None else check(value)


def _map(_: Mapping[str, Any], __: Mapping[str, Any]) -> Check:
    return lambda value: None if isinstance(value, dict) else "a map"


def _whole(lowest: int, highest: int) -> Check:
    expected = f"a whole number from {lowest} to {highest}"

    def check(value: Any) -> str | None:
        return None if type(value) is int and lowest <= value <= highest else expected

    return check


def _any_text(value: Any) -> str | None:
    return None if isinstance(value, str) else "text"


def _number(value: Any) -> str | None:
    fits = type(value) in (int, float) and isfinite(value)
    return None if fits else "a number"


def _flag(value: Any) -> str | None:
    return None if type(value) is bool else "true or false"


def _bytes(value: Any) -> str | None:
    return None if isinstance(value, bytes) else "bytes"


def _day(value: Any) -> str | None:
    # A datetime is a date to Python, and would silently lose its time of day.
    return None if type(value) is date else "a date, such as 2025-09-01"


def _moment(value: Any) -> str | None:
    if isinstance(value, datetime) and isinstance(value.utcoffset(), timedelta):
        return None
    return "a moment with its time zone, such as 2025-09-01T09:00:00Z"


_PRIMITIVE: dict[str, Check] = {
    "int": _whole(*_INT),
    "long": _whole(*_LONG),
    "double": _number,
    "boolean": _flag,
    "bytes": _bytes,
}
_LOGICAL: dict[str, Check] = {"date": _day, "timestamp-millis": _moment}
_COMPOUND: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Check]] = {
    "array": _array,
    "record": _record,
    "map": _map,
}
