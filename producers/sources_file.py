"""The sources file as its operator keeps it: a source is added once, with a key of its own."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.sources import SourceRegistry

_KEY_BYTES = 32


def add_source(
    file: Path,
    *,
    organisation: str,
    system: str,
    agency: str,
    local_authorities: Sequence[str],
    public_key: str = "",
) -> bool:
    """Let a source speak for these authorities; return whether it is a new one.

    public_key: the half, in hex, of a key that a new source keeps to itself; else it is given one.

    A source that the file has keeps its key, and may from now on speak for these authorities
    too. The file is replaced whole, readable by its owner only. Raises SourcesInvalid where the
    file, or what is added to it, is not in order.
    """
    document = read_document(file)
    entries = document["sources"]
    for entry in entries:
        if (entry["organisation"], entry["system"]) == (organisation, system):
            entry["local_authorities"] = sorted({*entry["local_authorities"], *local_authorities})
            replace_document(file, document)
            return False
    entries.append(
        {
            "organisation": organisation,
            "system": system,
            "agency": agency,
            "local_authorities": sorted(local_authorities),
            "key": public_key or secrets.token_hex(_KEY_BYTES),
        }
    )
    replace_document(file, document)
    return True


class StillRenewing(Exception):
    """The key before the present one is still good, and another renewal would end it at once."""


def renew_key(
    file: Path,
    *,
    organisation: str,
    system: str,
    until: datetime,
    now: datetime,
    public_key: str = "",
) -> bool:
    """Give a source a new key, the present one staying good for what is written before a moment.

    until: no later than ``now`` ends every earlier key, as where somebody else has one.
    public_key: the half, in hex, of a key that the source keeps to itself; else it is given one.
    Return False, and change nothing, where the file has no such source. Raises SourcesInvalid
    where the file is not in order, StillRenewing where a key before the present one is still good.
    """
    document = read_document(file)
    for entry in document["sources"]:
        if (entry["organisation"], entry["system"]) == (organisation, system):
            entry["former_key"] = former_of(entry, until, now)
            entry["key"] = public_key or secrets.token_hex(_KEY_BYTES)
            replace_document(file, document)
            return True
    return False


def former_of(entry: Mapping[str, Any], until: datetime, now: datetime) -> dict[str, str]:
    """Return the present key of an entry as its former one, good until a moment.

    Only one former key is kept: raises StillRenewing where that would end one that is still good.
    """
    former = entry.get("former_key")
    if former is not None and now < until:
        good_until = datetime.fromisoformat(former["until"]).astimezone(UTC)
        if now < good_until:
            raise StillRenewing(
                f"The key before the present one is still good until {good_until:%c} UTC: whoever"
                " has not taken the new settings yet signs with it, and a new key now would end"
                " it at once. Wait until then; or give --overlap-hours 0, which ends every earlier"
                " key, where somebody has one who must not."
            )
    return {"key": entry["key"], "until": until.isoformat()}


def read_document(file: Path) -> dict[str, Any]:
    """Return what the file holds, sources and agreements; raises SourcesInvalid."""
    if not file.exists():
        return {"sources": []}
    SourceRegistry.load(file)
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def replace_document(file: Path, document: dict[str, Any]) -> None:
    """Replace the file whole, readable by its owner only; raises SourcesInvalid."""
    text = json.dumps(document, indent=1) + "\n"
    SourceRegistry.parse(text)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = file.with_name(file.name + ".part")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
    partial.replace(file)
