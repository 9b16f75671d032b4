"""What a publisher is told by its environment, read once by a main and never shown whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.topics import TopicSet

DEFAULT_ENV_FILE = Path(".local/env/publisher.env")
"""Where the local stack writes a publisher's environment."""


class PublisherSettings(BaseSettings):
    """The environment of a publishing process, each name prefixed with ``JOINEDUP_``.

    kafka_bootstrap, kafka_security, kafka_username, kafka_password, kafka_ca_file: the broker.
    registry_url: the schema registry's Confluent-compatible address, or a gateway's ``/registry``.
    topic_prefix, partitions, simulated: the topic set; a simulated one takes record times.
    sources_file: the JSON file of sources with their keys; or source_key (hex) and agency, for
        a process that speaks for one source, which organisation and system name.
    delivery_seconds: how long an outage is retried before an event is given back undelivered.
    """

    model_config = SettingsConfigDict(
        env_prefix="JOINEDUP_", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    kafka_bootstrap: str = "127.0.0.1:9092"
    kafka_security: Literal["PLAINTEXT", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_username: str | None = None
    kafka_password: SecretStr | None = None
    kafka_ca_file: Path | None = None
    registry_url: str = "http://127.0.0.1:8081/apis/ccompat/v7"
    topic_prefix: str = ""
    partitions: int = Field(default=64, ge=1)
    simulated: bool = False
    sources_file: Path | None = None
    source_key: SecretStr | None = None
    agency: Literal["education", "health", "social-care", "governance"] | None = None
    organisation: str | None = None
    system: str | None = None
    delivery_seconds: float = Field(default=30.0, gt=0)

    @property
    def registry_ca_file(self) -> Path | None:
        """Who certifies the registry, where it is asked over HTTPS: as of the broker."""
        return self.kafka_ca_file if self.registry_url.startswith("https:") else None

    @property
    def topics(self) -> TopicSet:
        """The topic set that is written to."""
        return TopicSet(prefix=self.topic_prefix, partitions=self.partitions)


def read_settings(env_file: Path | None = None) -> PublisherSettings:
    """Return the settings of the environment, and of this file for names that it lacks.

    Without a file, the local stack's is taken where it exists. Raises pydantic's ValidationError,
    which names the setting that is wrong.
    """
    file = env_file or (DEFAULT_ENV_FILE if DEFAULT_ENV_FILE.exists() else None)
    # pydantic-settings takes the file by a name that its type does not show.
    arguments: dict[str, Any] = {"_env_file": file}
    return PublisherSettings(**arguments)
