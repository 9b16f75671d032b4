"""Processes of the platform run as children of a command, none of which outlives it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

from joinedup.commands.run import Process

Running: TypeAlias = AbstractContextManager["subprocess.Popen[bytes]"]

_SECONDS_TO_STOP = 15


class ProcessFailed(Exception):
    """A process of the platform ended with a fault; the sentence says which, and its log."""


@contextmanager
def running(
    process: Process,
    environment: Mapping[str, str],
    log: Path,
    *,
    until_end: bool = True,
    simulated: bool = True,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process while the block runs; it is stopped when the block ends before it.

    until_end: it ends by itself once all is read. Raises ProcessFailed where it failed.
    """
    command = [sys.executable, "-m", "joinedup.start", "run", process]
    options = [("--until-end", until_end), ("--simulated", simulated)]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as written:
        started = subprocess.Popen(
            [*command, *(name for name, wanted in options if wanted)],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
        try:
            yield started
        finally:
            _stop(started)
    if started.returncode:
        raise ProcessFailed(_sentence(process, log))


def _stop(started: subprocess.Popen[bytes]) -> None:
    if started.poll() is not None:
        return
    started.terminate()
    try:
        started.wait(_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        started.kill()
        started.wait()


def _sentence(process: Process, log: Path) -> str:
    lines = log.read_text("utf-8", errors="replace").strip().splitlines()
    return f"{process.capitalize()} failed: {lines[-1] if lines else 'it said nothing'} (see {log})"
