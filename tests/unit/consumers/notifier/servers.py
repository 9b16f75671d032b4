"""Servers as a notifier meets them: SMTP with TLS and a login, GOV.UK Notify's API, a webhook."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import jwt
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from stack.certificates import Certificates

LOGIN = ("joinedup", "a password of the mail server")


class MailServer:
    """A real SMTP server that takes mail over STARTTLS from who is logged in."""

    def __init__(self, folder: Path) -> None:
        self.messages: list[Message] = []
        self.answers: list[str] = []
        """What to answer to the next messages, instead of taking them."""
        certificates = Certificates(folder=folder / "tls")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificates.server("mail", ("127.0.0.1", "localhost")))
        self.ca_file = certificates.authority
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=_free_port(),
            tls_context=context,
            require_starttls=True,
            authenticator=_logged_in,
            auth_required=True,
        )

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address.startswith("gone"):
            return "550 5.1.1 There is no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.messages.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"

    @property
    def port(self) -> int:
        return int(self._controller.port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _t: TracebackType | None,
    ) -> None:
        self._controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _logged_in(*given: Any) -> AuthResult:
    login = given[4]
    right = LoginPassword(*(part.encode() for part in LOGIN))
    is_right = isinstance(login, LoginPassword) and login == right
    return AuthResult(success=is_right, handled=False)


class HttpServer:
    """Answers each request by ``answer``; what came is kept. chain: with which it speaks TLS."""

    def __init__(self, chain: Path | None = None) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                self._say(*outer.answer(self.path, self.headers, self.rfile.read(length)))

            def do_GET(self) -> None:
                self._say(*outer.answer(self.path, self.headers, b""))

            def _say(self, status: int, said: Any) -> None:
                content = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._scheme = "https" if chain else "http"
        if chain:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(chain)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    @property
    def address(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def answer(self, path: str, headers: Any, content: bytes) -> tuple[int, Any]:
        raise AssertionError("each server answers in its own way")

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class NotifyServer(HttpServer):
    """GOV.UK Notify, as its API is documented: what is sent is accepted, and has a status."""

    SERVICE: ClassVar = "26785a09-ab16-4eb0-8407-a37497a57506"
    SECRET: ClassVar = "3d844edf-8d35-48ac-975b-e847b4f122b0"

    def __init__(self, chain: Path | None = None) -> None:
        super().__init__(chain)
        self.sent: list[dict[str, Any]] = []
        self.status = "delivered"
        self.statuses: dict[str, str] = {}
        """Of messages with one of their own, by their ids at Notify."""
        self.refusals: list[tuple[int, str, str]] = []
        """Status, error and message of what to answer to the next messages."""

    @property
    def api_key(self) -> str:
        return f"a_name-{self.SERVICE}-{self.SECRET}"

    @property
    def last_id(self) -> str:
        """The id of the message that came last."""
        return f"740e5834-3a29-46b4-9a6f-{len(self.sent):012}"

    def answer(self, path: str, headers: Any, content: bytes) -> tuple[int, Any]:
        token = headers["authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, self.SECRET, algorithms=["HS256"])
        assert claims["iss"] == self.SERVICE
        assert abs(claims["iat"] - time.time()) < 30  # seconds, as Notify asks
        kind = path.rpartition("/")[2]
        if kind in ("email", "sms"):
            if self.refusals:
                status, error, said = self.refusals.pop(0)
                if not error:
                    return status, said
                return status, {
                    "status_code": status,
                    "errors": [{"error": error, "message": said}],
                }
            self.sent.append({"type": kind, **json.loads(content)})
            return 201, {"id": self.last_id, "reference": self.sent[-1]["reference"], "content": {}}
        return 200, {"id": kind, "status": self.statuses.get(kind, self.status)}


class WebhookServer(HttpServer):
    """An authority's own system."""

    def __init__(self) -> None:
        super().__init__()
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []

    def answer(self, path: str, headers: Any, content: bytes) -> tuple[int, Any]:
        self.came.append(({name.lower(): value for name, value in headers.items()}, content))
        return (self.statuses.pop(0) if self.statuses else 204), {}
