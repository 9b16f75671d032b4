"""How soon process and PostgreSQL notice that the other is gone, where all that is sent is lost.

Run as root, as ``python -m tests.faults.swallowed``: in a network of its own, which is taken away.
One connection has the address of the settings; the other has the kernel's patience (two hours),
and is given up after a minute. A third stands idle in the midst of a transaction: that the server
ends it shows that what it held is free.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from pydantic import SecretStr

from consumers.address import noticing_loss
from joinedup.commands.stack import prepare_store
from stack import LocalStack, Ports
from stack.local import LIVE_STORE
from tests.faults.pipeline import CACHE

INSIDE = "--inside"
GIVEN = "as given"
GIVE_UP_SECONDS = 60


def network(state: str) -> None:
    """Bring the network of this process ``up`` or ``down``."""
    subprocess.run(["ip", "link", "set", "lo", state], check=True)


def lost_after(connection: psycopg.Connection[Any]) -> float:
    """Return after how many seconds a question that is never answered fails."""
    began = time.monotonic()
    try:
        connection.execute("SELECT pg_sleep(3600)")
    except psycopg.OperationalError:
        return time.monotonic() - began
    raise AssertionError("It was answered: the network is still there.")


def hang_up(connection: psycopg.Connection[Any]) -> None:
    """End a connection under a question that still waits, which nobody else would."""
    if not connection.closed:
        with socket.socket(fileno=os.dup(connection.fileno())) as end:
            end.shutdown(socket.SHUT_RDWR)


def noticed(addresses: Mapping[str, str]) -> dict[str, str]:
    """Take the network away and return how soon each connection was noticed to be lost."""
    connections = {name: psycopg.connect(one, autocommit=True) for name, one in addresses.items()}
    idle = psycopg.connect(addresses[GIVEN])
    idle.execute("SELECT 1")
    threads = ThreadPoolExecutor()
    asked = {name: threads.submit(lost_after, one) for name, one in connections.items()}
    time.sleep(1)  # the questions are on their way
    network("down")
    wait(asked.values(), GIVE_UP_SECONDS)
    found = {name: _said(one) for name, one in asked.items()}
    network("up")
    for one in connections.values():
        hang_up(one)
    threads.shutdown()
    return found | {"an idle transaction, by the server": _ended(addresses[GIVEN], idle)}


def _ended(address: str, idle: psycopg.Connection[Any]) -> str:
    query = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
    with psycopg.connect(address) as connection:
        (left,) = connection.execute(query, [idle.info.backend_pid]).fetchone() or (None,)
    return f"not within {GIVE_UP_SECONDS} s" if left else f"within {GIVE_UP_SECONDS} s"


def _said(asked: Future[float]) -> str:
    return f"{asked.result():.1f} s" if asked.done() else f"not within {GIVE_UP_SECONDS} s"


def inside() -> None:
    """Start a stack in this network, and print what came of taking it away."""
    network("up")
    with TemporaryDirectory(prefix="joinedup-swallowed-") as folder:
        stack = LocalStack(Path(folder), Ports.free(), cache=CACHE)
        stack.up()
        try:
            prepare_store(stack, LIVE_STORE)
            given = stack.environment("join")["JOINEDUP_DATABASE_URL"]
            settings = noticing_loss(SecretStr(given)).get_secret_value()
            for name, said in noticed({"as the settings say": settings, GIVEN: given}).items():
                print(f"{name}: {said}", flush=True)
        finally:
            stack.down(erase=True)


if __name__ == "__main__":
    if INSIDE in sys.argv:
        inside()
    else:
        alone = ["unshare", "--net", sys.executable, "-m", "tests.faults.swallowed", INSIDE]
        sys.exit(subprocess.run(alone, check=False).returncode)
