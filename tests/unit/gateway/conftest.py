"""A gateway with three systems let in, before a broker that is in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from gateway.app import build_app
from gateway.clients import CurrentClients
from gateway.clients_file import entrust
from gateway.limits import Limit
from gateway.settings import GatewaySettings
from gateway.tokens import Tokens
from gateway.wiring import Parts
from gateway.writer import Writer
from producers.event import Event
from producers.results import Accepted, Result, Undelivered
from producers.sources_file import add_source

SCHOOL, TRUST, COUNCIL = "trust7/mis", "rq3/epr", "la330/casework"
CLIENTS = ((SCHOOL, "education"), (TRUST, "health"), (COUNCIL, "social-care"))
LA = "330"


@dataclass
class Broker:
    """Keeps what it is given, or confirms nothing while it is away."""

    kept: list[Event] = field(default_factory=list)
    is_away: bool = False
    _sent: list[Result] = field(default_factory=list)

    def send(self, event: Event) -> None:
        """Take an event."""
        if self.is_away:
            self._sent.append(Undelivered("The broker does not answer."))
            return
        self.kept.append(event)
        self._sent.append(Accepted("topic", 0, len(self.kept), event.event_id))

    def results(self) -> Iterator[Result]:
        """Yield what became of each."""
        while self._sent:
            yield self._sent.pop(0)

    def close(self) -> None:
        """Do nothing."""


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    seconds: float = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


@dataclass(frozen=True)
class Gateway:
    """The application, what stands behind it, and the secrets of its clients."""

    http: TestClient
    broker: Broker
    clock: Clock
    secrets: dict[str, str]
    file: Path
    sources: Path

    def token(self, name: str = SCHOOL) -> str:
        """Return an access token of this client."""
        form = {"grant_type": "client_credentials"}
        answer = self.http.post("/token", data=form, auth=(name, self.secrets[name]))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def bearer(self, name: str = SCHOOL) -> dict[str, str]:
        """Return the header by which this client is known."""
        return {"Authorization": f"Bearer {self.token(name)}"}


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with a_gateway(
        tmp_path, rate_per_second=10, burst=20, max_body_bytes=200_000, max_events=20
    ) as made:
        yield made


@contextmanager
def a_gateway(folder: Path, *, https: bool = False, **settings: Any) -> Iterator[Gateway]:
    """Give a gateway that has these settings and keeps its files in this folder."""
    sources, file, secrets = folder / "sources.json", folder / "gateway.json", {}
    for name, agency in CLIENTS:
        organisation, _, system = name.partition("/")
        who = {"organisation": organisation, "system": system, "agency": agency}
        add_source(sources, **who, local_authorities=[LA])
        secrets[name] = str(entrust(file, sources, **who, local_authorities=[LA]))
    read = GatewaySettings(gateway_file=file, **settings)
    clients, broker, clock = CurrentClients(file), Broker(), Clock()
    parts = Parts(
        settings=read,
        clients=clients,
        tokens=Tokens(clients),
        writer=Writer(broker),
        rates=Limit(read.rate_per_second, read.burst, clock),
        attempts=Limit(1, 5, clock),
        now=lambda: datetime.now(UTC),
    )
    with TestClient(build_app(parts, https=https), raise_server_exceptions=False) as http:
        yield Gateway(http, broker, clock, secrets, file, sources)
