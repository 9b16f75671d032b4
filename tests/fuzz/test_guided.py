"""Every target of the guided fuzzing keeps its promises, runs, and reaches code of ours."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzz.guided.__main__ import UNGUIDED, main
from tests.fuzz.guided.targets import targets

REPOSITORY = Path(__file__).resolve().parents[2]
RUNS = 60
"""Of each target, its seeds among them, from one fixed seed of the random numbers."""


@pytest.mark.skipif(find_spec("atheris") is None, reason=UNGUIDED)
def test_a_short_guided_run_breaks_no_promise(tmp_path: Path) -> None:
    bounds = ("--runs", str(RUNS), "--seed", "1", "--folder", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.guided", *bounds],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split("|") for line in done.stdout.splitlines() if line.startswith("| `")]
    reached = {name.strip(" `"): int(edges) for _, name, _, edges, *_ in rows}
    assert reached.keys() == targets().keys()
    assert min(reached.values()) > 0
    assert done.stdout.endswith("No promise was broken.\n")


def test_an_input_is_run_again_by_the_command_that_a_finding_is_printed_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "broken"
    file.write_bytes(b"\0<?xml version='1.0' encoding='utf-888'?><Message/>")
    assert main(["--replay", "file:cin-census", str(file)]) == 0
    assert capsys.readouterr().out == "No promise is broken.\n"
