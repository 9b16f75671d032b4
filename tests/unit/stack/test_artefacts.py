"""Fetched programs are whole and checked, or there is a sentence that says what to do."""

from __future__ import annotations

import errno
import hashlib
import http.server
import threading
from collections.abc import Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pytest
from rich.console import Console

from joinedup.commands.dashboard import PAGES_LOCK
from stack import artefacts
from stack.artefacts import Cache, read_lock
from stack.errors import ProgramMissing, StackError
from tests.ports import free_ports

CONTENT = b"a jar of this test"
PATH = "org/example/thing/1.0/thing-1.0.jar"
SILENT = Console(quiet=True)


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[str]:
    """A Maven repository on loopback with one file."""
    file = tmp_path / "repository" / PATH
    file.parent.mkdir(parents=True)
    file.write_bytes(CONTENT)
    handler = partial(Handler, directory=str(tmp_path / "repository"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        serving.join()


def cache_of(tmp_path: Path, repository: str, sha256: str | None = None) -> Cache:
    digest = sha256 or hashlib.sha256(CONTENT).hexdigest()
    lock = tmp_path / "jars.lock"
    lock.write_text(
        "# a comment\n"
        f"org.example:thing:1.0 {digest}\n"
        "io.apicurio:apicurio-registry-app:tar.gz:all:0 0\n"
    )
    (tmp_path / "cache" / "apicurio-registry-app-0-all").mkdir(parents=True)
    return Cache(folder=tmp_path / "cache", lock=lock, repository=repository)


def test_a_file_is_fetched_under_its_own_name(tmp_path: Path, repository: str) -> None:
    cache = cache_of(tmp_path, repository)
    cache.fetch(SILENT)
    assert (tmp_path / "cache" / "thing-1.0.jar").read_bytes() == CONTENT
    assert cache.kafka_class_path() == str(tmp_path / "cache" / "thing-1.0.jar")


def test_what_is_there_is_not_fetched_again(tmp_path: Path, repository: str) -> None:
    cache_of(tmp_path, repository).fetch(SILENT)
    (tmp_path / "repository" / PATH).unlink()
    Cache(folder=tmp_path / "cache", lock=tmp_path / "jars.lock", repository=repository).fetch(
        SILENT
    )


def test_a_damaged_file_is_fetched_again(tmp_path: Path, repository: str) -> None:
    cache = cache_of(tmp_path, repository)
    (tmp_path / "cache" / "thing-1.0.jar").write_bytes(b"damaged")
    cache.fetch(SILENT)
    assert (tmp_path / "cache" / "thing-1.0.jar").read_bytes() == CONTENT


def test_a_file_with_another_checksum_is_refused_and_not_kept(
    tmp_path: Path, repository: str
) -> None:
    cache = cache_of(tmp_path, repository, sha256="0" * 64)
    with pytest.raises(StackError, match="SHA-256 differs"):
        cache.fetch(SILENT)
    assert [file.name for file in (tmp_path / "cache").glob("thing*")] == []


def test_without_a_network_the_sentence_says_what_to_check(tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_ports().kafka}"
    with pytest.raises(ProgramMissing, match="check the network") as refused:
        cache_of(tmp_path, nobody).fetch(SILENT)
    assert nobody not in str(refused.value)
    assert [file.name for file in (tmp_path / "cache").glob("thing*")] == []


def test_without_room_nothing_is_fetched(tmp_path: Path, repository: str) -> None:
    with pytest.raises(StackError, match="make room"):
        artefacts.require_room(tmp_path, 1 << 60)


def test_a_full_disk_is_not_taken_for_a_missing_network(tmp_path: Path, repository: str) -> None:
    (locked, _registry) = read_lock(cache_of(tmp_path, repository).lock)
    full = OSError(errno.ENOSPC, "No space left on device")
    said = str(artefacts._Fetch._explained(locked, full))
    assert "No space left on device" in said and "network" not in said


def test_a_lock_without_a_registry_is_fetched_too(tmp_path: Path, repository: str) -> None:
    lock = tmp_path / "pages.lock"
    lock.write_text(f"org.example:thing:1.0 {hashlib.sha256(CONTENT).hexdigest()}\n")
    cache = Cache(folder=tmp_path / "cache", lock=lock, repository=repository)
    cache.fetch(SILENT)
    assert [file.read_bytes() for file in cache.files()] == [CONTENT]


def test_the_macros_are_of_the_frontend_that_is_locked() -> None:
    (frontend,) = read_lock(PAGES_LOCK)
    assert frontend.coordinate == "org.webjars.npm:govuk-frontend:5.14.0"
    assert version("govuk-frontend-jinja").startswith("3.10."), "the macros of 5.14"
