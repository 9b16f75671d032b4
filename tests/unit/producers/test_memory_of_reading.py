"""A file however large is read in the same memory: nothing of its rows is held while it is read."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import pytest

from producers.files import FORMATS, Context, Made
from producers.simulate.sized import write

SMALL, LARGE = 80_000, 200_000
MESSAGES = 300_000
SPARE = 2_000
"""Blocks of memory that two readings may differ by; rows that are held would take far more."""


def held(name: str, files: list[Path], context: Context) -> tuple[int, int]:
    """Return how many events these files gave, and the most blocks that Python held meanwhile."""
    gc.collect()
    before, most, events = sys.getallocatedblocks(), 0, 0
    for one in FORMATS[name.partition("/")[0]].read(files, context):
        if isinstance(one, Made):
            events += 1
            if events % 20 == 0:
                most = max(most, sys.getallocatedblocks())
    return events, most - before


@pytest.mark.parametrize(
    "name",
    ["events", "ssda903", "ssda903/xml", "school-census", "sen2", "nccis", "cin-census", "csv"],
)
def test_a_larger_file_takes_no_more_memory(name: str, tmp_path: Path, context: Context) -> None:
    small = write(name, tmp_path / "small", SMALL)
    large = write(name, tmp_path / "large", LARGE)
    assert_no_more(name, small, large, context)


@pytest.mark.parametrize("name", ["nems", "cpis", "fhir"])
def test_more_files_take_no_more_memory(name: str, tmp_path: Path, context: Context) -> None:
    few = write(name, tmp_path / "few", MESSAGES)
    many = write(name, tmp_path / "many", 3 * MESSAGES)
    assert len(many) > 2 * len(few)
    assert_no_more(name, few, many, context)


def assert_no_more(name: str, small: list[Path], large: list[Path], context: Context) -> None:
    held(name, large, context)  # fills what remembers the newest identifiers and days
    (few, first), (many, then) = held(name, small, context), held(name, large, context)
    assert many > few + 200
    assert then - first < SPARE
