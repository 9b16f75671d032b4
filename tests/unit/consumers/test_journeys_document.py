"""docs/journeys-format.md says what the code writes."""

from __future__ import annotations

import re
from pathlib import Path

from consumers.intake.ledger import Ledger, position_headers
from consumers.journeys_record import (
    FORMAT,
    JourneysRecord,
    Kind,
    SourcePosition,
    Trace,
    headers_of,
)

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "journeys-format.md"


def section(title: str) -> str:
    return DOCUMENT.read_text("utf-8").split(f"## {title}\n")[1].split("\n## ")[0]


def test_every_header_is_described_in_its_order() -> None:
    full = JourneysRecord(
        kind=Kind.EVENT,
        type="joinedup.health.HealthDischarged",
        la="330",
        kappa=1,
        source=SourcePosition("health.events", 0, 1),
        key_id="0" * 32,
        record="1" * 32,
        fingerprint="2" * 64,
        trace=Trace(source="RQ3/epr", revision=1, scope="list", batch="b"),
        traceparent=f"00-{'3' * 32}-{'4' * 16}-01",
        signature="5" * 128,
        value=b"",
    )
    event = [name for name, _ in headers_of(full)]
    position = [name for name, _ in position_headers(Ledger(next_offsets={}))]
    written = event + [name for name in position if name not in event]
    rows = [line for line in section("Headers").splitlines() if line.startswith("| `")]
    described = [name for row in rows for name in re.findall(r"`([a-z-]+)`", row.split("|")[1])]
    assert described == written


def test_every_kind_is_described() -> None:
    described = re.findall(r"^- \*\*(\w+)\*\*", section("Kinds"), re.MULTILINE)
    assert sorted(described) == sorted(Kind)


def test_the_format_of_the_document_is_that_of_the_code() -> None:
    assert f"describes format `{FORMAT.decode()}`" in DOCUMENT.read_text("utf-8")
