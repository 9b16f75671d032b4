"""Every command and option says what it is for, and the shell completes them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from typer.core import TyperGroup
from typer.testing import CliRunner

from joinedup.main import app


def commands(group: TyperGroup, path: str = "joinedup") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        yield f"{path} {name}", command
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{path} {name}")


ROOT = typer.main.get_command(app)
assert isinstance(ROOT, TyperGroup)
COMMANDS = dict(commands(ROOT))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_its_help(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    silent = [one.name for one in command.params if not getattr(one, "help", None)]
    assert silent == []


@pytest.mark.parametrize("name", ["status", "alerts", "child", "why", "sharing", "bench"])
def test_every_reading_command_takes_json(name: str) -> None:
    options = [option for one in COMMANDS[f"joinedup {name}"].params for option in one.opts]
    assert "--json" in options


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("joinedup al", ["alerts"]),
        ("joinedup alerts --duty EHC_PL", ["EHC_PLAN_20_WEEKS"]),
        ("joinedup run ", ["intake", "join", "relay", "sealer", "notifier"]),
        ("joinedup publish --format sc", ["school-census"]),
    ],
)
def test_the_shell_completes_commands_and_values(line: str, completed: list[str]) -> None:
    words = line.split(" ")
    environment = {
        "_JOINEDUP_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    told = CliRunner().invoke(app, [], env={**os.environ, **environment}, prog_name="joinedup")
    assert told.output.split() == completed
