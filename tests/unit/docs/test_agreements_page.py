"""The page on agreements shows what the commands and the contract take."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from joinedup.commands.agreements import WARNING_DAYS
from producers.event import Source
from producers.files import json_lines
from producers.files.outcomes import Context, Made
from schemas.agreements import LAPSED, OUTSIDE, RECORDED, agreement_of, payload_of
from schemas.catalogue import event_types

PAGE = (Path(__file__).parents[3] / "docs" / "agreements.md").read_text("utf-8")
FIELDS = event_types()[RECORDED].payload_names


def test_the_agreement_on_the_page_is_in_order() -> None:
    (shown,) = re.findall(r"^\$ cat dsa-7.json\n(\{.*?^\})", PAGE, re.MULTILINE | re.DOTALL)
    agreement = agreement_of(payload_of(json.loads(shown)), local_authority="330", version=1)
    assert agreement.lawful_basis == "PUBLIC_TASK"


def test_the_decision_on_the_page_can_be_published(tmp_path: Path) -> None:
    (shown,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    file = tmp_path / "decisions.jsonl"
    file.write_text(shown.replace("\n", ""))
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    context = Context(
        local_authority="330",
        source=Source("RQ3", "epr"),
        extracted_at=moment,
        recorded_at=moment,
    )
    (outcome,) = json_lines.read([file], context)
    assert isinstance(outcome, Made)


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_the_reasons_and_our_own_default_are_on_the_page() -> None:
    assert f"`{LAPSED}`" in PAGE
    assert f"`{OUTSIDE}`" in PAGE
    assert f"{WARNING_DAYS} days before its end (our own default)" in PAGE
