"""A command that is told to end stops what it started, and leaves what ran before it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from joinedup.commands import bench as bench_command
from joinedup.commands import demo_processes
from joinedup.commands.interrupted import Interrupted, nothing_left_running
from joinedup.commands.run import Process
from joinedup.main import app


class Stack:
    """Stands for the local stack: whether it runs, and whether it was stopped."""

    def __init__(self, *, ran: bool = False) -> None:
        self._ran = ran
        self.was_stopped = False

    def status(self) -> list[Any]:
        return [SimpleNamespace(pid=1 if self._ran else None)]

    def down(self) -> list[str]:
        os.kill(os.getpid(), signal.SIGTERM)  # somebody loses patience
        self.was_stopped = True
        return []


def tell(number: int) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whichever_way_it_is_told_to_end_the_stack_is_stopped(number: int) -> None:
    stack: Any = Stack()
    handlers = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with pytest.raises(Interrupted) as told, nothing_left_running(stack):
        tell(number)
    assert stack.was_stopped
    assert told.value.exit_code == 128 + number
    assert handlers == (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM))


def test_a_stack_that_ran_before_is_left_running() -> None:
    stack: Any = Stack(ran=True)
    with pytest.raises(Interrupted), nothing_left_running(stack):
        tell(signal.SIGTERM)
    assert not stack.was_stopped


def test_a_stack_is_stopped_after_a_fault_and_left_after_success() -> None:
    stack: Any = Stack()
    with nothing_left_running(stack):
        pass
    assert not stack.was_stopped
    with pytest.raises(ZeroDivisionError), nothing_left_running(stack):
        _ = 1 / 0
    assert stack.was_stopped


def test_a_benchmark_that_is_told_to_end_stops_its_processes_and_the_stack(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stack, started = Stack(), []
    monkeypatch.setattr(bench_command, "LocalStack", lambda *_, **__: stack)
    monkeypatch.setattr(bench_command, "measured", in_the_midst_of(started, tmp_path))
    monkeypatch.setattr(demo_processes, "subprocess", sleeping())
    result = CliRunner().invoke(app, ["bench", "--only", "latency", "--root", str(tmp_path)])
    assert result.exit_code == 143
    assert started[0].returncode == -signal.SIGTERM
    assert stack.was_stopped


def in_the_midst_of(started: list[Any], folder: Path) -> Callable[..., Any]:
    """Return a part of the benchmark that is told to end while a process of it runs."""

    def measured(*_: Any) -> None:
        with demo_processes.running(Process.JOIN, {}, folder / "join.log") as process:
            started.append(process)
            tell(signal.SIGTERM)

    return measured


def sleeping() -> Any:
    """Return what starts a process that waits, whatever it is told to start."""

    def popen(_: Any, **how: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], **how)

    return SimpleNamespace(
        Popen=popen,
        DEVNULL=subprocess.DEVNULL,
        STDOUT=subprocess.STDOUT,
        TimeoutExpired=subprocess.TimeoutExpired,
    )
