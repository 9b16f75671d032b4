"""Child processes that outlive the command that started them, known by a pid file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from stack.accounts import Account
from stack.errors import StackError

_POLL_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True)
class Watched:
    """How a service is known while it runs: its name, pid file, log, and what ends it."""

    service: str
    pid_file: Path
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM


@dataclass(frozen=True, kw_only=True)
class Program:
    """How a service is run: its command line, where, and as whom."""

    watched: Watched
    arguments: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    account: Account | None = None


def start(program: Program) -> subprocess.Popen[bytes]:
    """Start the program in a session of its own, write its pid file, and return the child."""
    account, watched = program.account, program.watched
    with watched.log.open("ab") as log:
        child = subprocess.Popen(
            program.arguments,
            cwd=program.directory,
            env={**os.environ, **program.environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=() if account else None,
        )
    _write_pid(watched.pid_file, psutil.Process(child.pid))
    return child


def _write_pid(pid_file: Path, process: psutil.Process) -> None:
    """Keep the start time beside the pid: a pid alone may come back as somebody else's process."""
    partial = pid_file.with_suffix(".part")
    partial.write_text(json.dumps({"pid": process.pid, "started": process.create_time()}))
    partial.replace(pid_file)


def find(pid_file: Path) -> psutil.Process | None:
    """Return the process that this pid file names, or None if it does not run."""
    try:
        written = json.loads(pid_file.read_text())
        process = psutil.Process(written["pid"])
        same = abs(process.create_time() - written["started"]) < 1
        running = same and process.status() != psutil.STATUS_ZOMBIE
    except (FileNotFoundError, ValueError, KeyError, psutil.Error):
        return None
    return process if running else None


def stop(watched: Watched, *, seconds: float = 60) -> None:
    """Ask the service to stop and wait until it has; end it if it will not."""
    process = find(watched.pid_file)
    if process is not None:
        children = process.children(recursive=True)
        process.send_signal(watched.stop_signal)
        _gone, left = psutil.wait_procs([process, *children], timeout=seconds)
        for stubborn in left:
            stubborn.kill()
        psutil.wait_procs(left, timeout=10)
    watched.pid_file.unlink(missing_ok=True)


def wait_until(ready: Callable[[], bool], watched: Watched, *, seconds: float) -> None:
    """Return once the service is ready; raise StackError if it ends first or takes too long."""
    deadline = time.monotonic() + seconds
    while not ready():
        if find(watched.pid_file) is None:
            raise StackError(
                f"{watched.service} stopped while it was starting ({last_line(watched.log)}): "
                f"see {watched.log}."
            )
        if time.monotonic() > deadline:
            raise StackError(
                f"{watched.service} was not ready after {seconds:.0f} seconds: see {watched.log}."
            )
        time.sleep(_POLL_SECONDS)


def last_line(log: Path) -> str:
    """Return the last line with text in a log, shortened, or `no output`."""
    try:
        lines = log.read_text(errors="replace").splitlines()[-50:]
    except FileNotFoundError:
        lines = []
    said = [line.strip() for line in lines if line.strip()]
    return said[-1][:300] if said else "no output"
