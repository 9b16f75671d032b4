"""What the gateway reads from its environment: once, typed, with the secrets hidden."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr

from gateway.issuer import ACCESS_TOKEN
from gateway.tokens import SECONDS
from producers.settings import PublisherSettings


class GatewaySettings(PublisherSettings):
    """The environment of ``joinedup gateway``: a publisher's, each name prefixed ``JOINEDUP_``, and

    gateway_file: its keys and its clients, as ``joinedup source add --http`` writes them.
    database_url, receipt_key (hex): the store, in the role that reads receipts alone, and the key
        by which an event is found there; without them nobody is told what became of one.
    issuer, issuer_audience: whose access tokens are taken beside its own, and what that issuer
        calls this gateway; issuer_client_claim: which claim of a token names the client there.
    issuer_token_type: what the header of its access tokens says that they are; issuer_token_mark:
        ``claim=value``, which all of them have and no ID token has.
    token_seconds: how long an access token is good.
    rate_per_second, burst: events of one client; what is more is answered 429.
    max_body_bytes, max_events: of one request.
    metrics_host, metrics_port: where Prometheus asks; port 0 for nowhere. metrics_tls: PEM file of
        key and certificate, without which nobody beyond this machine is answered.
    stale_seconds: how old what this process knows may be before it says that it is not ready.
    """

    gateway_file: Path
    database_url: SecretStr | None = None
    receipt_key: SecretStr | None = None
    issuer: str = ""
    issuer_audience: str = ""
    issuer_client_claim: str = "client_id"
    issuer_token_type: str = ACCESS_TOKEN
    issuer_token_mark: str = Field(default="", pattern="^([^=]+=.+)?$")
    token_seconds: int = Field(default=SECONDS, ge=30, le=3600)
    rate_per_second: float = Field(default=200.0, gt=0)
    burst: int = Field(default=2000, ge=1)
    max_body_bytes: int = Field(default=4 * 1024 * 1024, ge=1024)
    max_events: int = Field(default=1000, ge=1)
    metrics_host: str = "127.0.0.1"
    metrics_port: int = Field(default=0, ge=0, le=65535)
    metrics_tls: Path | None = None
    stale_seconds: float = Field(default=300.0, gt=0)
