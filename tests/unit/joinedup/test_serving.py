"""Over which TLS our servers are spoken to, and whose word counts for who asks."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from joinedup.commands.serving import options
from stack.certificates import Certificates
from tests.tls import NOT_AGREED, WEAK, spoken


def who_asks(request: Request) -> PlainTextResponse:
    assert request.client is not None
    return PlainTextResponse(request.client.host)


@contextmanager
def serving(tls: Path | None = None, proxy: str = "") -> Iterator[int]:
    app = Starlette(routes=[Route("/", who_asks)])
    server = uvicorn.Server(uvicorn.Config(app, **options(tls, proxy=proxy)))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def tls_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    made = Certificates(folder=tmp_path_factory.mktemp("tls"))
    with serving(made.server("gateway", ("127.0.0.1",))) as port:
        yield port, made.authority


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_a_version_of_tls_that_is_broken_is_not_spoken(tls_port, version: ssl.TLSVersion) -> None:
    with pytest.raises(NOT_AGREED):
        spoken(*tls_port, version)


def test_tls_1_2_and_1_3_are_with_a_new_key_for_each_connection(tls_port) -> None:
    assert spoken(*tls_port, ssl.TLSVersion.TLSv1_3)[0] == "TLSv1.3"
    version, cipher = spoken(*tls_port, ssl.TLSVersion.TLSv1_2)
    assert version == "TLSv1.2" and cipher.startswith("ECDHE-")


@pytest.mark.parametrize("weak", WEAK)
def test_a_cipher_without_that_or_without_authentication_is_not_taken(tls_port, weak: str) -> None:
    with pytest.raises(NOT_AGREED):
        spoken(*tls_port, ssl.TLSVersion.TLSv1_2, weak)


@pytest.mark.parametrize(
    ("proxy", "counts"),
    [("", "127.0.0.1"), ("10.1.2.3", "127.0.0.1"), ("127.0.0.1", "203.0.113.9")],
)
def test_who_asks_is_who_connects_unless_a_proxy_that_was_named_says_otherwise(
    proxy: str, counts: str
) -> None:
    with serving(proxy=proxy) as port:
        said = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
        assert httpx.get(f"http://127.0.0.1:{port}/", headers=said).text == counts


def test_no_server_of_ours_is_started_otherwise() -> None:
    commands = Path(__file__).resolve().parents[3] / "joinedup" / "commands"
    for file in commands.glob("*.py"):
        text = file.read_text()
        started = text.count("uvicorn.run(") + text.count("uvicorn.Config(")
        assert started == 0 or text.count("**options(") == started, file.name
