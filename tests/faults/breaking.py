"""How each thing is broken and mended again, on the real stack."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit

import psycopg

from consumers.settings import PREFIX
from stack import LocalStack, processes
from stack.accounts import give, unprivileged
from stack.layout import KAFKA, POSTGRESQL, REGISTRY
from tests.faults.pipeline import Pipeline
from tests.faults.proxy import HOST, Proxy
from tests.ports import free_ports

AWAY_SECONDS = 3.0
"""How long what is broken stays so."""


def kill(stack: LocalStack, service: str) -> None:
    """End a service and all its processes as a loss of power would."""
    found = processes.find(stack.layout.watched()[service].pid_file)
    assert found is not None
    os.killpg(found.pid, signal.SIGKILL)
    found.wait()


def stop(stack: LocalStack, service: str) -> None:
    """Stop a service as its operator would."""
    processes.stop(stack.layout.watched()[service])


def away(
    pipeline: Pipeline,
    end: Callable[[LocalStack, str], None],
    service: str,
    seconds: float = AWAY_SECONDS,
) -> None:
    """End the service, keep it away for a while, and start it again."""
    end(pipeline.stack, service)
    if service == POSTGRESQL:
        pipeline.disconnect()
    wait(pipeline, seconds)
    pipeline.stack.up()


def wait(pipeline: Pipeline, seconds: float) -> None:
    """Be the supervisor for so long."""
    over = time.monotonic() + seconds
    pipeline.until(lambda: time.monotonic() > over, "the time to pass")


def sessions_ended(pipeline: Pipeline) -> None:
    """End every session of ours in PostgreSQL, as a failover does."""
    pipeline.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename LIKE 'joinedup_%' AND datname LIKE current_database() || '%'"
    )


@contextmanager
def on_a_small_disk(pipeline: Pipeline, megabytes: int) -> Iterator[Path]:
    """Put the store on a file system of this size, which takes root; give its folder."""
    folder = Path(mkdtemp(prefix="joinedup-disk-"))  # where PostgreSQL's account comes too
    size = f"size={megabytes}m"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", folder], check=True)
    try:
        space = folder / "space"
        space.mkdir(mode=0o700)
        give(unprivileged(), space)
        _as_superuser(
            pipeline,
            f"CREATE TABLESPACE {pipeline.store} LOCATION '{space}'",
            f"ALTER DATABASE {pipeline.store} SET TABLESPACE {pipeline.store}",
        )
        yield folder
        _as_superuser(
            pipeline,
            f"ALTER DATABASE {pipeline.store} SET TABLESPACE pg_default",
            f"DROP TABLESPACE {pipeline.store}",
        )
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        folder.rmdir()


def fill(folder: Path) -> Path:
    """Fill a file system to its last byte; return the file that did it."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file, suppress(OSError):
        while True:
            file.write(bytes(64 * 1024))
            file.flush()
    return ballast


def _as_superuser(pipeline: Pipeline, *statements: str) -> None:
    pipeline.disconnect()
    with psycopg.connect(pipeline.stack._superuser(), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def proxied(pipeline: Pipeline, process: str, service: str) -> Proxy:
    """Return a proxy, not started, through which this process will reach the service."""
    ports = pipeline.stack.ports
    listen = ports.proxy if service == KAFKA else free_ports().kafka
    to = {KAFKA: ports.proxied, POSTGRESQL: ports.postgresql, REGISTRY: ports.registry}[service]
    told = pipeline.told.setdefault(process, {})
    for name, value in pipeline.environment(process).items():
        if name in _ADDRESSES[service]:
            told[name] = _through(value, listen)
    return Proxy(listen, to)


_ADDRESSES = {
    KAFKA: {f"{PREFIX}KAFKA_BOOTSTRAP"},
    POSTGRESQL: {f"{PREFIX}DATABASE_URL", f"{PREFIX}KEYS_DATABASE_URL"},
    REGISTRY: {f"{PREFIX}REGISTRY_URL"},
}


def _through(address: str, port: int) -> str:
    """Return the address with another port."""
    if "://" not in address:
        return f"{HOST}:{port}"
    old = urlsplit(address).port
    return address.replace(f"{HOST}:{old}", f"{HOST}:{port}")
