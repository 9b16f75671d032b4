"""The benchmark notices a process that died."""

from __future__ import annotations

import os
import subprocess
import sys

import psutil

from joinedup.bench.run import has_ended


def test_a_child_that_ended_is_noticed_before_anybody_asks_for_its_exit_code() -> None:
    with subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"]) as dead:
        process = psutil.Process(dead.pid)
        os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
        assert has_ended(process)


def test_a_child_that_lives_has_not_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as alive:
        assert not has_ended(psutil.Process(alive.pid))
        alive.terminate()
