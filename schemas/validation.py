"""What the contract asks of a record beyond its Avro types, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from schemas.catalogue import event_type
from schemas.checks import Check, check_of


class Problem(NamedTuple):
    """A field that breaks the contract, and what was expected of it (never what it held)."""

    field: str
    expected: str


class _Field(NamedTuple):
    """What is asked of one field.

    default: what stands for it where it is left out. always: whether null is never allowed.
    required: whether null is allowed in a retraction only.
    where: the same, where another field has one of these values.
    """

    name: str
    default: Any
    always: bool
    required: bool
    where: tuple[tuple[str, frozenset[str]], ...]
    check: Check


class _Contract(NamedTuple):
    """All that one record type asks: the same for each of its records, so built once."""

    names: frozenset[str]
    fields: tuple[_Field, ...]


def problems(full_name: str, record: Mapping[str, Any]) -> list[Problem]:
    """Return every breach of the contract, in the order of the fields; empty where there is none.

    Whether dates are plausible and identifiers genuine is not the contract's business.
    """
    contract = _contract(full_name)
    if contract is None:
        return [Problem("type", "one of the record types in docs/schemas.md")]
    found: list[Problem] = []
    get, retracted = record.get, record.get("retracted") is True
    for name, default, always, required, where, check in contract.fields:
        value = get(name, default)
        if value is None:
            if always or ((required or (where and _applies(where, record))) and not retracted):
                found.append(Problem(name, "a value: it is required"))
        elif (expected := check(value)) is not None:
            found.append(Problem(name, expected))
    if not contract.names.issuperset(record):
        found.extend(_unknown(contract.names, full_name, record))
    return found


def _applies(where: Iterable[tuple[str, frozenset[str]]], record: Mapping[str, Any]) -> bool:
    # A value that is no text at all is a breach of its own field, and is told there.
    return any(str(record.get(name)) in values for name, values in where)


def _unknown(names: frozenset[str], full_name: str, record: Mapping[str, Any]) -> list[Problem]:
    # What is not a name of ours may be anything, even a child's: it is counted, not shown.
    number = sum(name not in names for name in record)
    return [Problem("record", f"only fields of {full_name}; {number} others were given")]


@cache
def _contract(full_name: str) -> _Contract | None:
    found = event_type(full_name)
    if found is None:
        return None
    fields = tuple(_field(field, found.has_envelope) for field in found.schema["fields"])
    return _Contract(found.field_names, fields)


def _field(field: Mapping[str, Any], from_source: bool) -> _Field:
    return _Field(
        name=field["name"],
        default=field.get("default"),
        always=not isinstance(field["type"], list),
        required=field.get("required", False),
        where=tuple((k, frozenset(v)) for k, v in field.get("required_where", {}).items()),
        # The platform's own texts may be empty, and hold what it wrote itself.
        check=check_of(field if from_source else {**field, "content": None}),
    )
