"""The page on the life of a fact names a test for each outcome, and each of them is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "lifecycle.md").read_text("utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| ")][1:]
KINDS = (
    *("late", "duplicate", "out of order", "corrected", "retracted", "purged"),
    *("dated in the future", "ended before it began", "two live placements"),
    "one event id, two contents",
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_outcome_is_shown_by_a_test_that_is_there(row: list[str]) -> None:
    _, outcome, seen, shown = row
    (file, name), *more = re.findall(r"`(tests/[a-z_/]+\.py)::(test_\w+)`", shown)
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert outcome
    assert seen
    assert not more


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_trouble_has_an_outcome(kind: str) -> None:
    assert any(kind in row[0] for row in ROWS)


def test_no_two_rows_are_about_the_same() -> None:
    assert len({row[0] for row in ROWS}) == len(ROWS)
