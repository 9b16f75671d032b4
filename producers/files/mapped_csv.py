"""A plain CSV with a declared mapping of its columns: for everything that has no format here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from producers.event import Identifier, milliseconds
from producers.files.csv_mapping import (
    SUFFIX,
    Condition,
    Declared,
    EventRule,
    Value,
    mapping_for,
    mappings_in,
)
from producers.files.dates import FORMS, instant
from producers.files.identities import Candidate, Person, usable
from producers.files.outcomes import BadValue, Context, Made, Outcome, Skipped, Unreadable
from producers.files.tables import Record, records, require_headings, within
from producers.files.templates import filled
from schemas.catalogue import PayloadField, event_types

SUFFIXES = frozenset((".csv", ".tsv", ".txt", SUFFIX))
_WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)
_FLAGS = {"true": True, "false": False}


def read(files: Sequence[Path], context: Context) -> Iterator[Outcome]:
    """Yield the outcome of every row; raises Unreadable where a file has no mapping."""
    tables, mappings = _tables(files), mappings_in(files)
    if not tables:
        raise Unreadable("There is no CSV among the files: give it together with its mapping.")
    for path in tables:
        mapping = mapping_for(path, mappings)
        require_headings(path, mapping.columns(), mapping.delimiter)
        for record in records(path, mapping.delimiter):
            yield from _row(record, mapping, context)


def types_in(files: Sequence[Path]) -> frozenset[str]:
    """Return the event types that the mappings name."""
    mappings = mappings_in(files)
    used = [mapping_for(path, mappings) for path in _tables(files)]
    return frozenset(event.type for mapping in used for event in mapping.events)


def recognises(files: Sequence[Path]) -> bool:
    """Return whether a mapping is among these files."""
    return any(path.suffix.lower() == SUFFIX for path in files)


def _tables(files: Sequence[Path]) -> list[Path]:
    return [path for path in files if path.suffix.lower() != SUFFIX]


def _row(record: Record, mapping: Declared, context: Context) -> Iterator[Outcome]:
    try:
        born = _born(record, mapping, context)
        revision = _revision(record, mapping, context)
    except BadValue as bad:
        yield bad.at(record.row)
        return
    taken, notes = usable(record.row, _candidates(record, mapping))
    yield from notes
    person = Person(tuple(taken), born)
    made = False
    for event in mapping.events:
        if event.when is None or _holds(record, event.when):
            made = True
            try:
                yield _event(record, event, mapping, person, revision, context)
            except BadValue as bad:
                yield bad.at(record.row)
    if not made:
        yield Skipped(record.row, "the mapping makes no event of such a row")


def _event(
    record: Record,
    event: EventRule,
    mapping: Declared,
    person: Person,
    revision: int,
    context: Context,
) -> Made:
    kind = event_types()[event.type]
    retracted = event.retracted_when is not None and _holds(record, event.retracted_when)
    if not person.identifiers and not retracted:
        raise BadValue("identifiers", "no column of an identifier holds one that can be used")
    payload: dict[str, Any] = {}
    for field in kind.payload if not retracted else ():
        if field.name in event.fields:
            payload[field.name] = _value(record, event.value_of(field.name), field, mapping)
    day = payload.get(kind.occurs or "")
    if isinstance(day, date):
        within(day, str(kind.occurs), context.extract_day)
    made = context.event(
        event.type,
        filled(event.record_id, record),
        person.identifiers,
        revision=revision,
        date_of_birth=person.date_of_birth,
        retracted=retracted,
        **payload,
    )
    return Made(record.row, made)


def _value(record: Record, given: Value, field: PayloadField, mapping: Declared) -> Any:
    if given.value is not None:
        return given.value
    if given.template is not None:
        return filled(given.template, record)
    column = str(given.column).strip()
    text = record.text(column.upper())
    if not text:
        return None
    if given.codes is not None:
        if text not in given.codes:
            raise BadValue(column, "is none of the values that the mapping knows")
        found = given.codes[text]
        return _converted(found, column, field.kind, mapping) if isinstance(found, str) else found
    if field.kind.startswith("array<"):
        return [one.strip() for one in text.split(given.separator) if one.strip()]
    return _converted(text, column, field.kind, mapping)


def _converted(text: str, column: str, kind: str, mapping: Declared) -> Any:
    if kind == "date":
        return FORMS[mapping.dates](text, column)
    if kind == "timestamp-millis":
        return instant(text, column)
    if kind in ("int", "long"):
        return int(_matching(_WHOLE, text, column, "whole number"))
    if kind == "double":
        return float(_matching(_DECIMAL, text, column, "number"))
    if kind == "boolean":
        if text.lower() not in _FLAGS:
            raise BadValue(column, "is neither true nor false; say with 'codes' what is which")
        return _FLAGS[text.lower()]
    return text


def _matching(pattern: re.Pattern[str], text: str, column: str, what: str) -> str:
    if not pattern.fullmatch(text):
        raise BadValue(column, f"is no {what}")
    return text


def _born(record: Record, mapping: Declared, context: Context) -> date | None:
    column = mapping.date_of_birth
    text = record.text(column.strip().upper()) if column else ""
    if not column or not text:
        return None
    return within(FORMS[mapping.dates](text, column), column, context.extract_day)


def _revision(record: Record, mapping: Declared, context: Context) -> int:
    if mapping.version:
        text = record.required(mapping.version.strip().upper(), "the version of the row")
        return int(_matching(_WHOLE, text, mapping.version, "whole number"))
    if not mapping.last_updated:
        return context.revision
    column = mapping.last_updated
    moment = instant(record.required(column.strip().upper(), "when it was changed"), column)
    if moment > context.extracted_at:
        raise BadValue(column, "is after the extract date")
    return milliseconds(moment)


def _candidates(record: Record, mapping: Declared) -> list[Candidate]:
    found = []
    for scheme, named in mapping.identifiers.items():
        column = named if isinstance(named, str) else named.column
        status = "VERIFIED" if isinstance(named, str) else named.status
        value = record.text(column.strip().upper())
        found.append(Candidate(column, Identifier(scheme, value, status)))
    return found


def _holds(record: Record, condition: Condition) -> bool:
    value = record.text(condition.column.strip().upper())
    return value in condition.values if condition.values else bool(value)
