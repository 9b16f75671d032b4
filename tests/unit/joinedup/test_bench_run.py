"""The benchmark notices a process that died, and begins anew on a fresh store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil

from joinedup.bench.run import Bench, has_ended


def test_a_child_that_ended_is_noticed_before_anybody_asks_for_its_exit_code() -> None:
    with subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"]) as dead:
        process = psutil.Process(dead.pid)
        os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
        assert has_ended(process)


def test_a_child_that_lives_has_not_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as alive:
        assert not has_ended(psutil.Process(alive.pid))
        alive.terminate()


def test_a_fresh_store_is_asked_by_a_connection_of_its_own() -> None:
    nothing: Any = None
    done: list[str] = []
    run = Bench(nothing, Path(), print)
    old: Any = SimpleNamespace(close=lambda: done.append("closed"))
    made: Any = SimpleNamespace(prepare=lambda: done.append("made anew"))
    run._connections["reader"], run._shown = old, made
    run.prepare()
    assert done == ["closed", "made anew"]
    assert not run._connections
