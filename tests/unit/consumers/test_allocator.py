"""The allocator keeps no arena for each thread."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

THREADS = """
import ctypes, sys, threading
from consumers.allocator import keep_little
if sys.argv[1] == "little":
    keep_little()
held, all_have = [], threading.Barrier(5)
def work():
    held.append([bytes(1_000 + n) for n in range(1_000)])
    all_have.wait()
for _ in range(4):
    threading.Thread(target=work).start()
all_have.wait()
ctypes.CDLL(None).malloc_stats()
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="glibc alone has arenas")
def test_threads_share_one_arena_once_it_is_asked_for() -> None:
    assert arenas("little") == 1
    assert arenas("much") > 1


def arenas(keeping: str) -> int:
    """Return in how many arenas the memory of a process with four threads lies."""
    done = subprocess.run(
        [sys.executable, "-c", THREADS, keeping], capture_output=True, text=True, check=True
    )
    return done.stderr.count("Arena ")
