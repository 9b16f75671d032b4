"""The page of all record types, written from the .avsc files: ``python -m schemas.document``.

It writes the AsyncAPI document as well, which follows from the same files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from schemas import asyncapi
from schemas.catalogue import ENVELOPE, EventType, event_types, kind_of
from schemas.tags import CONTENTS, PURPOSES, RETENTIONS, SENSITIVITIES

PAGE = Path(__file__).parent.parent / "docs" / "schemas.md"

_AGENCIES = {
    "education": "Education",
    "health": "Health",
    "social-care": "Social care",
    "joint": "Joint: any agency",
    "governance": "Governance: decisions and reference data",
    "source": "Control: what a source says of itself",
    "platform": "Written by the platform itself",
}
_HEAD = """\
<!-- Written by `python -m schemas.document` from schemas/avsc; change those and run it again. -->
# Record types

Every message is one Avro record in the Confluent format (a zero byte, the registry's schema id,
Avro binary), with the key of its local authority. Its subject in the registry is its full name.
An event begins with the envelope, then has the fields of its type. All of these may be null in
a retraction; those marked **!** must be there otherwise. How a schema may change is in
[schemas/README.md](../schemas/README.md).
"""
_COLUMNS = (
    "| field | type | meaning | purpose | sensitivity | retention |\n|---|---|---|---|---|---|"
)


def page() -> str:
    """Return the whole page in Markdown."""
    types = list(event_types().values())
    envelope = next(one for one in types if one.has_envelope).schema["fields"][: len(ENVELOPE)]
    parts = [
        _HEAD,
        "## Envelope of every event\n\n" + _table(_flat(envelope)),
        *(_agency(title, types, agency) for agency, title in _AGENCIES.items()),
        _tags(),
    ]
    return "\n".join(parts)


def _agency(title: str, types: Iterable[EventType], agency: str) -> str:
    sections = (_section(one) for one in types if one.agency == agency)
    return f"## {title}\n\n" + "\n".join(sections)


def _section(one: EventType) -> str:
    fields = one.schema["fields"]
    payload = fields[len(ENVELOPE) :] if one.has_envelope else fields
    day = f" Its valid day is `{one.occurs}`." if one.occurs else ""
    lines = (
        f"### {one.name}",
        f"`{one.full_name}`: {one.doc}{day} Retention: {one.retention}.",
        f"Fingerprint: `{one.fingerprint}`",
    )
    return "\n\n".join((*lines, _table(_flat(payload))))


def _flat(fields: Iterable[Mapping[str, Any]], before: str = "") -> Iterator[Mapping[str, Any]]:
    for field in fields:
        yield {**field, "name": before + field["name"]}
        yield from _flat(_nested(field["type"]), f"{before}{field['name']}.")


def _nested(avro_type: Any) -> list[Mapping[str, Any]]:
    if isinstance(avro_type, list):
        return [field for one in avro_type for field in _nested(one)]
    if isinstance(avro_type, dict) and avro_type["type"] == "array":
        return _nested(avro_type["items"])
    return avro_type["fields"] if isinstance(avro_type, dict) and "fields" in avro_type else []


def _table(fields: Iterable[Mapping[str, Any]]) -> str:
    rows = (
        f"| {_name(field)} | {_type(field)} | {_meaning(field)} "
        f"| {field['purpose']} | {field['sensitivity']} | {field['retention']} |"
        for field in fields
    )
    return "\n".join((_COLUMNS, *rows)) + "\n"


def _name(field: Mapping[str, Any]) -> str:
    return f"`{field['name']}`" + (" **!**" if field.get("required") else "")


def _type(field: Mapping[str, Any]) -> str:
    kind, nullable = kind_of(field["type"])
    shown = kind.replace("<", "&lt;").replace(">", "&gt;")
    content = f", {field['content']}" if "content" in field else ""
    return shown + content + (", or null" if nullable else "")


def _meaning(field: Mapping[str, Any]) -> str:
    codes = ", ".join(f"`{code}`" for code in field.get("codes", ()))
    return str(field["doc"]) + (f" One of {codes}." if codes else "")


def _tags() -> str:
    tables = (
        ("purpose", PURPOSES),
        ("sensitivity", SENSITIVITIES),
        ("retention", RETENTIONS),
        ("content of a text", CONTENTS),
    )
    return "## What the tags mean\n\n" + "\n".join(_tag_table(*one) for one in tables)


def _tag_table(title: str, meanings: Mapping[str, str]) -> str:
    rows = "\n".join(f"| {name} | {meaning} |" for name, meaning in meanings.items())
    return f"| {title} | meaning |\n|---|---|\n{rows}\n"


def main() -> None:
    """Write the page and the AsyncAPI document."""
    PAGE.write_text(page(), "utf-8")
    asyncapi.main()


if __name__ == "__main__":
    main()
