"""``joinedup dashboard`` says what it needs before it listens to anybody."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from joinedup.commands import dashboard


def invoked(folder: Path, *arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    dashboard.register(app)
    result = CliRunner().invoke(app, ["--root", str(folder), *arguments])
    return result.exit_code, result.output


def test_an_address_that_others_can_reach_is_refused_first(tmp_path: Path) -> None:
    code, said = invoked(tmp_path, "--la", "999", "--host", "0.0.0.0")
    assert code == 1
    assert "works on this machine alone" in said


def test_the_settings_that_are_missing_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JOINEDUP_DATABASE_URL", raising=False)
    code, said = invoked(tmp_path, "--la", "999")
    assert code == 1
    assert "JOINEDUP_DATABASE_URL" in said and "JOINEDUP_MASTER_KEY" in said
    monkeypatch.setenv("JOINEDUP_MASTER_KEY", "11" * 32)
    assert "JOINEDUP_MASTER_KEY" not in invoked(tmp_path, "--la", "999")[1]
    monkeypatch.setenv("JOINEDUP_MASTER_KEY", f"{'11' * 32},")
    assert "JOINEDUP_MASTER_KEY" in invoked(tmp_path, "--la", "999")[1]
