"""Kafka as a child process: one node that is broker and controller, with its own credentials."""

from __future__ import annotations

import base64
import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from stack.artefacts import Cache
from stack.certificates import Certificates
from stack.credentials import write_private
from stack.errors import StackError
from stack.java import Java
from stack.ports import LOOPBACK, Ports, is_free
from stack.processes import Program, Watched, last_line

SECURITY = "SASL_SSL"
MECHANISM = "SCRAM-SHA-512"

_HEAP = ("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError")

# Beside Python on a few cores, the optimising compiler costs more than it wins: without it the
# node starts in half the processor time, and 300,000 records cost 3 seconds of it instead of 6.
_COMPILER = "-XX:TieredStopAtLevel=1"


@dataclass(frozen=True, kw_only=True)
class Kafka:
    """One Kafka node: its Java, jars, data folder, ports, passwords and certificates."""

    java: Java
    cache: Cache
    folder: Path
    ports: Ports
    passwords: Mapping[str, str] = field(repr=False)
    certificates: Certificates
    logging: Path
    watched: Watched

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    def program(self) -> Program:
        """Return how the node is run."""
        return Program(
            watched=self.watched,
            arguments=self._java("kafka.Kafka", str(self._properties)),
            directory=self.folder,
        )

    def initialise(self) -> None:
        """Write the node's configuration, and format its storage if that was never done."""
        self.certificates.server("kafka", (LOOPBACK, "localhost"))
        properties = server_properties(
            self.folder / "data", self.ports, self.passwords, self.certificates
        )
        write_private(self._properties, properties)
        if not (self.folder / "data" / "meta.properties").exists():
            self._format()

    def _format(self) -> None:
        """Format the storage with the first two users; no password is on the command line."""
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        scram = (
            f"{MECHANISM}=[name={name},password={self.passwords[name]}]"
            for name in ("admin", "broker")
        )
        words = ["kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}"]
        words += ["--ignore-formatted", "-c", str(self._properties)]
        words += [word for user in scram for word in ("--add-scram", user)]
        arguments = self.folder / "format.arguments"
        write_private(arguments, "\n".join(f'"{word}"' for word in words))
        try:
            with self.watched.log.open("ab") as output:
                done = subprocess.run(
                    self._java(f"@{arguments}"), stdout=output, stderr=output, check=False
                )
        finally:
            arguments.unlink()
        if done.returncode != 0:
            log = self.watched.log
            raise StackError(f"Kafka could not format its storage ({last_line(log)}): see {log}.")

    def _java(self, *arguments: str) -> tuple[str, ...]:
        return (
            str(self.java.program),
            *_HEAP,
            _COMPILER,
            f"-Dlog4j2.configurationFile={self.logging}",
            "-cp",
            self.cache.kafka_class_path(),
            *arguments,
        )

    def is_ready(self) -> bool:
        """Return whether the administrator can log in and the node answers."""
        return answers(self.ports.kafka, self.passwords["admin"], self.certificates.authority)


def answers(port: int, password: str, ca_file: Path) -> bool:
    """Return whether Kafka on this port lets the administrator in and knows its brokers."""
    if is_free(port):
        return False
    try:
        with administrator(port, password, ca_file, request_timeout_ms=5000) as admin:
            return bool(admin.describe_cluster()["brokers"])
    except (KafkaError, OSError):
        return False


def administrator(port: int, password: str, ca_file: Path, **options: Any) -> KafkaAdminClient:
    """Return a client that is logged in as the administrator; close it after use."""
    login = client_options(f"{LOOPBACK}:{port}", "admin", password, ca_file)
    return KafkaAdminClient(**login, **options)


def options_of(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return what a kafka-python client needs to log in as the process of this environment."""
    return client_options(
        environment["JOINEDUP_KAFKA_BOOTSTRAP"],
        environment["JOINEDUP_KAFKA_USERNAME"],
        environment["JOINEDUP_KAFKA_PASSWORD"],
        Path(environment["JOINEDUP_KAFKA_CA_FILE"]),
    )


def client_options(bootstrap: str, user: str, password: str, ca_file: Path) -> dict[str, Any]:
    """Return what a kafka-python client needs to log in as this user, over TLS.

    ca_file: the authority that the broker's certificate must be of.
    """
    return {
        "bootstrap_servers": bootstrap,
        "security_protocol": SECURITY,
        "ssl_cafile": str(ca_file),
        "sasl_mechanism": MECHANISM,
        "sasl_plain_username": user,
        "sasl_plain_password": password,
    }


def server_properties(
    data: Path, ports: Ports, passwords: Mapping[str, str], certificates: Certificates
) -> str:
    """Return the node's configuration: loopback, TLS, SCRAM, nothing allowed by default."""
    settings = {
        **_listeners(ports),
        **_logins(passwords),
        **(_scram_on("proxied", passwords["broker"]) if ports.proxied else {}),
        **SINGLE_NODE,
        "ssl.keystore.location": str(certificates.folder / "kafka.pem"),
        "ssl.truststore.location": str(certificates.authority),
        "log.dirs": str(data),
        "controller.quorum.voters": f"1@{LOOPBACK}:{ports.controller}",
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


_CIPHERS = ("CHACHA20_POLY1305_SHA256", "AES_256_GCM_SHA384", "AES_128_GCM_SHA256")
CIPHER_SUITES = (
    *(f"TLS_{one}" for one in _CIPHERS),
    *(f"TLS_ECDHE_{key}_WITH_{one}" for key in ("ECDSA", "RSA") for one in _CIPHERS),
)
"""Those of TLS 1.3, and of 1.2 those with a new key for each connection, authenticated.

The first one that a client knows is spoken. Only the optimising compiler puts the processor's AES
to use: compiled without it, AES-GCM moves 13 MB/s in records of 2,000 bytes, ChaCha20 89.
"""

SINGLE_NODE: Mapping[str, str] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:admin;User:broker;User:controller",
    "allow.everyone.if.no.acl.found": "false",
    "auto.create.topics.enable": "false",
    "default.replication.factor": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    "log.cleaner.dedupe.buffer.size": "4194304",
    "log.index.size.max.bytes": "1048576",
    "num.network.threads": "2",
    "num.io.threads": "2",
    "controlled.shutdown.enable": "false",
    "ssl.keystore.type": "PEM",
    "ssl.truststore.type": "PEM",
    "ssl.enabled.protocols": "TLSv1.3,TLSv1.2",
    "ssl.cipher.suites": ",".join(CIPHER_SUITES),
}
"""What a cluster of one node needs, here and in docker-compose.yml."""


def _listeners(ports: Ports) -> dict[str, str]:
    addresses = {"CLIENT": ports.kafka, "CONTROLLER": ports.controller}
    if ports.proxied:
        addresses["PROXIED"] = ports.proxied
    told = addresses | ({"PROXIED": ports.proxy} if ports.proxied else {})
    return {
        "listeners": _written(addresses),
        "advertised.listeners": _written(told),
        "listener.security.protocol.map": ",".join(f"{name}:{SECURITY}" for name in addresses),
        "inter.broker.listener.name": "CLIENT",
        "controller.listener.names": "CONTROLLER",
    }


def _written(addresses: Mapping[str, int]) -> str:
    return ",".join(f"{name}://{LOOPBACK}:{port}" for name, port in addresses.items())


def _logins(passwords: Mapping[str, str]) -> dict[str, str]:
    """SCRAM users live in the metadata log, so the listener that carries it cannot use them."""
    plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
    broker, controller = passwords["broker"], passwords["controller"]
    return {
        "sasl.mechanism.inter.broker.protocol": MECHANISM,
        "sasl.mechanism.controller.protocol": "PLAIN",
        **_scram_on("client", broker),
        "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.controller.plain.sasl.jaas.config": (
            f'{plain} required username="controller" password="{controller}" '
            f'user_controller="{controller}";'
        ),
    }


def _scram_on(listener: str, password: str) -> dict[str, str]:
    module = "org.apache.kafka.common.security.scram.ScramLoginModule"
    return {
        f"listener.name.{listener}.sasl.enabled.mechanisms": MECHANISM,
        f"listener.name.{listener}.{MECHANISM.lower()}.sasl.jaas.config": (
            f'{module} required username="broker" password="{password}";'
        ),
    }
