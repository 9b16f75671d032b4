"""The versions of each schema: what was ever published stays readable, in both directions.

``python -m schemas.history`` keeps each changed .avsc as the next version, if it may be one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.schema import parse

from schemas.catalogue import EventType, event_types

VERSIONS = Path(__file__).parent / "versions"
_CURRENT = Path(__file__).parent / "avsc"


class ChangeRefused(Exception):
    """A schema was changed in a way that some reader or writer could not live with."""


def kept_versions(full_name: str, folder: Path = VERSIONS) -> list[dict[str, Any]]:
    """Return every kept version of a record type, the oldest first."""
    paths = (folder / full_name).glob("*.avsc")
    return [json.loads(path.read_text("utf-8")) for path in sorted(paths, key=_number)]


def objections(older: Mapping[str, Any], newer: Mapping[str, Any]) -> list[str]:
    """Return why the newer version may not follow the older; empty where it may.

    Each must read what the other wrote. Codes may be added and never taken away, and no field
    may come to be required: Avro does not see these, but an old producer would.
    """
    return [
        *(f"new reader, old writer: {why}" for why in unreadable(reader=newer, writer=older)),
        *(f"old reader, new writer: {why}" for why in unreadable(reader=older, writer=newer)),
        *_narrowed(older, newer),
    ]


def unreadable(*, reader: Mapping[str, Any], writer: Mapping[str, Any]) -> list[str]:
    """Return why the reader's schema cannot read the writer's; empty where it can."""
    checker = ReaderWriterCompatibilityChecker()  # type: ignore[no-untyped-call]  # avro's own
    result = checker.get_compatibility(
        reader=parse(json.dumps(reader)), writer=parse(json.dumps(writer))
    )
    if result.compatibility is SchemaCompatibilityType.compatible:
        return []
    return sorted(result.messages) or ["the schemas do not match"]


def keep(one: EventType, folder: Path = VERSIONS) -> Path | None:
    """Keep a changed schema as its type's next version; return the new file, or None if unchanged.

    Raises ChangeRefused where some kept version objects.
    """
    kept = kept_versions(one.full_name, folder)
    if kept and kept[-1] == one.schema:
        return None
    reasons = [why for older in kept for why in objections(older, one.schema)]
    if reasons:
        raise ChangeRefused(f"{one.full_name} may not change so: {'; '.join(reasons)}.")
    path = folder / one.full_name / f"{len(kept) + 1}.avsc"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_text(one), "utf-8")
    return path


def _text(one: EventType) -> str:
    for path in _CURRENT.glob("*.avsc"):
        text = path.read_text("utf-8")
        if json.loads(text) == one.schema:
            return text
    raise FileNotFoundError(f"No .avsc file holds {one.full_name}; write it to schemas/avsc.")


def _number(path: Path) -> int:
    return int(path.stem)


def _narrowed(older: Mapping[str, Any], newer: Mapping[str, Any]) -> list[str]:
    before = {field["name"]: field for field in older["fields"]}
    reasons = []
    for field in newer["fields"]:
        known = before.get(field["name"], {})
        if field.get("required") and not known.get("required"):
            reasons.append(f"{field['name']} may not come to be required")
        if not _where(field) <= _where(known):
            reasons.append(f"{field['name']} may not come to be required in more cases")
        lost = set(known.get("codes", ())) - set(field.get("codes", known.get("codes", ())))
        if lost or (field.get("codes") and known and not known.get("codes")):
            reasons.append(f"{field['name']} may not lose codes")
    return reasons


def _where(field: Mapping[str, Any]) -> set[tuple[str, str]]:
    cases = field.get("required_where", {})
    return {(name, code) for name, codes in cases.items() for code in codes}


def main() -> None:
    """Keep every changed schema and say which."""
    for one in event_types().values():
        path = keep(one)
        if path is not None:
            print(f"kept {path.relative_to(VERSIONS)}")


if __name__ == "__main__":
    main()
