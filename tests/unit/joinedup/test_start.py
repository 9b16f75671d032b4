"""A command starts by itself, and is the one that all commands together have."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from joinedup.main import app
from joinedup.start import MODULE_OF, command_line

WHOLE: Any = typer.main.get_command(app)


def said_of(command: Any) -> Iterator[tuple[str, str, list[list[str]]]]:
    """Yield what a command, and each below it, is called, says of itself and can be told."""
    yield command.name, command.help, [one.opts for one in command.params]
    for below in getattr(command, "commands", {}).values():
        yield from said_of(below)


@pytest.mark.parametrize("name", sorted(MODULE_OF))
def test_a_command_is_the_same_alone_as_among_all(name: str) -> None:
    group: Any = typer.main.get_command(command_line([name]))
    assert list(said_of(group.commands[name])) == list(said_of(WHOLE.commands[name]))


@pytest.mark.parametrize("arguments", [[], ["--help"], ["no-such-command"], ["--version", "run"]])
def test_whatever_else_is_asked_is_asked_of_all_commands(arguments: list[str]) -> None:
    assert command_line(arguments) is app


def test_a_command_says_its_own_help() -> None:
    told = CliRunner().invoke(command_line(["run"]), ["run", "--help"], prog_name="joinedup")
    assert told.exit_code == 0
    assert "joinedup run" in told.output


def test_a_process_loads_no_command_but_its_own() -> None:
    asked = (
        "import sys; from joinedup.start import command_line; command_line(['run']);"
        "print(*(one for one in sys.modules if one.startswith('joinedup.commands.')))"
    )
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True).stdout
    assert set(loaded.split()) == {"joinedup.commands.run", "joinedup.commands.process_log"}
