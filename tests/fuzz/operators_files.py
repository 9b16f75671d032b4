"""The files that people who run the platform write or keep, and what is promised of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consumers.audit.evidence import write_evidence
from consumers.audit.verifying import verify
from consumers.errors import SettingsError
from consumers.notifier.recipients_file import read_recipients
from consumers.signed_folder import SIGNATURE
from gateway.clients import ClientsInvalid, read_file
from joinedup.commands.calendars_file import CalendarUnreadable, read_calendar
from joinedup.commands.retention_file import ScheduleUnreadable, read_schedule
from joinedup.commands.rules_file import RulesUnreadable, read_rules
from journey.duties import all_duties
from journey.rules import faults
from producers.agreements import read_payload
from schemas.agreements import AgreementInvalid
from schemas.sources import SourceRegistry, SourcesInvalid
from tests.unit.consumers.audit.test_verifying import SIGNER, tables
from tests.unit.consumers.notifier.test_recipients_file import GOOD as RECIPIENTS
from tests.unit.joinedup.test_calendars_file import WHOLE as CALENDAR
from tests.unit.joinedup.test_retention_file import GOOD as SCHEDULE
from tests.unit.joinedup.test_rules_file import WHOLE as RULES

_KEY = "07" * 32
_SOURCE = {
    "organisation": "trust7",
    "system": "mis",
    "agency": "education",
    "local_authorities": ["330"],
    "key": _KEY,
}
_SOURCES = {"sources": [_SOURCE], "agreements": [], "gateway": {"key": _KEY}}
_GATEWAY = {"key": _KEY, "token_key": _KEY, "clients": []}
_AGREEMENT = {"agreement": "a1", "version": 1, "valid_from": "2026-01-01"}


@dataclass(frozen=True)
class OperatorsFile:
    """A kind of file: one as it should be, what reads it, and how it says that it is not."""

    whole: bytes
    read: Callable[[Path], Any]
    refusal: type[Exception]

    def assert_promise(self, file: Path, content: bytes) -> None:
        """Read a file of this content; assert that it is taken or refused in a sentence."""
        file.write_bytes(content)
        try:
            self.read(file)
        except self.refusal as fault:
            assert str(fault).endswith(".")
            assert "Traceback" not in str(fault)


def _rules(file: Path) -> None:
    faults(read_rules(file), all_duties())


FILES = {
    "calendar": OperatorsFile(CALENDAR.encode(), read_calendar, CalendarUnreadable),
    "rules": OperatorsFile(RULES.encode(), _rules, RulesUnreadable),
    "retention": OperatorsFile(SCHEDULE.encode(), read_schedule, ScheduleUnreadable),
    "recipients": OperatorsFile(RECIPIENTS.encode(), read_recipients, SettingsError),
    "sources": OperatorsFile(json.dumps(_SOURCES).encode(), SourceRegistry.load, SourcesInvalid),
    "gateway": OperatorsFile(json.dumps(_GATEWAY).encode(), read_file, ClientsInvalid),
    "agreement": OperatorsFile(json.dumps(_AGREEMENT).encode(), read_payload, AgreementInvalid),
}
"""By a word for each."""


def exported(folder: Path) -> dict[str, bytes]:
    """Write an export of the audit tables into this folder, and return its files."""
    write_evidence(folder, None, tables, SIGNER)
    return {one.name: one.read_bytes() for one in sorted(folder.iterdir())}


def assert_verified(folder: Path, whole: dict[str, bytes], name: str, content: bytes) -> None:
    """Put this content into an export; assert that it is told from the signed one."""
    (folder / name).write_bytes(content)
    try:
        findings = verify(folder, SIGNER.public_key).findings
    finally:
        (folder / name).write_bytes(whole[name])
    # Whether hexadecimal is in small letters, or ends with a line, says nothing.
    is_same = content == whole[name] or (name == SIGNATURE and _hex(content) == _hex(whole[name]))
    assert bool(findings) != is_same


def _hex(content: bytes) -> bytes | None:
    try:
        return bytes.fromhex(content.decode("ascii", "replace"))
    except ValueError:
        return None
