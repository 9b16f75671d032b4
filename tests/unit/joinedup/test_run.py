"""``joinedup run`` says what it needs before it starts anything."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from joinedup.commands import run


def invoked(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    run.register(app)
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


@pytest.mark.parametrize("process", ["intake", "join", "relay", "sealer"])
def test_a_process_without_settings_names_them_and_ends(
    process: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("JOINEDUP_KAFKA_BOOTSTRAP", raising=False)
    (tmp_path / "empty.env").touch()
    code, output = invoked(process, "--env-file", str(tmp_path / "empty.env"))
    assert code == 1
    assert "JOINEDUP_KAFKA_BOOTSTRAP" in output


def test_a_settings_file_that_is_not_there_is_named() -> None:
    code, output = invoked("intake", "--env-file", "nowhere.env")
    assert code == 1
    assert "nowhere.env" in output


def test_a_process_that_there_is_not_is_refused_with_those_there_are() -> None:
    code, output = invoked("alchemy")
    assert code == 2
    assert "intake" in output


def test_the_help_names_every_option() -> None:
    _, output = invoked("--help")
    for option in ("--until-end", "--simulated", "--env-file", "--log-json"):
        assert option in output
