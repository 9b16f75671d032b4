"""A real Keycloak on loopback, with nothing on disk but its program."""

from __future__ import annotations

import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile, rmtree

import httpx
from rich.console import Console

from stack.artefacts import Cache, read_lock
from stack.claims import only_one
from stack.java import find_java
from stack.layout import INFRA

LOCK = INFRA / "keycloak.lock"
REALM = Path(__file__).with_name("realm.json")
_READY_SECONDS = 400

# It lives for a few sign-ins: a quick start is worth more than optimised code.
_JVM = (
    *("-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
    *("-Djava.util.logging.manager=org.jboss.logmanager.LogManager",),
    "-Djava.util.concurrent.ForkJoinPool.common.threadFactory"
    "=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
    *(
        f"--add-opens=java.base/java.{part}=ALL-UNNAMED"
        for part in ("util", "util.concurrent", "security", "lang")
    ),
)
_MAIN = ("-cp", "lib/quarkus-run.jar", "io.quarkus.bootstrap.runner.QuarkusEntryPoint")
_OPTIONS = (
    *("start", "--import-realm", "--http-enabled=true", "--http-host=127.0.0.1"),
    *(
        "--hostname-strict=false",
        "--db-url=jdbc:h2:mem:keycloak;NON_KEYWORDS=VALUE;DB_CLOSE_DELAY=-1",
    ),
)
"""What can be said when it starts. Other options, and `start-dev`, have its program laid out anew,
which takes longer than all the rest; it is told below that this has been done."""


@contextmanager
def keycloak(home: Path, port: int, log: Path) -> Iterator[str]:
    """Yield the issuer of the realm of the tests, while the server of this folder runs."""
    java = str(find_java(INFRA / "fallback.lock", Console(stderr=True)).program)
    command = [java, *_JVM, f"-Dkc.home.dir={home}", f"-Djboss.server.config.dir={home}/conf"]
    with log.open("wb") as written:
        server = subprocess.Popen(
            [*command, "-Dkc.config.built=true", *_MAIN, *_OPTIONS, f"--http-port={port}"],
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
        try:
            issuer = f"http://127.0.0.1:{port}/realms/joinedup"
            _wait(server, issuer, log)
            yield issuer
        finally:
            server.kill()  # it has nothing to keep, and takes its time to end
            server.wait()


def unpacked(cache: Path) -> Path:
    """Return the folder of the program, which is fetched and unpacked once."""
    found = Cache(folder=cache, lock=LOCK)
    home = cache / read_lock(LOCK)[0].file_name.removesuffix(".zip")
    cache.mkdir(parents=True, exist_ok=True)
    with only_one(cache / "keycloak"):
        if not home.is_dir():
            found.fetch(Console(stderr=True))
            partial = cache / "keycloak.part"
            rmtree(partial, ignore_errors=True)
            with zipfile.ZipFile(found.files()[0]) as archive:
                archive.extractall(partial)
            (inner,) = partial.iterdir()
            inner.replace(home)
            partial.rmdir()
            found.files()[0].unlink()
        (home / "data" / "import").mkdir(parents=True, exist_ok=True)
        copyfile(REALM, home / "data" / "import" / REALM.name)
    return home


def _wait(server: subprocess.Popen[bytes], issuer: str, log: Path) -> None:
    until = time.monotonic() + _READY_SECONDS
    while True:
        assert server.poll() is None and time.monotonic() < until, log.read_text()[-2000:]
        if _answers(issuer):
            return
        time.sleep(0.2)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, trust_env=False, timeout=5).is_success
    except httpx.HTTPError:
        return False
