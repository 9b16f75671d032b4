"""What the dashboard reads from its environment: once, typed, with the secrets hidden."""

from __future__ import annotations

import secrets

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _invented() -> SecretStr:
    return SecretStr(secrets.token_hex(32))


class DashboardSettings(BaseSettings):
    """The environment of ``joinedup dashboard``, each name prefixed with ``JOINEDUP_``.

    database_url: the store, in the role of the dashboard.
    keys_database_url, master_key, pseudonym_key (hex): open what is sealed, and find a child by an
        identifier.
    session_key: signs the sessions; where it is not set, a restart signs everybody out.
    session_minutes: how long a session lasts without a page being asked for.
    """

    model_config = SettingsConfigDict(env_prefix="JOINEDUP_", extra="ignore", frozen=True)

    database_url: SecretStr
    keys_database_url: SecretStr
    master_key: SecretStr
    pseudonym_key: SecretStr
    session_key: SecretStr = Field(default_factory=_invented)
    session_minutes: int = Field(default=30, ge=1, le=480)
