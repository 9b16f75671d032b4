"""The schema registry as a child process, with its schemas in PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import httpx

from stack.artefacts import Cache
from stack.databases import REGISTRY_DATABASE, role_name
from stack.java import Java
from stack.ports import LOOPBACK, Ports
from stack.postgresql import verified_by
from stack.processes import Program, Watched

API = "/apis/ccompat/v7"
"""Path of the Confluent-compatible interface."""

READY = "/health/ready"
"""Path on the management port that says whether the registry serves requests."""

# It is asked a few hundred times in its life: a quick start is worth more than optimised code.
_JVM = ("-Xms64m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_CRASH = "-XX:+ExitOnOutOfMemoryError"


@dataclass(frozen=True, kw_only=True)
class SchemaRegistry:
    """One Apicurio Registry: its Java, programs, ports and database password."""

    java: Java
    cache: Cache
    ports: Ports
    password: str = field(repr=False)
    ca_file: Path | None
    """The authority that PostgreSQL's certificate must be of; None where it has no TLS."""

    watched: Watched

    def program(self) -> Program:
        """Return how the registry is run."""
        folder = self.cache.registry_folder()
        arguments = (str(self.java.program), *_JVM, _CRASH, "-jar", "quarkus-run.jar")
        return Program(
            watched=self.watched,
            arguments=arguments,
            directory=folder,
            environment={**self._http(), **self._storage()},
        )

    def _http(self) -> dict[str, str]:
        return {
            "QUARKUS_HTTP_HOST": LOOPBACK,
            "QUARKUS_HTTP_PORT": str(self.ports.registry),
            "QUARKUS_MANAGEMENT_HOST": LOOPBACK,
            "QUARKUS_MANAGEMENT_PORT": str(self.ports.management),
            "QUARKUS_LOG_LEVEL": "WARN",
        }

    def _storage(self) -> dict[str, str]:
        database = f"{LOOPBACK}:{self.ports.postgresql}/{REGISTRY_DATABASE}"
        database += f"?{verified_by(self.ca_file)}" if self.ca_file else ""
        return {
            **STORAGE,
            "APICURIO_DATASOURCE_URL": f"jdbc:postgresql://{database}",
            "APICURIO_DATASOURCE_USERNAME": role_name("registry"),
            "APICURIO_DATASOURCE_PASSWORD": self.password,
        }

    def is_ready(self) -> bool:
        """Return whether the registry says that it serves requests."""
        return answers(self.ports.management)


def answers(management_port: int) -> bool:
    """Return whether the registry with this management port says that it serves requests."""
    address = f"http://{LOOPBACK}:{management_port}{READY}"
    try:
        return httpx.get(address, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False


STORAGE = {
    "APICURIO_STORAGE_KIND": "sql",
    "APICURIO_STORAGE_SQL_KIND": "postgresql",
    # The pool would open twenty connections at once, and up to a hundred.
    "APICURIO_DATASOURCE_JDBC_INITIAL_SIZE": "2",
    "APICURIO_DATASOURCE_JDBC_MIN_SIZE": "2",
    "APICURIO_DATASOURCE_JDBC_MAX_SIZE": "10",
}
"""How the registry keeps its schemas, here and in docker-compose.yml."""
