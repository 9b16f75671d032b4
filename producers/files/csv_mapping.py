"""The mapping that says which columns of a plain CSV make which events, written in TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec

from producers.files.dates import FORMS
from producers.files.outcomes import Unreadable
from producers.files.templates import columns_of
from schemas.catalogue import event_types
from schemas.identifiers import SCHEMES, STATUSES

SUFFIX = ".toml"
MAX_BYTES = 1_000_000


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a field's value comes from: one of a column, a template of columns, or the value.

    codes: what each value of the column becomes. separator: between the values of a list.
    """

    column: str | None = None
    template: str | None = None
    value: str | int | float | bool | None = None
    codes: dict[str, str | int | float | bool] | None = None
    separator: str = "|"


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The column of an identifier, and how far the source stands by it."""

    column: str
    status: str = "VERIFIED"


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whether a column holds one of these values, or, without any, a value at all."""

    column: str
    values: list[str] = []


class EventRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One event of a row: its type, record id and fields, and when a row makes it."""

    type: str
    record_id: str
    fields: dict[str, str | Value] = {}
    when: Condition | None = None
    retracted_when: Condition | None = None

    def value_of(self, field: str) -> Value:
        """Return where the field's value comes from; a text alone is a column."""
        found = self.fields[field]
        return Value(column=found) if isinstance(found, str) else found


class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a plain CSV holds.

    files: pattern of the names of the files it is for. dates: the one form of its dates.
    identifiers: the column of each scheme. date_of_birth, last_updated: columns.
    """

    events: list[EventRule]
    identifiers: dict[str, str | Named]
    dates: str
    files: str = "*"
    delimiter: str = ","
    date_of_birth: str | None = None
    version: str | None = None
    last_updated: str | None = None

    def columns(self) -> frozenset[str]:
        """Return every column that it names, in upper case."""
        found = [self.date_of_birth, self.version, self.last_updated]
        found += [one if isinstance(one, str) else one.column for one in self.identifiers.values()]
        for event in self.events:
            found += columns_of(event.record_id)
            found += [one.column for one in (event.when, event.retracted_when) if one]
            for name in event.fields:
                value = event.value_of(name)
                found += [value.column, *columns_of(value.template or "")]
        return frozenset(one.strip().upper() for one in found if one)


def mappings_in(files: Sequence[Path]) -> list[Declared]:
    """Return the mappings that are among the files; raises Unreadable."""
    return [_read(path) for path in files if path.suffix.lower() == SUFFIX]


def mapping_for(path: Path, among: Sequence[Declared]) -> Declared:
    """Return the one mapping that is for this file; raises Unreadable."""
    found = [one for one in among if fnmatchcase(path.name, one.files)]
    if len(found) != 1:
        how_many = "More than one mapping is" if found else "No mapping is"
        raise Unreadable(
            f"{how_many} for {path.name}: give its mapping file (.toml) with it, "
            "and say with 'files' which files each mapping is for."
        )
    return found[0]


def _read(path: Path) -> Declared:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable(f"{path.name} is larger than a mapping can be.")
        written = tomllib.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        raise Unreadable(f"{path.name} is not TOML: correct it.") from None
    try:
        mapping = msgspec.convert(written, Declared)
    except (msgspec.ValidationError, RecursionError):
        raise Unreadable(f"{path.name}: {_fault(written)}") from None
    fault = _wrong(mapping)
    if fault:
        raise Unreadable(f"{path.name}: {fault}")
    return mapping


def _fault(written: Mapping[str, Any]) -> str:
    """Return which part is not as a mapping has it, in our own words and no others."""
    for name, kind in _PARTS.items():
        if name in written:
            try:
                msgspec.convert(written[name], kind)
            except (msgspec.ValidationError, RecursionError):
                return f"'{name}' is not as a mapping has it: see docs/publishing.md."
        elif name in _NEEDED:
            return f"'{name}' is absent: a mapping needs it."
    return "it has a part that no mapping has: see docs/publishing.md."


_NEEDED = ("events", "identifiers", "dates")
_PARTS: Mapping[str, Any] = {
    "events": list[EventRule],
    "identifiers": dict[str, str | Named],
    "dates": str,
    "files": str,
    "delimiter": str,
    "date_of_birth": str,
    "version": str,
    "last_updated": str,
}


def _wrong(mapping: Declared) -> str | None:
    if mapping.dates not in FORMS:
        return f"'dates' must be one of {', '.join(FORMS)}."
    if len(mapping.delimiter) != 1 or mapping.delimiter in '"\r\n':
        return "'delimiter' must be one character."
    if not mapping.events:
        return "'events' is empty: say which events a row makes."
    if mapping.version and mapping.last_updated:
        return "give 'version' or 'last_updated', not both."
    return _wrong_identifiers(mapping) or next(
        filter(None, map(_wrong_event, mapping.events)), None
    )


def _wrong_identifiers(mapping: Declared) -> str | None:
    for scheme, named in mapping.identifiers.items():
        if scheme not in SCHEMES:
            return f"'identifiers' has a scheme that is none of {', '.join(SCHEMES)}."
        if not isinstance(named, str) and named.status not in STATUSES:
            return f"the status of {scheme} must be one of {', '.join(STATUSES)}."
    return None if mapping.identifiers else "'identifiers' is empty: say who a row is about."


def _wrong_event(event: EventRule) -> str | None:
    kind = event_types().get(event.type)
    if kind is None or not kind.has_envelope or kind.subject != "child":
        return "an event's 'type' is none of those about a child in docs/schemas.md."
    if not columns_of(event.record_id):
        return f"the 'record_id' of {event.type} names no column in braces."
    for name in event.fields:
        if name not in kind.payload_names:
            return f"'fields' of {event.type} has a name that the type has not."
        value = event.value_of(name)
        if sum(one is not None for one in (value.column, value.template, value.value)) != 1:
            return f"{event.type}.{name} needs one of 'column', 'template' and 'value'."
    return None
