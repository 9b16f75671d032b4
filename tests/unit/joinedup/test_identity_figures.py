"""The command that says how right the numbers are."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from joinedup.commands import identity
from tests.unit.schemas.shared_data import FOLDER, shared_file


def run(*arguments: str, code: int = 0) -> str:
    app = typer.Typer()
    identity.register(app)
    result = CliRunner().invoke(app, ["identity", "figures", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_it_prints_precision_and_recall_of_every_set_at_a_threshold() -> None:
    shared_file("record_linkage_febrl", "dev")
    strict = json.loads(run("--data", str(FOLDER), "--threshold", "12", "--json"))
    assert [one["set"] for one in strict["sets"]] == [
        "family_context",
        "FEBRL dataset 1",
        "FEBRL dataset 4",
    ]
    assert all(one["precision"] == 1 and one["recall"] < 1 for one in strict["sets"])
    text = run("--data", str(FOLDER))
    assert "0.955" in text and "Predict" not in text


def test_a_folder_without_the_sets_is_refused_with_a_sentence(tmp_path: Path) -> None:
    assert "see --data" in run("--data", str(tmp_path), code=1)
