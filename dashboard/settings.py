"""What the dashboard reads from its environment: once, typed, with the secrets hidden."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from consumers.address import PostgresAddress
from consumers.settings import MasterKey
from dashboard.loopback import require_https


def _invented() -> SecretStr:
    return SecretStr(secrets.token_hex(32))


class DashboardSettings(BaseSettings):
    """The environment of ``joinedup dashboard``, each name prefixed with ``JOINEDUP_``.

    database_url: the store, in the role of the dashboard.
    keys_database_url, master_key, pseudonym_key (hex): open what is sealed, and find a child by an
        identifier.
    session_key: signs the sessions; where it is not set, a restart signs everybody out.
    session_minutes: how long a session lasts without a page being asked for.
    simulated: the store is of a simulated topic set, which has ended: nobody can act in it.
    public_url: by which browsers reach the dashboard, such as https://joinedup.example.gov.uk; only
        a login that is not local needs it.
    metrics_host, metrics_port: where Prometheus asks; port 0 for nowhere. metrics_tls: PEM file of
        key and certificate, without which nobody beyond this machine is answered.
    stale_seconds: how old what this process knows may be before it says that it is not ready.
    """

    model_config = SettingsConfigDict(env_prefix="JOINEDUP_", extra="ignore", frozen=True)

    database_url: PostgresAddress
    keys_database_url: PostgresAddress
    master_key: MasterKey
    pseudonym_key: SecretStr
    session_key: SecretStr = Field(default_factory=_invented)
    session_minutes: int = Field(default=30, ge=1, le=480)
    simulated: bool = False
    public_url: str = ""
    metrics_host: str = "127.0.0.1"
    metrics_port: int = Field(default=0, ge=0, le=65535)
    metrics_tls: Path | None = None
    stale_seconds: float = Field(default=300.0, gt=0)

    @field_validator("public_url")
    @classmethod
    def _is_private(cls, address: str) -> str:
        return require_https(address) if address else ""

    @property
    def is_https(self) -> bool:
        """Whether browsers reach the dashboard by HTTPS alone."""
        return self.public_url.startswith("https://")

    @property
    def public_hosts(self) -> list[str]:
        """The host of the public address, by which the server may be asked too."""
        host = urlsplit(self.public_url).hostname
        return [host] if host else []
