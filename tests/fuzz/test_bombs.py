"""Files and messages made to fill memory or to run for ever: each ends, within bounds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MEGABYTES = 1024
"""Of address space for the whole process, of which the interpreter itself takes a third."""

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["files", "messages"])
def test_a_bomb_is_refused_within_a_gigabyte_and_in_time(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.bombs", name, str(MEGABYTES)],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert done.stdout.decode().endswith("all are refused\n")
