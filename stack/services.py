"""What is known of a service at one moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from stack import kafka, postgresql, registry
from stack.credentials import Credentials
from stack.layout import KAFKA, POSTGRESQL, REGISTRY
from stack.ports import Ports
from stack.processes import Watched, find


class State(StrEnum):
    """A crashed service was started and never stopped, yet does not run."""

    RUNNING = "running"
    UNHEALTHY = "unhealthy"
    CRASHED = "crashed"
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service of the stack, as `joinedup status` shows it."""

    name: str
    version: str
    state: State
    port: int
    pid: int | None
    log: str

    def as_dict(self) -> dict[str, object]:
        """Return the same for JSON."""
        return {**asdict(self), "state": str(self.state)}


@dataclass(frozen=True, kw_only=True)
class Health:
    """Asks the services how they are."""

    ports: Ports
    ca_file: Path
    postgresql_has_tls: bool
    credentials: Callable[[], Credentials]
    """Asked only for a service that runs, since asking invents them where there are none."""

    def of(self, name: str, watched: Watched, version: str) -> Service:
        """Return what is known of one service now."""
        process = find(watched.pid_file)
        if process is not None:
            state = State.RUNNING if self._answers(name) else State.UNHEALTHY
        else:
            state = State.CRASHED if watched.pid_file.exists() else State.STOPPED
        return Service(
            name=watched.service,
            version=version,
            state=state,
            port=next(iter(self.ports.of(name).values())),
            pid=process.pid if process else None,
            log=str(watched.log),
        )

    def _answers(self, name: str) -> bool:
        return {
            KAFKA: self._kafka_answers,
            REGISTRY: lambda: registry.answers(self.ports.management),
            POSTGRESQL: self._postgresql_answers,
        }[name]()

    def _kafka_answers(self) -> bool:
        return kafka.answers(self.ports.kafka, self.credentials().kafka["admin"], self.ca_file)

    def _postgresql_answers(self) -> bool:
        password = self.credentials().postgresql["postgres"]
        ca_file = self.ca_file if self.postgresql_has_tls else None
        address = postgresql.superuser_address(self.ports.postgresql, password, ca_file)
        return postgresql.answers(address)
