"""Data-sharing agreements: recorded on the stream, and kept beside the sources that they bind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from producers.event import Event, Source, new_event
from producers.sources_file import read_document, replace_document
from schemas.agreements import RECORDED, Agreement, AgreementInvalid, agreement_of, payload_of
from schemas.sources import SourceRegistry

_AROUND = ("local_authority", "version", "recorded_at")


def versions_of(file: Path, la: str, agreement_id: str) -> list[Agreement]:
    """Return the versions of an agreement, the oldest first; raises SourcesInvalid."""
    found = [
        one
        for one in SourceRegistry.load(file).agreements
        if (one.local_authority, one.agreement_id) == (la, agreement_id)
    ]
    return sorted(found, key=lambda one: one.version)


def payload_in(file: Path, la: str, agreement_id: str, version: int) -> dict[str, Any]:
    """Return one version's payload, its days as days; KeyError where the file has none."""
    for entry in read_document(file).get("agreements", ()):
        if (entry["local_authority"], entry["agreement_id"]) == (la, agreement_id):
            if entry["version"] == version:
                return payload_of({k: v for k, v in entry.items() if k not in _AROUND})
    raise KeyError(agreement_id)


def next_version(file: Path, la: str, payload: Mapping[str, Any]) -> Agreement | None:
    """Return what the payload would be as the next version; None where it stands already.

    Raises AgreementInvalid where it is not in order, or its id is another organisation's.
    """
    first = agreement_of(payload, local_authority=la, version=1)
    known = versions_of(file, la, first.agreement_id)
    if not known:
        return first
    last = known[-1]
    if last.organisation != first.organisation:
        raise AgreementInvalid(
            f"agreement_id: expected another, as this is an agreement with {last.organisation}."
        )
    again = agreement_of(
        payload, local_authority=la, version=last.version, recorded_at=last.recorded_at
    )
    if again == last:
        return None
    return agreement_of(payload, local_authority=la, version=last.version + 1)


def recorded(
    agreement: Agreement, payload: Mapping[str, Any], source: Source, moment: datetime
) -> Event:
    """Return the event that puts this version on record, told by this source."""
    return new_event(
        RECORDED,
        local_authority=agreement.local_authority,
        source=source,
        source_record_id=f"agreement/{agreement.agreement_id}",
        revision=agreement.version,
        recorded_at=moment,
        **payload,
    )


def keep(
    file: Path, agreement: Agreement, payload: Mapping[str, Any], recorded_at: datetime | None
) -> None:
    """Let intake hold records to this version from this moment on (None: whatever their time).

    The file is replaced whole, and intake reads it again at once. Raises SourcesInvalid.
    """
    document = read_document(file)
    entry = {
        "local_authority": agreement.local_authority,
        "version": agreement.version,
        "recorded_at": recorded_at.isoformat() if recorded_at else None,
        **{name: _written(value) for name, value in payload.items()},
    }
    document["agreements"] = [*document.get("agreements", ()), entry]
    replace_document(file, document)


def read_payload(file: Path) -> dict[str, Any]:
    """Return the agreement that somebody wrote as a JSON object; raises AgreementInvalid."""
    try:
        written = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        written = None
    if not isinstance(written, dict):
        raise AgreementInvalid(f"The file {file} must be one JSON object, which an agreement is.")
    return payload_of(written)


def _written(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
