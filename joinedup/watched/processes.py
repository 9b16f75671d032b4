"""When each process is ready, and the port where it says so."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from ssl import SSLContext, create_default_context
from typing import TYPE_CHECKING, NoReturn, Protocol

import psycopg
import typer
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from consumers.settings import KeySettings, Settings
from dashboard.loopback import is_loopback
from joinedup.watched import conditions
from joinedup.watched.conditions import Shown, Works, every
from joinedup.watched.port import ProcessPort, Reasons, open_port
from joinedup.watched.tls import spoken

if TYPE_CHECKING:  # no worker loads what only the web does
    from dashboard.settings import DashboardSettings
    from gateway.settings import GatewaySettings

_POSTGRESQL_PORT = 5432
_KAFKA_PORT = 9092


class Watched(Protocol):
    """The settings of a process that has a port."""

    @property
    def metrics_host(self) -> str:
        """Where it listens."""

    @property
    def metrics_port(self) -> int:
        """On which port; 0 for none."""

    @property
    def metrics_tls(self) -> Path | None:
        """With which key and certificate; None for no TLS."""


class Client(Protocol):
    """The settings of a process that speaks to Kafka."""

    @property
    def kafka_bootstrap(self) -> str:
        """The brokers, as host:port, separated by commas."""

    @property
    def kafka_security(self) -> str:
        """PLAINTEXT, SASL_PLAINTEXT or SASL_SSL."""

    @property
    def kafka_ca_file(self) -> Path | None:
        """The authority of their certificates; None for the public ones."""


def watch_worker(process: str, settings: Settings, service: Works) -> None:
    """Open the port of a process of ``joinedup run``, where it has one."""
    _open(settings, lambda: (worker_is_ready(process, settings, service), _live(service)))


def watch_gateway(settings: GatewaySettings, writes: Callable[[], bool]) -> None:
    """Open the gateway's port, where it has one; writes: whether its writer is alive."""

    def writer() -> list[str]:
        return [] if writes() else ["The thread that publishes has ended: start it again."]

    _open(settings, lambda: (every(writer, kafka(settings)), lambda: ()))


def watch_dashboard(settings: DashboardSettings) -> None:
    """Open the dashboard's port, where it has one."""

    def ready() -> Reasons:
        store = postgresql("The store", settings.database_url)
        if settings.simulated:
            return every(store)
        return every(store, conditions.knows_the_present(Shown(), settings.stale_seconds))

    _open(settings, lambda: (ready(), lambda: ()))


def worker_is_ready(process: str, settings: Settings, service: Works) -> Reasons:
    """Return when this process is ready; a simulated set has no present to be behind of."""
    found = [
        conditions.goes_round(service, settings.stale_seconds),
        kafka(settings),
    ]
    address = getattr(settings, "database_url", None)
    if address is not None:
        found.append(postgresql("The store", address))
    if isinstance(settings, KeySettings):
        found.append(postgresql("The database of keys", settings.keys_database_url))
    if not settings.simulated:
        found += _OF[process](Shown(), settings.stale_seconds)
    return every(*found)


_OF: dict[str, Callable[[Shown, float], list[Reasons]]] = {
    "intake": lambda shown, stale: [
        conditions.is_fresh(shown, "intake", stale),
        conditions.clocks_agree(shown),
    ],
    "join": lambda shown, stale: [
        conditions.is_fresh(shown, "join", stale),
        conditions.has_shown_time(shown, stale),
    ],
    "relay": lambda shown, stale: [conditions.has_caught_up(shown, "relay", stale)],
    "sealer": lambda shown, stale: [conditions.has_caught_up(shown, "sealer", stale)],
    "notifier": lambda shown, stale: [],  # that its work goes round says all
}


def kafka(client: Client) -> Reasons:
    """Return the condition that a broker answers, over TLS where this client speaks it."""
    named = [one.strip().rpartition(":") for one in client.kafka_bootstrap.split(",")]
    listed = [
        (host.strip("[]") or port, int(port) if host else _KAFKA_PORT) for host, _, port in named
    ]
    encrypted = client.kafka_security == "SASL_SSL"
    # made anew for each look, as an authority may be renewed while a process runs
    tls = partial(create_default_context, cafile=client.kafka_ca_file) if encrypted else None
    return conditions.answers("Kafka", listed, tls)


def postgresql(name: str, address: SecretStr) -> Reasons:
    """Return the condition that PostgreSQL listens at this libpq address."""
    parts = conninfo_to_dict(address.get_secret_value())
    host, port = str(parts.get("host") or "127.0.0.1"), int(parts.get("port") or _POSTGRESQL_PORT)
    return conditions.answers(f"{name} (PostgreSQL)", [(host, port)])


def known_seconds(address: SecretStr) -> float:
    """Return up to when (seconds since 1970 UTC) every partition of the store is joined.

    0 where it does not answer, or nothing is joined yet.
    """
    try:
        with psycopg.connect(
            address.get_secret_value(), autocommit=True, application_name="dashboard-watched"
        ) as connection:
            connection.execute("SET statement_timeout = '2s'")
            row = connection.execute("SELECT min(kappa) FROM partition_state").fetchone()
    except psycopg.Error:
        return 0.0
    return (row[0] or 0) / 1000 if row else 0.0


def _live(service: Works) -> Reasons:
    return conditions.turns(service)


def _open(settings: Watched, made: Callable[[], tuple[Reasons, Reasons]]) -> None:
    if settings.metrics_port:
        tls = _tls(settings)
        not_ready, not_live = made()
        where = f"{settings.metrics_host}:{settings.metrics_port}"
        try:
            app = ProcessPort(not_ready, not_live)
            open_port(app, settings.metrics_host, settings.metrics_port, tls)
        except OSError as fault:
            _stop(
                f"{where} cannot be listened on ({fault.strerror}): set JOINEDUP_METRICS_PORT to a"
                " port that is free, or to 0 for none."
            )


def _tls(settings: Watched) -> SSLContext | None:
    """Return over which TLS the port answers; beyond this machine there has to be one."""
    file = settings.metrics_tls
    if file is None:
        if not is_loopback(settings.metrics_host):
            _stop(
                "Numbers leave this machine over TLS alone: set JOINEDUP_METRICS_TLS to a PEM file"
                " of key and certificate (joinedup certificates makes tls/metrics.pem), or"
                " JOINEDUP_METRICS_HOST to 127.0.0.1."
            )
        return None
    try:
        return spoken(file)
    except OSError as fault:
        said = getattr(fault, "reason", None) or fault.strerror or "it is no such file"
        _stop(f"{file} gives no key and certificate ({said}): see JOINEDUP_METRICS_TLS.")


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
