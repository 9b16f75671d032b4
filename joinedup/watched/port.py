"""The port of a process: ``/metrics`` for Prometheus, ``/ready`` and ``/live`` for who runs it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from socketserver import ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import REGISTRY, CollectorRegistry, Gauge, Info, make_wsgi_app

if TYPE_CHECKING:
    from ssl import SSLContext
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Reasons = Callable[[], Sequence[str]]
"""Returns why not, in sentences without personal data; nothing where all is well."""

_ASKER_SECONDS = 10  # for a request, and to shake hands
_SAID = {200: "200 OK", 404: "404 Not Found", 503: "503 Service Unavailable"}


def nothing() -> Sequence[str]:
    """Return that nothing speaks against it."""
    return ()


class ProcessPort:
    """What a process answers, as a WSGI application."""

    def __init__(
        self,
        not_ready: Reasons,
        not_live: Reasons = nothing,
        registry: CollectorRegistry = REGISTRY,
    ) -> None:
        """Take why the process is not ready, why it is not live, and where its numbers are."""
        ready = Gauge(
            "joinedup_process_ready",
            "1 where the process says that it is ready, 0 where it does not: /ready says why.",
            registry=registry,
        )
        ready.set_function(lambda: float(not not_ready()))
        about = Info("joinedup_build", "The release that runs.", registry=registry)
        about.info({"version": version("joinedup")})
        self._metrics = make_wsgi_app(registry)
        self._asked = {"/ready": ("ready", not_ready), "/live": ("live", not_live)}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            shown: Iterable[bytes] = self._metrics(environ, start_response)
            return shown
        name, why_not = self._asked.get(path, ("", nothing))
        if not name:
            said = {"detail": "There are /metrics, /ready and /live."}
            return _answer(start_response, 404, said)
        reasons = list(why_not())
        body = {name: not reasons, "reasons": reasons}
        return _answer(start_response, 503 if reasons else 200, body)


def _answer(start_response: StartResponse, status: int, body: object) -> Iterable[bytes]:
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    start_response(_SAID[status], headers)
    return [json.dumps(body).encode() + b"\n"]


class _Server(ThreadingMixIn, WSGIServer):
    """One thread for each request, so that a slow asker keeps nobody from asking."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of who breaks off, or does not speak TLS: it is answered nothing."""


class _Silent(WSGIRequestHandler):
    """Logs no request: they come every few seconds."""

    timeout = _ASKER_SECONDS

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def open_port(
    app: WSGIApplication, host: str, port: int, tls: SSLContext | None = None
) -> WSGIServer:
    """Answer on this port in a thread that ends with the process; return the server.

    tls: over which TLS; None for none. Raises OSError where the port is taken.
    """
    server = make_server(host, port, app, _Server, _Silent)
    if tls is not None:
        # The thread of its request shakes hands, not the one that all wait for.
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    Thread(target=server.serve_forever, name="process-port", daemon=True).start()
    return server
