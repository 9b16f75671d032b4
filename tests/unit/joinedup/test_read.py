"""What a reading command says where it cannot read."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from joinedup.main import app
from tests.ports import free_ports


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of a stack that happens to be up on this machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JOINEDUP_DATABASE_URL", raising=False)


def said(*arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments, "--la", "999"])
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    return result.output


@pytest.mark.parametrize("command", [("alerts",), ("child", "k"), ("why", "k")])
def test_a_store_that_does_not_answer_is_said_in_a_sentence(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_ports().postgresql
    monkeypatch.setenv("JOINEDUP_DATABASE_URL", f"postgresql://127.0.0.1:{port}/joinedup")
    assert said(*command).startswith("The store does not answer: see `joinedup status`")


@pytest.mark.parametrize("command", [("alerts",), ("child", "k"), ("why", "k")])
def test_a_setting_that_is_missing_is_named(command: tuple[str, ...]) -> None:
    assert said(*command).startswith("Set JOINEDUP_DATABASE_URL, or give --env-file")


@pytest.mark.parametrize("command", [("alerts",), ("why", "k")])
def test_a_duty_that_there_is_not_leads_to_the_nearest(command: tuple[str, ...]) -> None:
    told = said(*command, "--duty", "joint_plan")
    assert told == "There is no such duty: did you mean JOINT_PLAN_MISSING?\n"


@pytest.mark.parametrize("command", ["child", "sharing"])
def test_a_moment_that_is_still_to_come_is_asked_about_otherwise(command: str) -> None:
    told = said(command, "k", "--as-of", "2999-01-01")
    assert told.startswith("That moment is still to come: give --as-of one that has passed.")
    assert "`joinedup why KEY --on DAY` says" in told
