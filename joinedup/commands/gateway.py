"""``joinedup gateway``: events over HTTP, from systems that cannot speak Kafka."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from consumers.errors import SettingsError
from dashboard.loopback import is_loopback, require_https
from gateway.app import build_app
from gateway.clients import ClientsInvalid, CurrentClients
from gateway.issuer import Issuer, Trusted, TrustedInvalid
from gateway.limits import Limit
from gateway.receipts import Receipts
from gateway.schema_numbers import SchemaNumbers
from gateway.settings import GatewaySettings
from gateway.tokens import Tokens
from gateway.wiring import Parts
from gateway.writer import FailPoint, Writer, nothing_fails
from joinedup.commands.env_files import settings_file
from joinedup.commands.process_log import log_to_stderr
from joinedup.commands.serving import options
from joinedup.watched.processes import watch_gateway
from joinedup.watched.tracing import begin_traces
from producers.publisher import Publisher
from schemas.registry import Registry

DEFAULT_PORT = 8322
DEFAULT_ENV_FILE = Path(".local/env/gateway.env")
_ATTEMPTS_PER_SECOND, _ATTEMPTS = 1.0, 30
_SCHEMAS_PER_SECOND, _SCHEMAS = 10.0, 500
"""How often an address may ask about schemas; a client asks once about each type."""
_LAST_SECONDS = 10
"""For requests that are under way when it is told to stop; whoever is cut off sends again."""

EnvFile = Annotated[
    Path | None,
    typer.Option(exists=True, help=f"File of settings; else {DEFAULT_ENV_FILE} if there."),
]
Host = Annotated[
    str, typer.Option(help="Address to listen on; beyond this machine over TLS alone.")
]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]
Certificate = Annotated[
    Path | None,
    typer.Option("--tls", exists=True, help="PEM file of certificate and key, for HTTPS."),
]


def register(app: typer.Typer) -> None:
    """Mount ``joinedup gateway``."""
    app.command("gateway")(gateway)


def gateway(
    env_file: EnvFile = None,
    host: Host = "127.0.0.1",
    port: Port = DEFAULT_PORT,
    tls: Certificate = None,
    proxy: Annotated[
        str,
        typer.Option(
            help="Address of your proxy, whose X-Forwarded-For says who asks for a token."
        ),
    ] = "",
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Write the log as one JSON object a line.")
    ] = False,
) -> None:
    """Take events over HTTP until it is told to stop, from systems let in by source add --http."""
    log_to_stderr(log_json)
    if tls is None and not is_loopback(host):
        stop(f"{host} can be reached from elsewhere: give --tls, or listen on 127.0.0.1.")
    try:
        begin_traces("gateway")
        settings = settings_of(env_file)
        app = built(settings, https=tls is not None)
    except (ClientsInvalid, SettingsError) as fault:
        stop(str(fault))
    watch_gateway(settings, lambda: app.state.parts.writer.is_alive)
    where = f"[{host}]" if ":" in host else host
    typer.echo(f"The gateway: {'https' if tls else 'http'}://{where}:{port}/")
    uvicorn.run(
        app,
        host=host,
        port=port,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_LAST_SECONDS,
        **options(tls, proxy=proxy),
    )


def settings_of(env_file: Path | None) -> GatewaySettings:
    """Return the settings of a file and the environment; a fault names the variables that lack."""
    file = settings_file(env_file, DEFAULT_ENV_FILE)
    # pydantic-settings takes the file by a name that its type does not show.
    given: dict[str, Any] = {"_env_file": file}
    try:
        return GatewaySettings(**given)
    except ValidationError as wrong:
        names = ", ".join(f"JOINEDUP_{str(one['loc'][0]).upper()}" for one in wrong.errors())
        stop(f"Set {names}, or give --env-file; `joinedup up` writes {DEFAULT_ENV_FILE}.")


def built(
    settings: GatewaySettings, fail: FailPoint = nothing_fails, *, https: bool = False
) -> FastAPI:
    """Return the application, wired; raises ClientsInvalid.

    fail: called between its steps. https: it speaks TLS, and says so.
    """
    clients = CurrentClients(settings.gateway_file)
    parts = Parts(
        settings=settings,
        clients=clients,
        tokens=Tokens(clients, settings.token_seconds),
        writer=Writer(Publisher(settings, speakers=clients), fail),
        rates=Limit(settings.rate_per_second, settings.burst, time.monotonic),
        attempts=Limit(_ATTEMPTS_PER_SECOND, _ATTEMPTS, time.monotonic),
        now=lambda: datetime.now(UTC),
        receipts=receipts_of(settings),
        issuer=issuer_of(settings),
        schemas=SchemaNumbers(
            Registry(settings.registry_url, ca_file=settings.registry_ca_file),
            Limit(_SCHEMAS_PER_SECOND, _SCHEMAS, time.monotonic),
        ),
    )
    return build_app(parts, https=https)


def issuer_of(settings: GatewaySettings) -> Issuer | None:
    """Return whose tokens are taken beside the gateway's own, or None where nobody's are."""
    if not settings.issuer:
        return None
    if not settings.issuer_audience:
        stop("Set JOINEDUP_ISSUER_AUDIENCE to what the issuer calls this gateway.")
    try:
        require_https(settings.issuer)
    except ValueError as wrong:
        stop(f"JOINEDUP_ISSUER {wrong}.")
    claim, _, value = settings.issuer_token_mark.partition("=")
    try:
        trusted = Trusted(
            issuer=settings.issuer,
            audience=settings.issuer_audience,
            client_claim=settings.issuer_client_claim,
            token_type=settings.issuer_token_type,
            token_mark=(claim, value) if claim else None,
        )
    except TrustedInvalid as wrong:
        stop(str(wrong))
    return Issuer(trusted, time.monotonic)


def receipts_of(settings: GatewaySettings) -> Receipts | None:
    """Return what reads receipts, or None where the settings do not say how."""
    if settings.database_url is None or settings.receipt_key is None:
        return None
    key = bytes.fromhex(settings.receipt_key.get_secret_value())
    return Receipts(settings.database_url.get_secret_value(), key)


def stop(sentence: str) -> NoReturn:
    """Say what cannot be done and what to do, and end the command with exit code 1."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
