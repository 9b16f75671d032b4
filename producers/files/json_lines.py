"""Events as JSON lines: one object per line, its ``type`` and the fields of that type."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from producers.event import Event, Source, event_id, london_midnight
from producers.files.dates import iso_day
from producers.files.outcomes import BadValue, Context, Made, Outcome, Refused, Row, Unreadable
from schemas.catalogue import EventType, event_types
from schemas.validation import problems

SUFFIXES = frozenset((".jsonl", ".ndjson"))
MAX_LINE = 1_000_000
"""Characters in one line; an event has some hundred."""
_CLOSED_PERIODS = "array<ClosedPeriod>"
_ENVELOPE_KINDS = {
    "occurred_at": "timestamp-millis",
    "recorded_at": "timestamp-millis",
    "date_of_birth": "date",
}


def read(files: Sequence[Path], context: Context) -> Iterator[Outcome]:
    """Yield the outcome of every line; a line that is no event says which field is wrong."""
    for path in files:
        for number, line in _lines(path):
            row = Row(path.name, number)
            try:
                event = event_of(_object(line), context)
            except BadValue as bad:
                yield bad.at(row)
                continue
            found = problems(event.kind.full_name, event.record)
            yield from (Refused(row, one.field, f"expected {one.expected}") for one in found)
            if not found:
                yield Made(row, event)


def recognises(files: Sequence[Path]) -> bool:
    """Return whether these files are JSON lines, by their suffixes."""
    return any(path.suffix.lower() in SUFFIXES for path in files)


def types_in(files: Sequence[Path]) -> frozenset[str]:
    """Return the event types that the lines name, of those that exist."""
    lines = (line for path in files for _, line in _lines(path))
    return frozenset(name for line in lines if (name := _type_of(line)) in event_types())


def _type_of(line: str) -> str:
    try:
        return str(_object(line).get("type"))
    except BadValue:
        return ""


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    if _is_cut_off(path):
        raise Unreadable(f"{path.name} is not UTF-8: export it again as UTF-8.")
    try:
        with path.open(encoding="utf-8-sig") as lines:
            number = 1
            while line := lines.readline(MAX_LINE + 1):
                if line.strip():
                    yield number, line
                _skip_rest(lines, line)
                number += 1
    except UnicodeDecodeError:
        raise Unreadable(f"{path.name} is not UTF-8: export it again as UTF-8.") from None


def _is_cut_off(path: Path) -> bool:
    """Return whether the file ends within its byte order mark, which Python reads as nothing."""
    with path.open("rb") as file:
        begins = file.read(len(BOM_UTF8))
    return 0 < len(begins) < len(BOM_UTF8) and BOM_UTF8.startswith(begins)


def _skip_rest(lines: TextIO, line: str) -> None:
    """Pass over what is left of a line that is too long."""
    while line and not line.endswith("\n"):
        line = lines.readline(MAX_LINE)


def event_of(given: dict[str, Any], context: Context) -> Event:
    """Return the event that this object is, what it leaves out filled in from the context.

    Raises BadValue where its type, a date or a moment is none; what else the contract asks of it is
    not looked at.
    """
    kind = event_types().get(str(given.get("type", "")))
    if kind is None or not kind.has_envelope:
        raise BadValue("type", "expected an event type of docs/schemas.md")
    kinds = _kinds(kind.name)
    named = ((name, value) for name, value in given.items() if name != "type")
    record = {name: _value(name, value, kinds.get(name, "")) for name, value in named}
    return Event(kind.name, _complete(kind, record, context))


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line) if len(line) <= MAX_LINE else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadValue("line", f"expected one JSON object of at most {MAX_LINE} characters")
    return found


def _complete(kind: EventType, record: dict[str, Any], context: Context) -> dict[str, Any]:
    own: dict[str, Any] = {
        "local_authority": context.local_authority,
        "source": context.source.as_record(),
        "recorded_at": context.recorded_at,
        "revision": context.revision,
        "retracted": False,
        "identifiers": [],
        "batch": context.batch,
        "scope": context.scope,
    }
    complete = {**own, **{name: value for name, value in record.items() if value is not None}}
    complete["identifiers"] = _identifiers(complete["identifiers"])
    complete.setdefault("occurred_at", _occurred_at(kind, complete))
    complete.setdefault("event_id", _event_id(complete))
    return complete


def _identifiers(given: Any) -> Any:
    if not isinstance(given, list):
        return given
    return [{"status": "VERIFIED", **one} if isinstance(one, dict) else one for one in given]


def _occurred_at(kind: EventType, record: Mapping[str, Any]) -> datetime:
    day = record.get(kind.occurs) if kind.occurs else None
    if type(day) is date:
        return london_midnight(day)
    found: datetime = record["recorded_at"]
    return found


def _event_id(record: Mapping[str, Any]) -> str:
    # Whether these fields are in order is for the contract's check to say.
    source = record["source"] if isinstance(record["source"], dict) else {}
    return event_id(
        str(record["local_authority"]),
        Source(str(source.get("organisation")), str(source.get("system"))),
        str(record.get("source_record_id")),
        record["revision"],
        bool(record["retracted"]),
    )


@cache
def _kinds(type_name: str) -> Mapping[str, str]:
    own = {one.name: one.kind for one in event_types()[type_name].payload}
    return {**own, **_ENVELOPE_KINDS}


def _value(name: str, value: Any, kind: str) -> Any:
    if kind == _CLOSED_PERIODS and isinstance(value, list):
        return [_period(name, one) for one in value]
    convert = _CONVERTERS.get(kind)
    return convert(value, name) if convert and isinstance(value, str) else value


def _period(name: str, given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    return {key: _value(name, value, "date") for key, value in given.items()}


def _day(text: str, name: str) -> date:
    try:
        return iso_day(text, name)
    except BadValue:
        raise BadValue(name, "expected a date, such as 2025-09-01") from None


def _moment(text: str, name: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # said below
    raise BadValue(name, "expected a moment with its time zone, such as 2025-09-01T09:00:00Z")


_CONVERTERS: Mapping[str, Callable[[str, str], Any]] = {
    "date": _day,
    "timestamp-millis": _moment,
}
