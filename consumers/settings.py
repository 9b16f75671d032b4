"""What each process reads from its environment: once, typed, with the secrets hidden."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from consumers.address import PostgresAddress
from consumers.errors import SettingsError
from consumers.wrapping import Wrapping, known_by
from schemas.topics import TopicSet

PREFIX = "JOINEDUP_"


def _hex(text: str) -> str:
    try:
        bytes.fromhex(text)
    except ValueError:
        raise ValueError("must be written in hexadecimal") from None
    return text


def _is_hex(secret: SecretStr) -> SecretStr:
    _hex(secret.get_secret_value())
    return secret


def _wraps(secret: SecretStr) -> SecretStr:
    try:
        Wrapping.of(secret.get_secret_value())
    except ValueError:
        raise ValueError(
            "must be 64 hexadecimal digits; while it is renewed, the one before after a comma"
        ) from None
    return secret


HexText = Annotated[str, AfterValidator(_hex)]
HexSecret = Annotated[SecretStr, AfterValidator(_is_hex)]
MasterKey = Annotated[SecretStr, AfterValidator(_wraps)]


class Settings(BaseSettings):
    """The settings that every process of the platform shares.

    kafka_bootstrap: ``host:port``, several with commas.
    kafka_security: PLAINTEXT for tests only; SASL_* uses SCRAM-SHA-512.
    kafka_ca_file: the authority that the broker's certificate must be of, if not a public one.
    registry_url: the Confluent-compatible address of the schema registry; over HTTPS it is to be of
        the same authority as the broker.
    topic_prefix, partitions: the topic set this process works on.
    simulated: True where time is that of the records (a demo or a restored log).
    metrics_host, metrics_port: where Prometheus asks; port 0 for nowhere. metrics_tls: PEM file of
        key and certificate, without which nobody beyond this machine is answered.
    stale_seconds: how old what this process knows may be before it says that it is not ready.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    kafka_bootstrap: str
    kafka_security: Literal["PLAINTEXT", "SASL_PLAINTEXT", "SASL_SSL"] = "SASL_SSL"
    kafka_username: str = ""
    kafka_password: SecretStr = SecretStr("")
    kafka_ca_file: Path | None = None
    registry_url: str
    topic_prefix: str = ""
    partitions: int = Field(default=64, ge=1)
    simulated: bool = False
    metrics_host: str = "127.0.0.1"
    metrics_port: int = Field(default=0, ge=0, le=65535)
    metrics_tls: Path | None = None
    stale_seconds: float = Field(default=300.0, gt=0)

    @classmethod
    def load(cls, env_file: Path | None = None, **given: Any) -> Self:
        """Return the settings of the environment (and of a file of ``NAME=value`` lines).

        Raises SettingsError with every variable that is missing or wrong, never with its value.
        """
        if env_file is not None and not env_file.is_file():
            raise SettingsError(f"There is no settings file {env_file}; run `joinedup up` first.")
        try:
            return cls(_env_file=env_file, **given)  # type: ignore[call-arg]
        except ValidationError as wrong:
            faults = "; ".join(_fault(error) for error in wrong.errors(include_input=False))
            raise SettingsError(f"Settings are missing or wrong: {faults}.") from None

    @property
    def topics(self) -> TopicSet:
        """The topic set this process works on."""
        return TopicSet(prefix=self.topic_prefix, partitions=self.partitions)

    @property
    def registry_ca_file(self) -> Path | None:
        """Who certifies the registry, where it is asked over HTTPS: as of the broker."""
        return self.kafka_ca_file if self.registry_url.startswith("https:") else None

    def kafka(self) -> dict[str, Any]:
        """Return the connection arguments of an aiokafka client."""
        arguments: dict[str, Any] = {
            "bootstrap_servers": self.kafka_bootstrap,
            "security_protocol": self.kafka_security,
        }
        if self.kafka_security.startswith("SASL"):
            arguments |= {
                "sasl_mechanism": "SCRAM-SHA-512",
                "sasl_plain_username": self.kafka_username,
                "sasl_plain_password": self.kafka_password.get_secret_value(),
            }
        if self.kafka_security == "SASL_SSL":
            arguments["ssl_context"] = ssl.create_default_context(cafile=self.kafka_ca_file)
        return arguments


class KeySettings(Settings):
    """What a process needs that makes tokens and opens leaf keys.

    keys_database_url: libpq address of the key store.
    pseudonym_key: hex; makes the tokens, the same for ever within a topic set.
    master_key: hex, 32 bytes; wraps the leaf keys. While it is renewed, the one before
        follows after a comma, and still opens them.
    """

    keys_database_url: PostgresAddress
    pseudonym_key: HexSecret
    master_key: MasterKey

    def pseudonym_key_bytes(self) -> bytes:
        """Return the pseudonym key."""
        return bytes.fromhex(self.pseudonym_key.get_secret_value())

    def wrapping(self) -> Wrapping:
        """Return what wraps leaf keys under the master key."""
        return Wrapping.of(self.master_key.get_secret_value())

    def keys_address(self) -> str:
        """Return the address of the key store, at which it is seen which master keys we know."""
        return known_by(self.keys_database_url.get_secret_value(), self.wrapping())


class IntakeSettings(KeySettings):
    """Settings of ``joinedup run intake``.

    sources_file: JSON file of the sources, their keys and what they may speak for.
    transaction_records: records read per transaction, at most 2,000.
    idle_tick_seconds: how often a quiet partition gets a tick.
    skew_seconds: the difference between our clock and the broker's that stops the ticks.
    """

    sources_file: Path
    transaction_records: int = Field(default=2000, ge=1, le=2000)
    idle_tick_seconds: float = Field(default=60.0, gt=0)
    skew_seconds: float = Field(default=5.0, gt=0)


class JoinSettings(KeySettings):
    """Settings of ``joinedup run join``: it writes the store at ``database_url``."""

    database_url: PostgresAddress


class RelaySettings(Settings):
    """Settings of ``joinedup run relay``: it reads the outbox of the store at ``database_url``."""

    database_url: PostgresAddress


class AuditorSettings(KeySettings):
    """Settings of ``joinedup replay``: it reads journeys and what the store keeps of it.

    Where an archive is replayed, Kafka and the registry are not asked, and need not be named; nor
    need the store, ``database_url``, where nothing is compared with it.
    public_key: hex; checks what the installation has signed.
    """

    kafka_bootstrap: str = ""
    registry_url: str = ""
    database_url: PostgresAddress | None = None
    public_key: HexText = ""

    def public_key_bytes(self) -> bytes:
        """Return the public key; empty where there is none."""
        return bytes.fromhex(self.public_key)


class MatcherSettings(KeySettings):
    """Settings of ``joinedup identity candidates``: it reads journeys, and whose each leaf is.

    database_url: the store, in the role of the matcher.
    """

    database_url: PostgresAddress


class SealerSettings(Settings):
    """Settings of ``joinedup run sealer``, ``archive`` and ``audit export``.

    database_url: the store, in the role of the sealer.
    signing_key: hex, 32 bytes; signs what is made.
    checkpoint_seconds: how often the heads of the chains are signed.
    """

    database_url: PostgresAddress
    signing_key: HexSecret
    checkpoint_seconds: float = Field(default=60.0, gt=0)

    def signing_key_bytes(self) -> bytes:
        """Return the signing key."""
        return bytes.fromhex(self.signing_key.get_secret_value())


def _fault(error: Mapping[str, Any]) -> str:
    name = PREFIX + "_".join(str(part) for part in error["loc"]).upper()
    return f"{name}: {error['msg'][0].lower()}{error['msg'][1:]}"
